"""The room of what waits, as a Django app."""

from django.apps import AppConfig


class WaitingConfig(AppConfig):
    """Registers changes as the first kind; what waits too long is told once a day."""

    name = "directory.waiting"
    label = "waiting"
    verbose_name = "what waits for a moderator"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from directory.daily import register_daily
        from directory.waiting import changes, kinds, late

        kinds.register(changes.CHANGES)
        register_daily("moderation_late", late.tell_late, hour=8)
