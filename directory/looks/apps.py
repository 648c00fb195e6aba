"""The room that counts looks, as a Django app."""

from django.apps import AppConfig


class LooksConfig(AppConfig):
    """Takes in what the web servers noted, every minute, and tells freshness how often a listing is looked at."""

    name = "directory.looks"
    label = "looks"
    verbose_name = "how often listings are looked at"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from directory.daily import register_daily
        from directory.freshness.looked import count_looks_by
        from directory.looks import counting, keeping

        count_looks_by(counting.lately)
        register_daily("looks", keeping.take_in)
        register_daily("looks_forgotten", keeping.forget_some)
