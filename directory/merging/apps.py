"""The room of merging, as a Django app."""

from django.apps import AppConfig


class MergingConfig(AppConfig):
    """Nothing merges by itself: verbs and pages only."""

    name = "directory.merging"
    label = "merging"
    verbose_name = "merging of doubles"
    default_auto_field = "django.db.models.BigAutoField"
