"""/admin/listings/freshness/: how much was checked in time, by what, and which listings those are."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from directory.accounts.doors import door
from directory.accounts.roles import Permission
from directory.freshness import checked_words, figures
from directory.freshness.figures import State
from directory.freshness.kept import kept, now
from directory.freshness.views.furniture import furniture
from directory.models import Service
from directory.spreadsheets import csv_response

PER_PAGE = 50
# Lines of a table; organisations are many, and those with most to do come first.
MOST_LINES = 40
NARROW = ("state", "element", "area", "organisation", "source", "q")
STATES = {State.IN_TIME: "In time", State.OVERDUE: "Overdue", State.NEVER: "Never checked"}


class Narrow(forms.Form):
    """What the list is narrowed to. A value that is not on offer (any more) narrows to nothing rather than to everything."""

    state = forms.ChoiceField(
        required=False, label="Checked", choices=[("", "All"), *((str(state), word) for state, word in STATES.items())]
    )
    element = forms.ChoiceField(required=False)
    area = forms.ChoiceField(required=False)
    source = forms.ChoiceField(required=False)
    q = forms.CharField(required=False, max_length=100, label="Name or group")

    def __init__(self, *args: Any, state: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, offered in kept(state, "choices", figures.choices).items():
            self.fields[name].choices = [("", "All"), *offered]  # type: ignore[attr-defined]


@door(Permission.MODERATE)
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """The counts, one table of them (`?by=`), and the list."""
    by = request.GET.get("by", "")
    by = by if by in figures.TABLES else "element"
    chosen = _chosen(request)
    state = now()
    lines, whole = kept(state, f"by-{by}", figures.TABLES[by][1]), kept(state, "whole", figures.whole)
    paginator = Paginator(figures.narrowed(**chosen), PER_PAGE)
    if not chosen:
        paginator.count = whole.total
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "whole": whole,
        "tables": [{"url": f"?{urlencode({'by': key})}", "label": title, "here": key == by} for key, (title, _) in figures.TABLES.items()],
        "by": by,
        "by_label": figures.TABLES[by][0],
        "lines": [{"line": line, "url": f"?{urlencode({'by': by, by: line.key})}#list"} for line in lines[:MOST_LINES]],
        "more_lines": len(lines) > MOST_LINES,
        "form": Narrow(chosen, state=state),
        "chosen": chosen,
        "query": urlencode({"by": by, **chosen}),
        "rows": [_row(service) for service in page],
        "page": page,
        **furniture("freshness"),
    }
    return render(request, "freshness/dashboard.html", context)


@door(Permission.MODERATE)
@require_safe
def download(request: HttpRequest) -> HttpResponseBase:
    """The list as it is narrowed, for a spreadsheet."""
    rows = figures.narrowed(**_chosen(request)).iterator(chunk_size=1000)
    return csv_response(figures.as_rows(rows), "checked-listings")


def _chosen(request: HttpRequest) -> dict[str, str]:
    return {name: value for name in NARROW if (value := request.GET.get(name, "").replace("\0", "").strip()[:300])}


def _row(service: Service) -> dict[str, Any]:
    state = State(service.state)  # type: ignore[attr-defined]
    return {
        "service": service,
        "checked": checked_words(service),
        "state": STATES[state],
        "old": state != State.IN_TIME,
        "overdue": service.overdue if state == State.OVERDUE else None,  # type: ignore[attr-defined]
        "edit_url": reverse("wagtailsnippets_directory_service:edit", args=[service.pk]),
    }
