from django.apps import AppConfig


class HarvestConfig(AppConfig):
    name = "directory.harvest"
    label = "harvest"
    verbose_name = "other directories' feeds"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from directory.admin_policy import ModeratorsOnly
        from directory.daily import register_daily
        from directory.harvest import due
        from directory.harvest.models import Feed

        register_permission_policy(Feed, ModeratorsOnly(Feed))

        register_daily("harvest", due.fetch_some, hour=2)
