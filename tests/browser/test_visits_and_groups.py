"""Visits, pairs and small groups as those who go there, and the desk, see them: on a phone and on a wide screen."""

from datetime import timedelta

import pytest
from django.urls import reverse

from directory import clock
from directory.accounts.models import User
from matching.befriending import groups, members
from matching.models import Group, Match, Visit, Volunteer
from matching.states import MatchState, VisitState
from matching.visiting.meetings import plan_meeting
from matching.visiting.planning import plan_care_visit
from tests.browser.conftest import Opens
from tests.browser.seeing import accessible, fits
from tests.matching.befriending.conftest import LIBRARY, leader, player


def person(who: str) -> User:
    return User.objects.get(email=f"{who}@demo.example")


def a_group(by: User) -> Group:
    """Three who like chess, led by somebody who can; two have said yes, one meeting is to be told of and one to come."""
    group = groups.form_group([player() for _ in range(3)], by=by, interest="chess", meets_at=LIBRARY)
    group = groups.say_yes(groups.offer_group(group, leader(), by=by), by=group_leader())
    for place in group.members.order_by("pk")[:2]:
        members.note_yes(place, by=by)
    for days in (-1, 6):
        plan_meeting(group, clock.now() + timedelta(days=days), by=by)
    return group


def group_leader() -> User:
    found = Volunteer.objects.order_by("-number")[0].user
    assert found is not None
    return found


def of_the_desk(by: User) -> list[str]:
    group, pair = a_group(by), Match.objects.filter(state=MatchState.ACTIVE).order_by("pk").first()
    waiting = Match.objects.filter(state__in=[MatchState.ACCEPTED, MatchState.INTRODUCED]).order_by("pk")[:2]
    assert pair is not None
    assert waiting
    cared_for = pair.ask.person
    assert cared_for is not None
    care = plan_care_visit(cared_for, person("careworker"), clock.now() + timedelta(days=1), by=by)
    visits = [*Visit.objects.filter(group=group), care, *Visit.objects.filter(match__isnull=False, state=VisitState.PLANNED)[:1]]
    return [
        reverse("desk-week"),
        reverse("desk-task-new"),
        reverse("desk-groups"),
        reverse("desk-group", args=[group.pk]),
        reverse("visit-meeting-new", args=[group.pk]),
        reverse("visit-new", args=[pair.pk]),
        reverse("desk-care-visit-new"),
        reverse("desk-person-care", args=[cared_for.pk]),
        *[reverse("visit", args=[visit.pk]) for visit in visits],
        *[reverse(name, args=[match.pk]) for match in waiting for name in ("desk-pair", "desk-pair-letter")],
        reverse("desk-pair", args=[pair.pk]),
    ]


def of_a_volunteer(by: User) -> list[str]:
    own = Volunteer.objects.get(user=person("volunteer"))
    pair = own.matches.filter(state=MatchState.ACTIVE).first()
    visits = Visit.objects.filter(volunteer=own, state=VisitState.PLANNED).order_by("starts_at")[:2]
    assert pair is not None
    assert visits
    return [reverse("volunteer"), reverse("visit-new", args=[pair.pk]), *[reverse("visit", args=[visit.pk]) for visit in visits]]


def of_a_care_worker(by: User) -> list[str]:
    cared_for = Match.objects.filter(ask__person__isnull=False).order_by("pk")[0].ask.person
    assert cared_for is not None
    visit = plan_care_visit(cared_for, person("careworker"), clock.now() - timedelta(hours=3), by=by)
    return [reverse("desk"), reverse("desk-week"), reverse("desk-care-visit-new"), reverse("visit", args=[visit.pk])]


ROOMS = {"coordinator": of_the_desk, "volunteer": of_a_volunteer, "careworker": of_a_care_worker}


@pytest.mark.parametrize("who", ROOMS)
def test_every_page_of_visits_pairs_and_groups(opens: Opens, who: str) -> None:
    page = opens("/account/", who=who)
    for address in ROOMS[who](person("coordinator")):
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(address)
            # What is folded is read too.
            page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            fits(accessible(page))
