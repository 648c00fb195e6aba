"""The room of files handed in, as a Django app."""

from django.apps import AppConfig


class UploadsConfig(AppConfig):
    """The worker does a piece in each of its rounds: the job is never through for the day."""

    name = "directory.uploads"
    label = "uploads"
    verbose_name = "files handed in"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from directory.daily import register_daily
        from directory.uploads import working

        register_daily("uploads", working.work_some)
