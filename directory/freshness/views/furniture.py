"""What the pages of freshness share inside /admin/: title, icon, the way back and the tabs."""

from typing import Any

from django.urls import reverse

ICON = "date"
TITLE = "Checked listings"
TABS = {"freshness": "Checked in time?", "to-ring": "To ring", "to-post": "By post", "links": "Web addresses"}


def furniture(tab: str, title: str = "") -> dict[str, Any]:
    """The head of a page with the tabs beside it."""
    crumbs = [{"url": reverse("wagtailadmin_home"), "label": "Home"}, {"url": "", "label": title or TABS[tab]}]
    return {
        "header_title": title or TABS[tab],
        "header_icon": ICON,
        "breadcrumbs_items": crumbs,
        "tabs": [{"url": reverse(name), "label": label, "here": name == tab} for name, label in TABS.items()],
    }
