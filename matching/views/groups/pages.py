"""/desk/groups/: who could be brought together, and what became of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.states import WrongState
from matching.befriending import groups, members
from matching.befriending.holding import seen
from matching.befriending.leading import leaders
from matching.befriending.suggesting import MOST
from matching.befriending.wishes import suggestions
from matching.desk_states import GROUP_OPEN, GroupState
from matching.models import Ask, Group, GroupMember, Volunteer
from matching.rules.activities import rules
from matching.views.groups.words import STATES, group_line, meeting_lines, member_cards, suggestion_cards, times_words, what_words
from matching.views.typed import key_in, words_of_error

SHOWN = 30


@door(Permission.MATCH)
@require_GET
def groups_page(request: HttpRequest) -> HttpResponse:
    """Who could be brought together, and the groups that there are."""
    rows = Group.objects.filter(state__in=GROUP_OPEN).prefetch_related("members").order_by("number")
    context = {
        "suggestions": suggestion_cards(suggestions()[:SHOWN]),
        "groups": [group_line(row) for row in rows],
    }
    return render(request, "matching/groups/groups.html", context)


@door(Permission.MATCH)
@require_http_methods(["GET", "POST"])
def form(request: HttpRequest) -> HttpResponse:
    """Form a group of the requests that are ticked. Opened by hand it leads to the list."""
    if request.method != "POST":
        return redirect("desk-groups")
    keys = [key_in(text) for text in request.POST.getlist("ask")[: MOST + 1]]
    asks = list(Ask.objects.filter(pk__in=[key for key in keys if key is not None]))
    interest, meets_at = request.POST.get("interest", "")[:60], request.POST.get("meets_at", "")[:1000]
    try:
        group = groups.form_group(asks, by=user_of(request), interest=interest, meets_at=meets_at)
    except (ValidationError, WrongState) as error:
        messages.error(request, words_of_error(error))
        return redirect("desk-groups")
    messages.success(request, f"{group} is there. Nobody has been asked yet: choose who could lead it.")
    return redirect("desk-group", group.pk)


@door(Permission.MATCH)
@require_GET
def group(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """One group: who is in it, who could lead it, the next step."""
    found = get_object_or_404(Group.objects.select_related("volunteer"), pk=group_id)
    places = (
        found.members.filter(left_at=None).select_related("ask__person").prefetch_related("ask__person__family").order_by("ask__number")
    )
    context: dict[str, Any] = {
        "group": found,
        "seen": seen(found),
        "title": f"{found}: people who {what_words(found.activity, found.interest)}",
        "label": rules()[found.activity].label if found.activity in rules() else "",
        "times": times_words(found.windows),
        "state": STATES[GroupState(found.state)],
        "members": member_cards(list(places), by=user_of(request)),
        "meetings": meeting_lines(found),
        "left": found.members.filter(left_at__isnull=False).count(),
        "leaders": leaders(found) if found.state == GroupState.FORMING else [],
        "is_open": found.state in GROUP_OPEN,
        "is_forming": found.state == GroupState.FORMING,
        "is_offered": found.state == GroupState.OFFERED,
        "is_running": found.state == GroupState.RUNNING,
        "place_known": bool(found.meets_at) or found.by_phone_or_online,
    }
    return render(request, "matching/groups/group.html", context)


@door(Permission.MATCH)
@require_POST
def decide(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """One step of a group: where it meets, ask a volunteer, take that back, end it."""
    found = get_object_or_404(Group, pk=group_id)
    try:
        messages.success(request, _decision(request, found))
    except (ValidationError, WrongState) as error:
        messages.error(request, words_of_error(error))
    return redirect("desk-group", found.pk)


def _decision(request: HttpRequest, found: Group) -> str:
    what, by = request.POST.get("decision", ""), user_of(request)
    if what == "where":
        groups.say_where(found, request.POST.get("meets_at", "")[:1000], by=by, was=request.POST.get("was"))
        return "Noted where it meets."
    if what == "offer":
        key = key_in(request.POST.get("volunteer", ""))
        volunteer = Volunteer.objects.filter(pk=key).first() if key else None
        if volunteer is None:
            raise ValidationError("Choose who could lead it.")
        groups.offer_group(found, volunteer, by=by)
        return f"{volunteer} has been asked. They see what, where and when, and nobody's name."
    steps = {
        "back": (groups.say_no, "Taken back. It can be offered to somebody else."),
        "end": (groups.end_group, "It has ended."),
        "drop": (groups.drop_group, "It does not come about. The requests wait as before."),
    }
    if what not in steps:
        raise ValidationError("Choose what to do.")
    verb, words = steps[what]
    verb(found, by=by, mark=request.POST.get("seen", ""))
    return words


@door(Permission.MATCH)
@require_POST
def member(request: HttpRequest, member_id: int) -> HttpResponse:
    """A person's own yes, or that they do not come, as they told the coordinator."""
    place = get_object_or_404(GroupMember.objects.select_related("ask__person", "group"), pk=member_id)
    verbs = {
        "yes": (members.note_yes, f"Noted: {place.ask} comes, and the request is met."),
        "leave": (members.leave, f"Noted: {place.ask} does not come. No reason is owed."),
    }
    try:
        if request.POST.get("answer") not in verbs:
            raise WrongState("There is no such answer.")
        verb, words = verbs[request.POST["answer"]]
        verb(place, by=user_of(request), **({"mark": request.POST.get("seen", "")} if verb is members.leave else {}))
        messages.success(request, words)
    except WrongState as error:
        messages.error(request, words_of_error(error))
    return redirect("desk-group", place.group_id)
