"""What freshness adds to the editors' admin: how much was checked in time, whom to ring, which web addresses seem dead."""

from typing import Any

from django.urls import URLPattern, path, reverse
from wagtail import hooks

from directory.admin_menu import ModeratorsItem
from directory.freshness.views import dashboard, links, paper, ringing
from directory.freshness.views.furniture import ICON, TITLE


@hooks.register("register_admin_urls")
def freshness_urls() -> list[URLPattern]:
    return [
        path("listings/freshness/", dashboard.dashboard, name="freshness"),
        path("listings/freshness/list.csv", dashboard.download, name="freshness-csv"),
        path("listings/to-ring/", ringing.to_ring, name="to-ring"),
        path("listings/to-ring/<uuid:pk>/", ringing.rang, name="rang"),
        path("listings/post/", paper.to_post, name="to-post"),
        path("listings/post/posted/", paper.posted, name="posted"),
        path("listings/post/<uuid:pk>/back/", paper.came_back, name="came-back"),
        path("listings/links/", links.links, name="links"),
        path("listings/links/<uuid:pk>/", links.decide, name="link-decide"),
    ]


@hooks.register("register_admin_menu_item")
def freshness_item() -> Any:
    return ModeratorsItem(TITLE, reverse("freshness"), name="freshness", icon_name=ICON, order=125)
