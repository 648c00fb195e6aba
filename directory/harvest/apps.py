from django.apps import AppConfig


class HarvestConfig(AppConfig):
    name = "directory.harvest"
    label = "harvest"
    verbose_name = "other directories' feeds"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from directory.daily import register_daily
        from directory.harvest import due

        register_daily("harvest", due.fetch_some, hour=2)
