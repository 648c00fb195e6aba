"""/desk/volunteers/: who there is and what is missing; one volunteer's record, and everything that a coordinator does with it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from directory import clock
from directory.accounts.doors import door, user_of
from directory.accounts.policy import allowed
from directory.accounts.roles import Permission
from directory.states import WrongState
from matching.models import Reference, Volunteer
from matching.persons.versions import ChangedMeanwhile
from matching.rules.decisions import rules_in_force
from matching.views.referrals.steps import show_errors
from matching.views.requests.forms import SearchForm
from matching.views.typed import words_of_error
from matching.views.volunteers.acts import Act, acts_of, answer_of, moves_of, press, removal_of, run
from matching.views.volunteers.record_form import RecordForm
from matching.views.volunteers.words import as_written, check_in_short, record_rows
from matching.volunteer_states import VOLUNTEER_GONE, ReferenceState, VolunteerStatus
from matching.volunteering import references
from matching.volunteering.looks import find_volunteers, keep_volunteer_look, may_look
from matching.volunteering.missing import missing
from matching.volunteering.running_out import AHEAD
from matching.volunteers import correct_volunteer, register_volunteer

ON_A_PAGE = 30
# What the list can be narrowed to: (address, words, rows).
NARROWED: dict[str, tuple[str, Q]] = {
    "": ("Everybody who is here", ~Q(status__in=VOLUNTEER_GONE)),
    **{str(state): (str(state.label), Q(status=state)) for state in VolunteerStatus},
    "no-check": ("No check seen", Q(check_level=Volunteer.Check.NONE) & ~Q(status__in=VOLUNTEER_GONE)),
    "no-account": ("No account", Q(user=None) & ~Q(status__in=VOLUNTEER_GONE)),
}
DUE = "check-due"
# Not read for the list. It does read the facts: whether somebody without a date of birth said that they are 18 or over.
_NOT_LISTED = ("name", "phone", "email", "address", "postcode", "notes", "likes")


@door(Permission.KEEP_RECORDS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def volunteers(request: HttpRequest) -> HttpResponse:
    """The list, by number; looking for a name is posted, so that it stands in no address, and each one found is noted."""
    form = SearchForm(request.POST or None)
    form.fields["words"].label = "Name, phone or number"
    found = None
    if request.method == "POST" and form.is_valid():
        found = find_volunteers(form.cleaned_data["words"], by=user_of(request))
        if len(found) == 1:
            return redirect("desk-volunteer", found[0].pk)
    which = request.GET.get("show", "")
    page = Paginator(_rows(which), ON_A_PAGE).get_page(request.GET.get("page"))
    rules = rules_in_force()
    context = {
        "form": form,
        "found": found,
        "page": page,
        "query": f"show={which}" if which in NARROWED or which == DUE else "",
        "rows": [(row, missing(row, rules), check_in_short(row)) for row in page],
        "narrowed": [{"value": value, "words": words, "chosen": value == which} for value, words in _choices()],
    }
    return render(request, "matching/volunteers/list.html", context)


def _choices() -> list[tuple[str, str]]:
    return [*((value, words) for value, (words, _) in NARROWED.items()), (DUE, "Check due within a month")]


def _rows(which: str) -> QuerySet[Volunteer]:
    due = Q(recheck_due__lte=clock.today() + AHEAD) & ~Q(status__in=VOLUNTEER_GONE)
    wanted = due if which == DUE else NARROWED.get(which, NARROWED[""])[1]
    return Volunteer.objects.filter(wanted).defer(*_NOT_LISTED).prefetch_related("activities", "references").order_by("number")


@door(Permission.USE_DESK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def volunteer(request: HttpRequest, volunteer_id: UUID) -> HttpResponse:
    """One volunteer; the look is kept. The safeguarding lead reads the record of somebody who was removed for harm or risk."""
    found, user = get_object_or_404(Volunteer.objects.select_related("user", "check_seen_by"), pk=volunteer_id), user_of(request)
    if not may_look(user, found):
        raise PermissionDenied("This page is not open to you.")
    keeps = allowed(user, Permission.KEEP_RECORDS)
    bound: Act | None = None
    unsaid: list[str] = []
    if request.method == "POST":
        if not keeps:
            raise PermissionDenied("This page is not yours to change.")
        try:
            bound = _do(request, found)
        except WrongState as error:
            messages.error(request, words_of_error(error))
            unsaid = [text for name in request.POST if name.endswith(("words", "note")) and (text := request.POST.get(name, "").strip())]
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        if bound is None and not unsaid:
            return redirect("desk-volunteer", found.pk)
    keep_volunteer_look(found, by=user, where="desk-volunteer")
    context = record_rows(found, user, keeps=keeps)
    if keeps:
        context |= _forms(found, request, bound)
    context["unsaid"] = unsaid
    return render(request, "matching/volunteers/volunteer.html", context, status=400 if bound else 409 if unsaid else 200)


def _do(request: HttpRequest, found: Volunteer) -> Act | None:
    """What was pressed; the form that came back with errors, or nothing when it is done."""
    do, user = request.POST.get("do", ""), user_of(request)
    act = next((each for each in moves_of(found, user, request.POST) if each.do == do), None) or acts_of(found, request.POST).get(do)
    if act is None and do.startswith("answer-"):
        rows = found.references.all()
        act = next((answer_of(row, request.POST) for row in rows if f"answer-{row.pk}" == do), None)
    if act is None and found.status == VolunteerStatus.REMOVED and do == "to-removed":
        act = removal_of(found, request.POST)
    if act is None and do.startswith("to-"):
        raise WrongState("This step is not open any more: somebody else has moved it on.")
    said = run(act, user) if act is not None else press(found, do, request.POST.get("value", ""), user)
    if not said:
        return act
    messages.success(request, said)
    return None


def _forms(found: Volunteer, request: HttpRequest, bound: Act | None) -> dict[str, Any]:
    """Every form of the page, the one with errors as it was sent."""
    acts = {name: bound if bound is not None and bound.do == name else act for name, act in acts_of(found).items()}
    moves = [bound if bound is not None and bound.do == act.do else act for act in moves_of(found, user_of(request))]
    waiting = (ReferenceState.NAMED, ReferenceState.ASKED)
    answers = {row.pk: answer_of(row) for row in found.references.filter(state__in=waiting)}
    if bound is not None:
        answers = {key: bound if bound.do == act.do else act for key, act in answers.items()}
    return {"acts": {name.replace("-", "_"): act for name, act in acts.items()}, "moves": moves, "answers": answers, "bound": bound}


@door(Permission.KEEP_RECORDS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_volunteer(request: HttpRequest) -> HttpResponse:
    """Write down somebody who rang."""
    form = RecordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = register_volunteer(by=user_of(request), **form.values())
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, "Written down. Now: what do they offer, and who knows them?")
            return redirect("desk-volunteer", made.pk)
    return _form_page(request, form, "Write a volunteer down", None)


@door(Permission.KEEP_RECORDS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_volunteer(request: HttpRequest, volunteer_id: UUID) -> HttpResponse:
    """Put right what is written; what a colleague wrote meanwhile is not lost."""
    found = get_object_or_404(Volunteer, pk=volunteer_id)
    keep_volunteer_look(found, by=user_of(request), where="desk-volunteer-edit")
    form = RecordForm(request.POST or None, volunteer=found)
    theirs: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        try:
            correct_volunteer(found, by=user_of(request), **form.values())
        except ChangedMeanwhile as error:
            form = form.read_anew(found)
            form.add_error(None, str(error))
            theirs = [as_written(found, name) for name in error.fields]
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, "Put right.")
            return redirect("desk-volunteer", found.pk)
    return _form_page(request, form, "Put a record right", found, theirs)


def _form_page(
    request: HttpRequest, form: RecordForm, title: str, found: Volunteer | None, theirs: Iterable[dict[str, Any]] = ()
) -> HttpResponse:
    """theirs: what somebody else has written since the form was opened, as rows of the summary component."""
    context = {"form": form, "days": form.days(), "title": title, "volunteer": found, "theirs": theirs}
    return render(request, "matching/volunteers/form.html", context, status=400 if form.errors else 200)


@door(Permission.KEEP_RECORDS)
@never_cache
@require_safe
def letter(request: HttpRequest, reference_id: UUID) -> HttpResponse:
    """What to write to a referee, to copy or to print."""
    row = get_object_or_404(Reference.objects.select_related("volunteer"), pk=reference_id)
    found = row.volunteer
    keep_volunteer_look(found, by=user_of(request), where="desk-volunteer-letter")
    return render(request, "matching/volunteers/letter.html", {"volunteer": found, "reference": row, "letter": references.letter(row)})
