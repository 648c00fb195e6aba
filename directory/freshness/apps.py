"""The room that keeps listings true, as a Django app."""

from django.apps import AppConfig


class FreshnessConfig(AppConfig):
    """Reminders to groups; the worker does them in pieces."""

    name = "directory.freshness"
    label = "freshness"
    verbose_name = "keeping listings true"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from directory.daily import register_daily
        from directory.freshness import reminders

        register_daily("reminders", reminders.remind_some, hour=9)
        register_daily("reminders_forgotten", reminders.forget_some)
