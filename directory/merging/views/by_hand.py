"""/admin/listings/doubles/any/: two listings or two organisations, found by search, that nobody proposed as a double."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from directory.accounts.doors import door
from directory.accounts.roles import Permission
from directory.merging import by_hand
from directory.models import Organisation, Service

LISTINGS, ORGANISATIONS = "listings", "organisations"
MOST_LETTERS = 100


@door(Permission.MODERATE)
@require_safe
def any_two(request: HttpRequest) -> HttpResponse:
    """Search, tick two, and look at both. What was ticked stays while one searches on."""
    of = ORGANISATIONS if request.GET.get("of") == ORGANISATIONS else LISTINGS
    text = request.GET.get("q", "").replace("\0", "").strip()[:MOST_LETTERS]
    picked = _picked(of, request.GET.getlist("pick"))
    if "look" in request.GET:
        if len(picked) == 2:
            return redirect("organisation-merge" if of == ORGANISATIONS else "listings-merge", *(row.pk for row in picked))
        messages.error(request, "Tick two of them, neither more nor less.")
    found: QuerySet[Any] = by_hand.organisations_called(text) if of == ORGANISATIONS else by_hand.services_called(text)
    rows = list(found.exclude(pk__in=[row.pk for row in picked])[: by_hand.MOST_FOUND + 1])
    crumbs = [
        {"url": reverse("wagtailadmin_home"), "label": "Home"},
        {"url": reverse("pairs"), "label": "Possible doubles"},
        {"url": "", "label": "Merge any two"},
    ]
    context = {
        "header_title": "Merge any two",
        "header_icon": "copy",
        "breadcrumbs_items": crumbs,
        "of": of,
        "q": text,
        "picked": _lines(picked),
        "found": _lines(rows[: by_hand.MOST_FOUND]),
        "more": len(rows) > by_hand.MOST_FOUND,
    }
    return render(request, "merging/any_two.html", context)


def _picked(of: str, told: list[str]) -> list[Any]:
    """What was ticked and is still there, in the order of the names."""
    rows: QuerySet[Any] = Organisation.objects.all() if of == ORGANISATIONS else Service.objects.select_related("organisation")
    return list(
        rows.filter(pk__in=[key for text in told if (key := _key(text))], replaced_by=None).order_by("name", "id")[: by_hand.MOST_FOUND]
    )


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _lines(rows: Iterable[Service | Organisation]) -> list[dict[str, str]]:
    """Each with what tells it apart from others of its name. One query at most."""
    groups = [row.pk for row in rows if isinstance(row, Organisation)]
    running = Service.objects.filter(organisation__in=groups).exclude(status=Service.Status.CLOSED)
    many = Counter(running.values_list("organisation", flat=True)) if groups else Counter()
    return [{"pk": str(row.pk), "name": row.name, "more": ", ".join(filter(None, _more(row, many)))} for row in rows]


def _more(row: Service | Organisation, many: Mapping[Any, int]) -> list[str]:
    source = f"from {row.source}" if row.source else ""
    if isinstance(row, Organisation):
        return [f"{many[row.pk]} listing{'' if many[row.pk] == 1 else 's'}", source]
    return [row.organisation.name, row.get_status_display(), source]
