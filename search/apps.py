"""The search room as a Django app."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Its models (counts, saved searches) live in the default database; the index is a file of its own that follows the journal."""

    name = "search"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from directory.daily import register_daily
        from search import indexing
        from search.saved import mails, searches, telling

        indexing.register()
        mails.register()
        register_daily("saved_searches", telling.tell_some, hour=8)
        register_daily("saved_searches_erased", searches.erase_some)
