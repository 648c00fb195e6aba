"""The room of what sources say otherwise, as a Django app."""

from django.apps import AppConfig


class ConflictsConfig(AppConfig):
    """Organisations with something to decide wait in the list of all that waits."""

    name = "directory.conflicts"
    label = "conflicts"
    verbose_name = "what sources say otherwise"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from directory.conflicts import waiting
        from directory.waiting import kinds

        kinds.register(waiting.ORGANISATIONS)
