"""Who has left a small group is no more of the business of whoever leads it, also on the page of a meeting of before."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from directory import clock
from directory.accounts.models import User
from matching.befriending import members
from matching.desk_states import GroupState
from matching.models import Group, Person
from matching.visiting.meetings import plan_meeting
from matching.visiting.moves import done
from tests import factories

pytestmark = pytest.mark.django_db


def test_who_has_left_a_group_is_not_on_the_page_of_a_meeting_of_before(group_in: Callable[..., Group]) -> None:
    group = group_in(GroupState.RUNNING)
    stays, leaves = group.members.order_by("pk")[:2]
    for place, name, phone in ((stays, "Ada Stays", "01632 960811"), (leaves, "Bea Quietperson", "01632 960812")):
        Person.objects.filter(asks=place.ask_id).update(name=name, phone=phone)
        members.note_yes(place, by=factories.coordinator())
    meeting = plan_meeting(group, clock.now() - timedelta(days=1), by=group.volunteer.user)
    page = f"/visits/{meeting.pk}/"

    def shown(user: User) -> str:
        client = Client()
        client.force_login(user)
        return client.get(page).content.decode()

    members.leave(leaves, by=factories.coordinator())
    # Until it is told of, who was there can be ticked; how they are reached is over.
    to_tell = shown(group.volunteer.user)
    assert "Bea Quietperson" in to_tell
    assert "960812" not in to_tell.replace(" ", "")
    done(meeting, by=group.volunteer.user, came=[stays.pk, leaves.pk])
    told = shown(group.volunteer.user)
    assert "Ada Stays" in told
    assert "Quietperson" not in told
    assert "Bea Quietperson" in shown(factories.coordinator())
