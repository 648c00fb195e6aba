"""The room that keeps listings true, as a Django app."""

from django.apps import AppConfig


class FreshnessConfig(AppConfig):
    """Reminders to groups and looks at web addresses; the worker does them in pieces."""

    name = "directory.freshness"
    label = "freshness"
    verbose_name = "keeping listings true"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from directory.daily import register_daily
        from directory.freshness import dead_links, reminders

        register_daily("reminders", reminders.remind_some, hour=9)
        register_daily("reminders_forgotten", reminders.forget_some)
        register_daily("links_listed", dead_links.list_some, hour=2)
        register_daily("links", dead_links.look_at_some, hour=3)
