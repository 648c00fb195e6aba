"""What harvesting adds to the editors' admin: feeds, what became of them, and listings that may be the same."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.snippets.models import register_snippet

from directory.admin_menu import ModeratorsItem
from directory.harvest.models import Feed
from directory.harvest.snippets import FeedViewSet
from directory.harvest.views import pairs, runs

register_snippet(FeedViewSet)


@hooks.register("register_admin_urls")
def harvest_urls() -> list[URLPattern]:
    return [
        path("listings/doubles/", pairs.pairs, name="pairs"),
        path("listings/doubles/<uuid:pk>/", pairs.decide, name="pair-decide"),
        path("listings/feeds/<uuid:pk>/", runs.runs, name="feed-runs"),
    ]


@hooks.register("register_admin_menu_item")
def pairs_item() -> Any:
    return ModeratorsItem("Possible doubles", reverse("pairs"), name="pairs", icon_name="copy", order=156)


@hooks.register("register_snippet_listing_buttons")
def feed_buttons(snippet: Any, user: Any, next_url: str | None = None) -> Iterator[Button]:
    """Beside each feed in the list: what became of it."""
    if isinstance(snippet, Feed):
        yield Button("What came", reverse("feed-runs", args=[snippet.pk]), icon_name="list-ul", priority=15)
