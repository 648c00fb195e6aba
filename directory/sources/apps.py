from django.apps import AppConfig


class SourcesConfig(AppConfig):
    name = "directory.sources"
    label = "sources"
    verbose_name = "sources of files"
    default_auto_field = "django.db.models.BigAutoField"
