"""The room of drafts, as a Django app."""

from django.apps import AppConfig


class DraftsConfig(AppConfig):
    """Old drafts are erased piece by piece."""

    name = "directory.drafts"
    label = "drafts"
    verbose_name = "drafts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from directory.daily import register_daily
        from directory.drafts import keeping

        register_daily("drafts_forgotten", keeping.forget_some)
