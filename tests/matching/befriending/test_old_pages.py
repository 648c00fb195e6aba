"""A page that was opened before somebody else changed the thing ends nothing, and says so."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from directory import clock
from matching.befriending import groups, members
from matching.desk_states import GroupState
from matching.visiting.meetings import plan_meeting
from tests import factories
from tests.matching.befriending.conftest import leader

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(factories.coordinator())
    return client


def test_a_page_of_a_group_that_has_grown_old_ends_nothing_and_takes_nobodys_offer_back(desk, group_in):
    by, group = factories.coordinator(), group_in(GroupState.OFFERED)
    address, decide = reverse("desk-group", args=[group.pk]), reverse("desk-group-decide", args=[group.pk])

    def said(decision: str, seen: str) -> str:
        return desk.post(decide, {"decision": decision, "seen": seen}, follow=True).content.decode()

    old = desk.get(address).context["seen"]
    groups.say_no(group, by=group.volunteer.user)
    groups.offer_group(group, leader(), by=by)
    for decision in ("back", "drop"):
        assert "something has changed, and nothing was done" in said(decision, old)
    group.refresh_from_db()
    assert group.state == GroupState.OFFERED
    groups.say_yes(group, by=group.volunteer.user)
    old = desk.get(address).context["seen"]
    plan_meeting(group, clock.now() + timedelta(days=2), by=by)
    assert "something has changed, and nothing was done" in said("end", old)
    assert group.visits.filter(state="planned").exists()
    assert "It has ended" in said("end", desk.get(address).context["seen"])


def test_who_has_said_yes_meanwhile_does_not_leave_by_an_old_page(desk, group_in):
    group = group_in(GroupState.RUNNING)
    place = group.members.order_by("pk").first()
    page = desk.get(reverse("desk-group", args=[group.pk])).context["members"]
    old = next(each["seen"] for each in page if each["place"] == place)
    members.note_yes(place, by=factories.coordinator())
    answer = desk.post(reverse("desk-group-member", args=[place.pk]), {"answer": "leave", "seen": old}, follow=True)
    assert "something has changed, and nothing was done" in answer.content.decode()
    place.refresh_from_db()
    assert place.left_at is None
