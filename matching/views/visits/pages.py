"""Visits on screen: what came of one, another in its place, and the week on paper."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from directory import clock
from directory.accounts.doors import door, user_of
from directory.accounts.models import User
from directory.accounts.policy import allowed, relations_of
from directory.accounts.roles import Permission, Relation
from directory.states import WrongState
from matching.models import GroupMember, Person, Visit, Volunteer
from matching.offering.words import moment_words
from matching.people import keep_look
from matching.rules.errands import is_errand
from matching.states import VisitState
from matching.views.referrals.steps import show_errors
from matching.views.visits.forms import MomentForm, StandInForm, ToldForm
from matching.views.visits.refused import why
from matching.visiting import moves
from matching.visiting.knowing import going_to, may_know, may_reach
from matching.visiting.lists import visitor_of, week_of, what_of
from matching.visiting.meetings import who_could_come
from matching.volunteer_states import VOLUNTEER_GONE

VISITORS = (Permission.VOLUNTEER, Permission.USE_DESK)
MOVES = frozenset({Relation.VOLUNTEER, Relation.CARE_WORKER, Relation.COORD})
FORMS = ("told", "moment", "stand_in")


@door(VISITORS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def visit(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """One visit: whose it is, what came of it, another in its place. Strangers find nothing here."""
    rows = Visit.objects.select_related("person", "volunteer", "care_worker", "match__ask__need", "match__volunteer", "group")
    found = get_object_or_404(rows, pk=visit_id)
    if not relations_of(user_of(request), found) & MOVES:
        raise Http404
    by = user_of(request)
    knows = may_know(found, by=by)
    places = who_could_come(found) if found.group is not None and knows else []
    forms = _forms(request, found, by, places)
    if request.method == "POST" and (answer := _move(request, found, forms)) is not None:
        return answer
    shown = [place for place in places if place.left_at is None or allowed(by, Permission.MATCH)]
    people = [person for person in (found.person, *(place.ask.person for place in shown)) if person is not None] if knows else []
    for person in people:
        keep_look(person, by=by, where="visit")
    status = 409 if forms["unsaid"] else 400 if any(forms[name].is_bound and forms[name].errors for name in FORMS) else 200
    return render(request, "matching/visit.html", {**_shown(found, by, people, shown), "home": home_of(request), **forms}, status=status)


def _shown(found: Visit, by: User, people: list[Person], places: list[GroupMember]) -> dict[str, Any]:
    """What the page says of the visit; `people` and `places` are those whom this user may know: who left is ticked as there, and no more."""
    coordinator, came = allowed(by, Permission.MATCH), set(found.came.values_list("pk", flat=True))
    gone = not coordinator and found.volunteer is not None and found.volunteer.status in VOLUNTEER_GONE
    return {
        "visit": found,
        "person": found.person if found.person in people else None,
        "going": going_to(found) if found.person in people else None,
        "may_reach": may_reach(found, by=by),
        "people": [] if found.group is None else people,
        "came": [place.ask.person.name for place in places if place.pk in came and place.ask.person is not None],
        "place": found.group.meets_at if found.group is not None else "",
        # What was noted may be about whoever visits.
        "note": found.note if coordinator else "",
        "when": moment_words(found.starts_at),
        "visitor": visitor_of(found),
        "past": found.starts_at <= clock.now(),
        "gone": gone,
        "is_open": found.state == VisitState.PLANNED and not gone,
        "became": moves.what_became_of(found),
        "what": what_of(found),
        "may_stand_in": found.care_worker_id is None and coordinator,
    }


def _forms(request: HttpRequest, found: Visit, by: User, places: list[GroupMember]) -> dict[str, Any]:
    """The three forms of the page; only the one that was sent is filled with what was sent. `unsaid`: words that came too late."""
    sent = request.POST.get("do", "") if request.method == "POST" else ""
    local = clock.local(found.starts_at)
    start = {"day": local.date(), "at": local.time(), "minutes": found.minutes}
    # Somebody who only stands in does not end it.
    errand = found.match is not None and is_errand(found.match.ask) and bool(relations_of(by, found.match) & MOVES)
    told, could_come = request.POST if sent in ("done", "missed", "cancel") else None, [(place.pk, _name(place)) for place in places]
    return {
        "unsaid": "",
        "told": ToldForm(told, initial={"minutes": found.minutes}, could_come=could_come, errand=errand),
        "moment": MomentForm(request.POST if sent == "replace" else None, initial=start, auto_id="moved_%s"),
        "stand_in": StandInForm(request.POST if sent == "stand_in" else None, auto_id="stand_in_%s"),
    }


def _move(request: HttpRequest, found: Visit, forms: dict[str, Any]) -> HttpResponse | None:
    """Do what was pressed. None where the form is shown again with its faults."""
    what, by = request.POST.get("do", ""), user_of(request)
    name = {"replace": "moment", "stand_in": "stand_in"}.get(what, "told")
    form = forms[name]
    if what not in ("done", "missed", "cancel", "replace", "stand_in"):
        messages.error(request, "Choose what to do.")
        return redirect("visit", found.pk)
    if not form.is_valid():
        return None
    try:
        messages.success(request, _moved(what, found, form.cleaned_data, by=by))
    except ValidationError as error:
        show_errors(form, error)
        return None
    except WrongState as error:
        messages.error(request, why(error, user_of(request)))
        if note := form.cleaned_data.get("note"):
            found.refresh_from_db(fields=["state"])
            forms["unsaid"] = note
            return None
    return back(request)


def _name(place: GroupMember) -> str:
    return place.ask.person.name if place.ask.person is not None else str(place.ask)


def _moved(what: str, found: Visit, told: dict[str, Any], *, by: Any) -> str:
    if what == "done":
        moves.done(found, by=by, minutes=told["minutes"], last=told.get("last", False), note=told["note"], came=told.get("came", ()))
        return "Noted. Thank you."
    if what == "missed":
        moves.missed(found, by=by, note=told["note"])
        return "Noted: it did not take place. We ask whether all is well."
    if what == "cancel":
        moves.cancel(found, by=by, note=told["note"])
        return "Cancelled."
    if what == "replace":
        new = moves.replace(found, by=by, starts_at=told["starts_at"], minutes=told["minutes"])
        return f"Moved to {moment_words(new.starts_at)}."
    other = Volunteer.objects.filter(number=told["volunteer"]).first()
    if other is None:
        raise ValidationError("No volunteer has this number.")
    moves.replace(found, by=by, volunteer=other)
    return f"{other} goes instead."


@door(Permission.USE_DESK)
@never_cache
@require_safe
def week(request: HttpRequest) -> HttpResponse:
    """The week by day and visitor, to print; ?from= any day of it. Every name shown is a look that is kept."""
    try:
        day = date.fromisoformat(request.GET.get("from", ""))
        day = day if abs((day - clock.today()).days) <= 366 else clock.today()
    except ValueError:
        day = clock.today()
    days = week_of(day, by=user_of(request))
    monday = days[0].day
    context = {"days": days, "monday": monday, "sunday": days[-1].day, "before": monday - timedelta(7), "after": monday + timedelta(7)}
    return render(request, "matching/week.html", context)


def home_of(request: HttpRequest) -> str:
    """Where who visits begins the day."""
    return "desk" if allowed(user_of(request), Permission.USE_DESK) else "volunteer"


def back(request: HttpRequest) -> HttpResponse:
    """There again."""
    return redirect(home_of(request))
