"""Planning on screen: one more visit of two who meet, a group's meeting, a visit of the care team; and who of the team goes to somebody."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from directory import clock
from directory.accounts.doors import door, user_of
from directory.accounts.models import User
from directory.accounts.policy import allowed, relations_of
from directory.accounts.roles import Permission
from directory.states import WrongState
from matching.befriending.leading import members_of, minutes_of
from matching.desk_states import GROUP_OPEN
from matching.models import Group, Match, Person, Visit
from matching.offering.words import moment_words
from matching.people import keep_look
from matching.states import MatchState, VisitState
from matching.views.persons.record import of_a_person
from matching.views.referrals.steps import show_errors
from matching.views.visits.forms import CareVisitForm, PlanForm
from matching.views.visits.pages import MOVES, VISITORS, back, home_of
from matching.views.visits.refused import why
from matching.visiting.care import care_team, carers_of, end_care, in_care, own_people
from matching.visiting.meetings import plan_meeting
from matching.visiting.planning import plan, plan_care_visit

MOST = 100


@door(VISITORS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_visit(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """One more visit of two who meet, or one that has been and was not planned."""
    match = get_object_or_404(Match.objects.select_related("ask__need", "ask__person", "volunteer"), pk=match_id, state=MatchState.ACTIVE)
    if not relations_of(user_of(request), match) & MOVES:
        raise Http404
    form = PlanForm(request.POST or None, initial={"minutes": match.ask.minutes, "once": uuid4()})

    def make(told: dict[str, Any]) -> Visit:
        return plan(match, told["starts_at"], by=user_of(request), minutes=told["minutes"], once=told["once"])

    return _planned(request, form, make, title="Another visit", hint=f"{match.ask.need.name}.")


@door(VISITORS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_meeting(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """A group's next meeting, or one that has been and was not planned."""
    group = get_object_or_404(Group.objects.select_related("volunteer"), pk=group_id, state__in=GROUP_OPEN)
    if not relations_of(user_of(request), group) & MOVES:
        raise Http404
    form = PlanForm(request.POST or None, initial={"minutes": minutes_of(members_of(group)) or 60, "once": uuid4()})

    def make(told: dict[str, Any]) -> Visit:
        return plan_meeting(group, told["starts_at"], by=user_of(request), minutes=told["minutes"], once=told["once"])

    where = "by phone or online" if group.by_phone_or_online else group.meets_at
    return _planned(request, form, make, title="A meeting of the group", hint=f"{group}, {where}." if where else f"{group}.")


@door(Permission.USE_DESK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_care_visit(request: HttpRequest) -> HttpResponse:
    """A visit of the care team: a care worker's own, to somebody whom they brought in or visit already; by a coordinator for any of them."""
    by = user_of(request)
    if not allowed(by, Permission.PREPARE_REFERRAL):
        raise PermissionDenied("This page is for coordinators and care workers.")
    people, team = _whom(request, by), care_team() if allowed(by, Permission.MATCH) else [by]
    for person in people:
        keep_look(person, by=by, where="care-visit")
    form = CareVisitForm(request.POST or None, people=people, team=team, initial={"person": request.GET.get("person", ""), "once": uuid4()})

    def make(told: dict[str, Any]) -> Visit:
        person = next(each for each in people if str(each.pk) == told["person"])
        goes = next((each for each in team if str(each.pk) == told["care_worker"]), team[0] if len(team) == 1 else by)
        return plan_care_visit(person, goes, told["starts_at"], by=by, minutes=told["minutes"], once=told["once"])

    nobody = "Open somebody's record first, and plan it from there." if allowed(by, Permission.MATCH) else "Nobody is noted as yours yet."
    return _planned(request, form, make, title="Plan a visit", hint="" if people else nobody)


@door(Permission.MATCH)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@of_a_person
def care(request: HttpRequest, found: Person) -> HttpResponse:
    """Who of the care team goes to this person, what is planned, and that somebody does not go there any more."""
    by = user_of(request)
    team = carers_of(found)
    if request.method == "POST":
        goes = next((each for each in team if str(each.pk) == request.POST.get("care_worker")), None)
        if goes is None:
            messages.info(request, "That was ended before.")
        else:
            end_care(found, goes, by=by)
            messages.success(request, f"{goes.name} does not go there any more; what was planned is cancelled. Tell both.")
        return redirect("desk-person-care", found.pk)
    keep_look(found, by=by, where="desk-person-care")
    coming = found.visits.filter(state=VisitState.PLANNED, care_worker__isnull=False).select_related("care_worker").order_by("starts_at")
    visits = [{"id": row.pk, "when": moment_words(row.starts_at), "who": row.care_worker.name} for row in coming if row.care_worker]
    return render(request, "matching/person_care.html", {"person": found, "team": team, "visits": visits})


def _whom(request: HttpRequest, by: User) -> list[Person]:
    if not allowed(by, Permission.MATCH):
        return list(own_people(by))
    chosen = request.POST.get("person") or request.GET.get("person", "")
    try:
        named = Person.objects.filter(pk=UUID(chosen), merged_into=None)
    except ValueError:
        named = Person.objects.none()
    return [*named, *in_care().exclude(pk__in=[row.pk for row in named])[:MOST]]


def _planned(request: HttpRequest, form: PlanForm, make: Callable[[dict[str, Any]], Visit], *, title: str, hint: str) -> HttpResponse:
    """Plan what the form says, and lead to it where it has been; the form again with its faults, or empty."""
    if request.method == "POST" and form.is_valid():
        try:
            made = make(form.cleaned_data)
            messages.success(request, f"Planned for {moment_words(made.starts_at)}.")
            return redirect("visit", made.pk) if made.starts_at <= clock.now() else back(request)
        except ValidationError as error:
            show_errors(form, error)
        except WrongState as error:
            messages.error(request, why(error, user_of(request)))
            return back(request)
    context = {"form": form, "title": title, "hint": hint, "home": home_of(request)}
    return render(request, "matching/visit_form.html", context, status=400 if form.errors else 200)
