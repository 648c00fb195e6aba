from django.apps import AppConfig


class HarvestConfig(AppConfig):
    name = "directory.harvest"
    label = "harvest"
    verbose_name = "other directories' feeds"
    default_auto_field = "django.db.models.BigAutoField"
