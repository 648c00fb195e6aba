from django.apps import AppConfig


class GeodataConfig(AppConfig):
    name = "directory.geodata"
    label = "geodata"
    verbose_name = "postcodes, areas and places"
    default_auto_field = "django.db.models.BigAutoField"
