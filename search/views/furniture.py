"""What the pages of the everyday words share inside /admin/: title, icon and the way back."""

from typing import Any

from django.urls import reverse

ICON = "openquote"
TITLE = "Everyday words"


def furniture(title: str = TITLE) -> dict[str, Any]:
    """The head of a page; below the first page with the way back to it."""
    inside = title != TITLE
    return {
        "header_title": title,
        "header_icon": ICON,
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": "Home"},
            {"url": reverse("words") if inside else "", "label": TITLE},
            *([{"url": "", "label": title}] if inside else []),
        ],
    }
