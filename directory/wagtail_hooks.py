"""What the directory adds to the editors' admin: listings as snippets, and the moderation queue."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.models import register_snippet

from directory.accounts.policy import allowed
from directory.accounts.roles import Permission
from directory.snippets import ListingsGroup
from directory.views import moderation, moderation_live

register_snippet(ListingsGroup)


class ModerationItem(MenuItem):
    """Shown to those who may decide."""

    def is_shown(self, request: HttpRequest) -> bool:
        return allowed(request.user, Permission.MODERATE)


@hooks.register("register_admin_urls")
def moderation_urls() -> list[URLPattern]:
    return [
        path("moderation/", moderation.queue, name="moderation"),
        path("moderation/live/", moderation_live.live, name="moderation-live"),
        path("moderation/<uuid:pk>/", moderation.change, name="moderation-change"),
        path("moderation/hand/<slug:kind>/<uuid:pk>/", moderation.hand, name="moderation-hand"),
    ]


@hooks.register("register_admin_menu_item")
def moderation_item() -> Any:
    return ModerationItem("Moderation", reverse("moderation"), name="moderation", icon_name="tasks", order=120)
