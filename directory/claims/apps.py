"""The room of claims, as a Django app."""

from django.apps import AppConfig


class ClaimsConfig(AppConfig):
    """Claims wait for a moderator; what nobody went on with ends by itself, and what was said is forgotten some time after the end."""

    name = "directory.claims"
    label = "claims"
    verbose_name = "claims of listings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from directory.claims import keeping, waiting
        from directory.daily import register_daily
        from directory.waiting import kinds

        register_daily("claims_lapsed", keeping.lapse_some)
        register_daily("claims_forgotten", keeping.forget_some)
        kinds.register(waiting.CLAIMS)
