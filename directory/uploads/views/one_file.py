"""/admin/listings/import/<id>/: one file from its columns to what was written. Somebody else's is not there."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from directory.accounts.doors import door, user_of
from directory.accounts.models import User
from directory.accounts.roles import Permission
from directory.imports.report import BadRow, bad_rows_as_table
from directory.sources.models import ImportSource
from directory.spreadsheets import csv_response
from directory.states import WrongState
from directory.uploads import uploads
from directory.uploads.models import Part, Upload
from directory.uploads.naming import CHOICES, likely
from directory.uploads.states import AT_WORK, UploadState

S = UploadState
COUNTS = ("made", "changed", "unchanged", "conflicts", "bad")
# What is shown of the outcome: the count of a part, which is also the word in the address, and what it is called.
SHOWN = (("bad", "Bad rows"), ("changed", "Changed"), ("conflicts", "Put up"), ("made", "New"))
Step = Callable[[HttpRequest, Upload, User], object]


@door(Permission.MODERATE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where it stands, and the next step."""
    upload = _own(request, pk)
    if request.method == "POST":
        word = request.POST.get("do", "")
        if word not in STEPS:
            raise Http404
        try:
            STEPS[word](request, upload, user_of(request))
        except (ValidationError, WrongState) as error:
            messages.error(request, str(error) if isinstance(error, WrongState) else " ".join(error.messages))
        return redirect("uploads" if word == "take_away" else "upload", *([] if word == "take_away" else [upload.pk]))
    return render(request, "uploads/one.html", _context(request, upload))


@door(Permission.MODERATE)
@never_cache
@require_safe
def state(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Where it stands, for the page that waits."""
    upload = _own(request, pk)
    return JsonResponse({"state": upload.state, "words": _progress(upload)})


@door(Permission.MODERATE)
@never_cache
@require_safe
def bad_rows(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The bad rows as a file, with what is wrong beside each."""
    upload = _own(request, pk)
    rows = (BadRow(**row) for part in upload.parts.filter(bad__gt=0).iterator(20) for row in _bad_of(part))
    return csv_response(bad_rows_as_table(rows), "bad-rows")


def _own(request: HttpRequest, pk: UUID) -> Upload:
    return get_object_or_404(Upload, pk=pk, made_by=user_of(request))


def _say_columns(request: HttpRequest, upload: Upload, by: User) -> None:
    headings = list(dict.fromkeys(upload.begins.get("headings", [])))
    told = {heading: request.POST.get(f"column-{number}", "") for number, heading in enumerate(headings)}
    uploads.say_columns(upload, told, by=by, licence=request.POST.get("licence", ""))


STEPS: dict[str, Step] = {
    "columns": _say_columns,
    "again": lambda request, upload, by: uploads.change_columns(upload, by=by),
    "write": lambda request, upload, by: uploads.write(upload, by=by),
    "write_good": lambda request, upload, by: uploads.write(upload, by=by, skip_bad=True),
    "stop": lambda request, upload, by: uploads.stop(upload, by=by),
    "take_away": lambda request, upload, by: uploads.take_away(upload, by=by),
}


def _context(request: HttpRequest, upload: Upload) -> dict[str, Any]:
    crumbs = [
        {"url": reverse("wagtailadmin_home"), "label": "Home"},
        {"url": reverse("uploads"), "label": "Import listings"},
        {"url": "", "label": upload.name},
    ]
    context: dict[str, Any] = {
        "header_title": upload.name,
        "header_icon": "upload",
        "breadcrumbs_items": crumbs,
        "upload": upload,
        "state": upload.get_state_display(),
        "at_work": upload.state in AT_WORK,
        "progress": _progress(upload),
        "can_change_columns": upload.state in (S.TRIED, S.FAILED) and bool(upload.begins.get("headings")),
    }
    if upload.state == S.COLUMNS:
        context |= _columns(upload)
    if upload.state in (S.TRIED, S.WRITING, S.STOPPED, S.WRITTEN):
        context |= _outcome(request, upload)
    return context


def _columns(upload: Upload) -> dict[str, Any]:
    headings = list(dict.fromkeys(upload.begins["headings"]))
    source = ImportSource.objects.filter(name=upload.source).first()
    before = upload.columns.get("names") or (source.columns if source else {})
    guessed = likely(headings, before)
    rows = []
    for number, heading in enumerate(headings):
        at = upload.begins["headings"].index(heading)
        example = next((row[at] for row in upload.begins["rows"] if len(row) > at and row[at]), "")
        rows.append(
            {"name": f"column-{number}", "heading": heading or "(no heading)", "example": example[:120], "chosen": guessed[heading]}
        )
    return {"columns": rows, "choices": CHOICES, "licence": source.licence if source else "", "known_source": source is not None}


def _outcome(request: HttpRequest, upload: Upload) -> dict[str, Any]:
    """Counts of all of it; and one part at a time of what was asked for."""
    parts = upload.parts.all()
    sums = parts.aggregate(**{name: Sum(name) for name in COUNTS})
    sums = {name: number or 0 for name, number in sums.items()}
    asked = request.GET.get("show", "")
    shown = asked if asked in dict(SHOWN) else next((name for name, _ in SHOWN if sums[name]), "made")
    page = Paginator(parts.filter(**{f"{shown}__gt": 0}), 1).get_page(request.GET.get("page"))
    part = next(iter(page), None)
    return {
        "sums": sums,
        "tabs_shown": [{"name": name, "label": f"{label} ({sums[name]:,})", "here": name == shown} for name, label in SHOWN],
        "shown": shown,
        "page": page,
        "rows": list(_rows(part, shown)) if part else [],
        "done": upload.state == S.WRITTEN,
    }


def _rows(part: Part, shown: str) -> Iterator[Any]:
    if shown == "made":
        yield from part.told.get("made", [])
    elif shown == "bad":
        yield from _bad_of(part)
    else:
        yield from (row for row in part.told.get("differences", []) if row["conflict"] == (shown == "conflicts"))


def _bad_of(part: Part) -> list[dict[str, Any]]:
    return list(part.told.get("bad", part.unread))


def _progress(upload: Upload) -> str:
    column = {S.TRYING: "tried_at", S.WRITING: "written_at", S.STOPPED: "written_at"}.get(S(upload.state))
    if column is None:
        return ""
    sums = upload.parts.aggregate(all=Count("pk"), done=Count(column))
    return f"{100 * sums['done'] // max(1, sums['all'])}% of {upload.rows:,} rows"
