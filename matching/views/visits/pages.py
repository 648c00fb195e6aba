"""Visits on screen: what came of one, another in its place, one more, and the week on paper."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from directory import clock
from directory.accounts.doors import door, user_of
from directory.accounts.policy import allowed, relations_of
from directory.accounts.roles import Permission, Relation
from directory.states import WrongState
from matching.models import Match, Visit, Volunteer
from matching.offering.words import moment_words
from matching.people import keep_look
from matching.rules.errands import is_errand
from matching.states import MatchState, VisitState
from matching.views.visits.forms import CareVisitForm, MomentForm, StandInForm, ToldForm
from matching.visiting import moves
from matching.visiting.lists import may_know, visitor_of, week_of
from matching.visiting.planning import own_people, plan, plan_care_visit

VISITORS = (Permission.VOLUNTEER, Permission.USE_DESK)
MOVES = frozenset({Relation.VOLUNTEER, Relation.CARE_WORKER, Relation.COORD})


@door(VISITORS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def visit(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """One visit: whose it is, what came of it, another in its place. Strangers find nothing here."""
    rows = Visit.objects.select_related("person", "volunteer", "care_worker", "match__ask__need", "match__volunteer")
    found = get_object_or_404(rows, pk=visit_id)
    if not relations_of(user_of(request), found) & MOVES:
        raise Http404
    forms = _forms(request, found)
    if request.method == "POST" and (answer := _move(request, found, forms)) is not None:
        return answer
    knows = may_know(found, by=user_of(request))
    if knows and found.person is not None:
        keep_look(found.person, by=user_of(request), where="visit")
    context = {
        "visit": found,
        "person": found.person if knows else None,
        # What was noted may be about whoever visits.
        "note": found.note if knows and allowed(user_of(request), Permission.MATCH) else "",
        "when": moment_words(found.starts_at),
        "visitor": visitor_of(found),
        "past": found.starts_at <= clock.now(),
        "is_open": found.state == VisitState.PLANNED,
        "errand": found.match is not None and is_errand(found.match.ask),
        "what": found.match.ask.need.name if found.match is not None else "Care visit",
        "may_stand_in": found.match is not None and allowed(user_of(request), Permission.MATCH),
        "home": _home_of(request),
        **forms,
    }
    wrong = any(form.is_bound and form.errors for form in forms.values())
    return render(request, "matching/visit.html", context, status=400 if wrong else 200)


def _forms(request: HttpRequest, found: Visit) -> dict[str, Any]:
    """The three forms of the page; only the one that was sent is filled with what was sent."""
    sent = request.POST.get("do", "") if request.method == "POST" else ""
    local = clock.local(found.starts_at)
    start = {"day": local.date(), "at": local.time(), "minutes": found.minutes}
    return {
        "told": ToldForm(request.POST if sent in ("done", "missed", "cancel") else None, initial={"minutes": found.minutes}),
        "moment": MomentForm(request.POST if sent == "replace" else None, initial=start),
        "stand_in": StandInForm(request.POST if sent == "stand_in" else None),
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
        form.add_error(None, error.messages)
        return None
    except WrongState as error:
        messages.error(request, str(error))
    return _back(request)


def _moved(what: str, found: Visit, told: dict[str, Any], *, by: Any) -> str:
    if what == "done":
        moves.done(found, by=by, minutes=told["minutes"], last=told["last"], note=told["note"])
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


@door(VISITORS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_visit(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """One more visit of two who meet, or one that has been and was not planned."""
    match = get_object_or_404(Match.objects.select_related("ask__need", "ask__person", "volunteer"), pk=match_id, state=MatchState.ACTIVE)
    if not relations_of(user_of(request), match) & MOVES:
        raise Http404
    form = MomentForm(request.POST or None, initial={"minutes": match.ask.minutes})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            made = plan(match, told["starts_at"], by=user_of(request), minutes=told["minutes"])
            messages.success(request, f"Planned for {moment_words(made.starts_at)}.")
            return redirect("visit", made.pk) if made.starts_at <= clock.now() else _back(request)
        except ValidationError as error:
            form.add_error(None, error.messages)
        except WrongState as error:
            messages.error(request, str(error))
            return _back(request)
    context = {"form": form, "title": "Another visit", "hint": f"{match.ask.need.name}.", "home": _home_of(request)}
    return render(request, "matching/visit_form.html", context, status=400 if form.errors else 200)


@door(Permission.USE_DESK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_care_visit(request: HttpRequest) -> HttpResponse:
    """A care worker's own visit, to somebody whom they brought in or visit already."""
    by = user_of(request)
    if not allowed(by, Permission.PREPARE_REFERRAL) or allowed(by, Permission.MATCH):
        raise PermissionDenied("This page is for care workers.")
    people = own_people(by)
    for person in people:
        keep_look(person, by=by, where="care-visit")
    form = CareVisitForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        person = next(each for each in people if str(each.pk) == told["person"])
        try:
            made = plan_care_visit(person, by, told["starts_at"], by=by, minutes=told["minutes"])
            messages.success(request, f"Planned for {moment_words(made.starts_at)}.")
            return redirect("desk")
        except ValidationError as error:
            form.add_error(None, error.messages)
        except WrongState as error:
            messages.error(request, str(error))
            return redirect("desk")
    context = {"form": form, "title": "Plan a visit", "hint": "" if people else "Nobody is noted as yours yet.", "home": _home_of(request)}
    return render(request, "matching/visit_form.html", context, status=400 if form.errors else 200)


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


def _home_of(request: HttpRequest) -> str:
    return "desk" if allowed(user_of(request), Permission.USE_DESK) else "volunteer"


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(_home_of(request))
