"""/desk/sheets/: the co-op's own spreadsheets, tried and brought in; /desk/export/: what goes out for its other systems."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory.accounts.doors import door, user_of
from directory.accounts.policy import role_used
from directory.accounts.roles import Permission
from directory.imports.faults import BadFile
from directory.spreadsheets import csv_response
from directory.states import WrongState
from matching.models import Look, Sheet
from matching.sheets.columns import COLUMNS
from matching.sheets.flow import bring_in, drop_sheet, try_sheet, wrong_rows
from matching.sheets.going_out import KINDS, care_team_going_out, go_out, left_out
from matching.sheets.in_memory import file_of
from matching.sheets.reading import MOST_BYTES, read_sheet
from matching.views.handed_in import InMemory

LISTED = 20
ON_A_PAGE = 100
DOES = {"new": ("New", "moss"), "changed": ("Changed", "river"), "same": ("The same", "stone"), "wrong": ("Not right", "clay")}


class SheetForm(forms.Form):
    """A file, and what it holds."""

    kind = forms.ChoiceField(label="What is in it?", choices=[("", "Choose …"), *Sheet.Kind.choices])
    file = forms.FileField(label="The file", help_text="CSV or XLSX, at most 5 million bytes and 1,000 rows, one sheet.")

    def rows(self) -> list[dict[str, str]]:
        """The rows of the file. Raises BadFile."""
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is None or file.size > MOST_BYTES:
            raise BadFile(f"The file is larger than {MOST_BYTES // 1_000_000} million bytes. Split it.")
        with file_of(file.read()) as path:
            return read_sheet(path, self.cleaned_data["kind"])


@door(Permission.KEEP_RECORDS)
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sheets(request: HttpRequest) -> HttpResponse:
    """Hand one in; it is tried at once, and nothing is written."""
    # What takes the file stands ready before anything reads the form, the token too.
    request.upload_handlers = [InMemory(MOST_BYTES)]
    return _hand_in(request)


@csrf_protect
def _hand_in(request: HttpRequest) -> HttpResponse:
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            sheet = try_sheet(form.cleaned_data["kind"], form.rows(), by=user_of(request))
        except BadFile as error:
            form.add_error("file", str(error))
        else:
            return redirect("desk-sheet", sheet.pk)
    context = {
        "form": form,
        "sheets": Sheet.objects.defer("rows", "outcome")[:LISTED],
        "templates": [(kind.value, kind.label, COLUMNS[kind]) for kind in Sheet.Kind],
    }
    return render(request, "matching/sheets/sheets.html", context, status=400 if form.errors else 200)


@door(Permission.KEEP_RECORDS)
@require_safe
def template(request: HttpRequest) -> HttpResponseBase:
    """The headings of a file."""
    kind = request.GET.get("kind", Sheet.Kind.PEOPLE)
    if kind not in COLUMNS:
        raise Http404
    return csv_response([[column.name for column in COLUMNS[kind]]], f"care-store-{kind}")


@door(Permission.KEEP_RECORDS)
@never_cache
@require_safe
def sheet(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """What would become of each row, by its number: never what stands in it."""
    row = get_object_or_404(Sheet, pk=sheet_id)
    order = ("wrong", "changed", "new", "same")
    lines = sorted(row.outcome, key=lambda each: (order.index(each["does"]), int(each["row"])))
    page = Paginator(lines, ON_A_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "sheet": row,
        "open": row.state == "read",
        "counts": [(DOES[name][0], row.counts.get(name, 0)) for name in DOES],
        "good": row.counts.get("new", 0) + row.counts.get("changed", 0),
        "wrong": row.counts.get("wrong", 0),
        "handed_back": len(wrong_rows(row)[1]),
        "lines": [{**each, "label": DOES[each["does"]][0], "tone": DOES[each["does"]][1]} for each in page.object_list],
        "page": page,
    }
    return render(request, "matching/sheets/sheet.html", context)


@door(Permission.KEEP_RECORDS)
@require_POST
def decide(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """Bring the good rows in, all of them or none; or throw it away."""
    row = get_object_or_404(Sheet, pk=sheet_id)
    verbs = {"bring-in": (bring_in, "Brought in."), "drop": (drop_sheet, "Thrown away.")}
    verb, words = verbs.get(request.POST.get("do", ""), (None, ""))
    try:
        if verb is None:
            raise WrongState("Choose what to do.")
        verb(row, by=user_of(request))
        messages.success(request, words)
    except WrongState as error:
        messages.error(request, str(error))
    return redirect("desk-sheet", row.pk)


@door(Permission.KEEP_RECORDS)
@never_cache
@require_safe
def wrong(request: HttpRequest, sheet_id: UUID) -> HttpResponseBase:
    """The rows that were not right, to put right and hand in again. They tell of people, so the look is noted."""
    row, user = get_object_or_404(Sheet, pk=sheet_id), user_of(request)
    Look.objects.create(by_id=user.pk, by_role=role_used(user, Permission.KEEP_RECORDS), person_id=row.pk, where="desk-sheet-wrong")
    headings, rows = wrong_rows(row)
    return csv_response([headings, *rows], f"care-store-{row.kind}-not-right")


@door(Permission.KEEP_RECORDS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def exports(request: HttpRequest) -> HttpResponseBase:
    """What can go out; a file is posted for, so that no link fetches it by itself: that it went out is kept."""
    if request.method != "POST":
        carers = [[str(user), str(user.pk)] for user in care_team_going_out()]
        context = {"kinds": KINDS.items(), "left_out": left_out(), "carers": carers, "carer_columns": ["Who", "In the file"]}
        return render(request, "matching/sheets/exports.html", context)
    kind = request.POST.get("kind", "")
    if kind not in KINDS:
        raise Http404
    return csv_response(go_out(kind, by=user_of(request)), f"care-store-{kind}")
