"""The room of merging, as a Django app."""

from django.apps import AppConfig


class MergingConfig(AppConfig):
    """Nothing merges by itself: verbs and pages only."""

    name = "directory.merging"
    label = "merging"
    verbose_name = "merging of doubles"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from directory.daily import register_daily
        from directory.merging.organisation_doubles import propose_today

        register_daily("doubles_of_organisations", propose_today, hour=4)
