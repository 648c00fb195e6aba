"""What the directory adds to the editors' admin: listings as snippets, and the moderation queue."""

from collections.abc import Iterator
from typing import Any

from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.snippets.models import register_snippet

from directory.admin_menu import ModeratorsItem
from directory.models import Service
from directory.snippets import ListingsGroup
from directory.views import moderation, moderation_live, versions

register_snippet(ListingsGroup)


@hooks.register("register_admin_urls")
def moderation_urls() -> list[URLPattern]:
    return [
        path("moderation/", moderation.queue, name="moderation"),
        path("moderation/live/", moderation_live.live, name="moderation-live"),
        path("moderation/<uuid:pk>/", moderation.change, name="moderation-change"),
        path("moderation/history/<uuid:pk>/", versions.history, name="listing-history"),
        path("moderation/history/<uuid:pk>/compare/", versions.compare, name="listing-compare"),
        path("moderation/hand/<slug:kind>/<uuid:pk>/", moderation.hand, name="moderation-hand"),
    ]


@hooks.register("insert_global_admin_css")
def admin_css() -> str:
    """For every page inside /admin/, Wagtail's own too."""
    return format_html('<link rel="stylesheet" href="{}">', static("directory/admin.css"))


@hooks.register("insert_global_admin_js")
def admin_js() -> str:
    """What a press did is said once the page has come, on every page inside /admin/."""
    return format_html('<script src="{}" defer></script>', static("directory/say.js"))


@hooks.register("register_admin_menu_item")
def moderation_item() -> Any:
    return ModeratorsItem("Moderation", reverse("moderation"), name="moderation", icon_name="tasks", order=120)


@hooks.register("register_snippet_listing_buttons")
def listing_buttons(snippet: Any, user: Any, next_url: str | None = None) -> Iterator[Button]:
    """Beside each service in the list: its page as visitors read it, and all its versions."""
    if isinstance(snippet, Service):
        yield Button("See its page", snippet.get_absolute_url(), icon_name="view", priority=15)
        yield Button("Versions", reverse("listing-history", args=[snippet.pk]), icon_name="history", priority=16)
