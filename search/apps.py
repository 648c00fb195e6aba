"""The search room as a Django app."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Its models (counts only) live in the default database; the index is a file of its own that follows the journal."""

    name = "search"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from search import indexing

        indexing.register()
