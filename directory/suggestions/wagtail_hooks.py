"""Where moderators decide on a suggestion, inside /admin/; it is reached from the list of all that waits."""

from django.urls import URLPattern, path
from wagtail import hooks

from directory.suggestions.views import deciding


@hooks.register("register_admin_urls")
def suggestion_urls() -> list[URLPattern]:
    return [path("moderation/suggestions/<uuid:pk>/", deciding.suggestion, name="moderation-suggestion")]
