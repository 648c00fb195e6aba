"""Where moderators decide on what sources say otherwise, inside /admin/; it is reached from the list of all that waits."""

from django.urls import URLPattern, path
from wagtail import hooks

from directory.conflicts.views import deciding


@hooks.register("register_admin_urls")
def conflict_urls() -> list[URLPattern]:
    return [path("moderation/organisations/<uuid:pk>/", deciding.organisation, name="moderation-organisation")]
