"""The room of suggestions, as a Django app."""

from django.apps import AppConfig


class SuggestionsConfig(AppConfig):
    """What was told is forgotten piece by piece, some time after it was settled."""

    name = "directory.suggestions"
    label = "suggestions"
    verbose_name = "suggestions and reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from directory import moderation
        from directory.daily import register_daily
        from directory.suggestions import deciding, keeping, waiting
        from directory.waiting import kinds

        register_daily("suggestions_forgotten", keeping.forget_some)
        moderation.when_decided(deciding.settle_with_change)
        kinds.register(waiting.SUGGESTIONS)
