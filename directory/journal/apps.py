from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate


class JournalConfig(AppConfig):
    name = "directory.journal"
    label = "journal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from directory.journal.triggers import check_triggers, install_after_migrate

        # A migration that remakes the table on SQLite drops its triggers silently, so every migrate makes them again.
        post_migrate.connect(install_after_migrate, sender=self)
        register(check_triggers, Tags.database)
