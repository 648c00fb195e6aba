"""Where moderators decide on claims, inside /admin/; it is reached from the list of all that waits."""

from django.urls import URLPattern, path
from wagtail import hooks

from directory.claims.views import deciding


@hooks.register("register_admin_urls")
def claim_urls() -> list[URLPattern]:
    return [path("moderation/claims/<uuid:pk>/", deciding.claims, name="moderation-claim")]
