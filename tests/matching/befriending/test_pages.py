"""The pages of small groups: suggestions in words, one group, and the volunteer's own page without names before the yes."""

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from matching.befriending import groups, members
from matching.desk_states import GroupState
from matching.models import Group, Look, Task
from matching.volunteers import keep_apart
from tests import factories
from tests.matching.befriending.conftest import LIBRARY, leader, player

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(factories.coordinator())
    return client


def test_a_suggestion_stands_in_words_without_names_and_is_formed_once(desk, confirmed):
    asks = [player(person={"name": "Canary Example"}) for _ in range(4)]
    page = desk.get(reverse("desk-groups")).content.decode()
    assert "4 people near Colne Valley like chess" in page
    assert "All free Tuesday afternoon, for 60 minutes." in page
    assert "Canary" not in page
    ticked = {"ask": [ask.pk for ask in asks[:3]], "interest": "chess", "meets_at": LIBRARY}
    answer = desk.post(reverse("desk-group-form"), ticked)
    group = Group.objects.get()
    assert answer["Location"] == reverse("desk-group", args=[group.pk])
    assert "somebody else was quicker" in desk.post(reverse("desk-group-form"), ticked, follow=True).content.decode()
    assert Group.objects.count() == 1
    assert f"{group}: 3 people who like chess" in strip_tags(desk.get(reverse("desk-groups")).content.decode())


@pytest.mark.parametrize("body", [{}, {"ask": ["x", "1"]}, {"ask": [""] * 500, "interest": "\0"}, {"interest": "chess" * 100}])
def test_a_form_that_makes_no_group_gets_a_clear_answer(desk, body):
    assert "These cannot be one group" in desk.post(reverse("desk-group-form"), body, follow=True).content.decode()


def test_one_group_is_led_from_step_to_step_and_each_look_is_kept(desk, group_in):
    group, volunteer = group_in(), leader()
    address, decide = reverse("desk-group", args=[group.pk]), reverse("desk-group-decide", args=[group.pk])
    page = desk.get(address).content.decode()
    assert f"Ask {volunteer}" in page
    assert Look.objects.filter(where="desk-group").count() == 3
    assert "never at somebody" in desk.post(decide, {"decision": "where", "meets_at": "HD7 5AA"}, follow=True).content.decode()
    assert "Noted where it meets" in desk.post(decide, {"decision": "where", "meets_at": "The Watershed"}, follow=True).content.decode()
    desk.post(decide, {"decision": "where", "meets_at": "The\0Watershed"})
    assert Group.objects.get(pk=group.pk).meets_at == "The Watershed"
    assert "Choose who could lead it" in desk.post(decide, {"decision": "offer", "volunteer": "x"}, follow=True).content.decode()
    assert "has been asked" in desk.post(decide, {"decision": "offer", "volunteer": volunteer.pk}, follow=True).content.decode()
    again = desk.post(decide, {"decision": "offer", "volunteer": volunteer.pk}, follow=True).content.decode()
    assert "Nothing was done" in again
    assert "cannot become" not in again
    assert "Choose what to do" in desk.post(decide, {"decision": "fly"}, follow=True).content.decode()
    group.refresh_from_db()
    assert (group.state, group.volunteer, group.meets_at) == (GroupState.OFFERED, volunteer, "The Watershed")


def test_each_persons_yes_is_noted_and_their_request_is_met(desk, group_in):
    group = group_in(GroupState.RUNNING)
    first, second, _ = group.members.order_by("ask__number")
    for place, said in ((first, "yes"), (first, "yes"), (second, "leave")):
        told = desk.post(reverse("desk-group-member", args=[place.pk]), {"answer": said}, follow=True).content.decode()
        assert "Noted" in told
    assert (
        "has left the group" in desk.post(reverse("desk-group-member", args=[second.pk]), {"answer": "leave"}, follow=True).content.decode()
    )
    assert (
        "There is no such answer"
        in desk.post(reverse("desk-group-member", args=[first.pk]), {"answer": "fly"}, follow=True).content.decode()
    )
    first.ask.refresh_from_db()
    assert first.ask.state == "met"
    assert "1 of 2 have said yes" in desk.get(reverse("desk-groups")).content.decode()


def test_the_volunteer_sees_nobodys_name_before_the_yes_and_then_only_who_said_yes(client, confirmed):
    by = factories.coordinator()
    people = [
        {"name": f"{name} Canary", "phone": f"07700 90012{number}", "address": f"{number} Canary Row"}
        for number, name in enumerate(("Ann", "Bob", "Cat"))
    ]
    group = groups.form_group([player(person=each) for each in people], by=by, interest="chess", meets_at=LIBRARY)
    group = groups.offer_group(group, leader(), by=by)
    client.force_login(group.volunteer.user)
    page = client.get(reverse("volunteer")).content.decode()
    assert "A small group: 3 people who like chess" in page
    assert "Marsden Library, Colne Valley. Tuesday afternoon, for 60 minutes." in page
    assert "You like chess too." in page
    assert "Canary" not in page
    address = reverse("volunteer-group", args=[group.pk])
    assert "We ask each of them" in client.post(address, {"answer": "yes"}, follow=True).content.decode()
    page = client.post(address, {"answer": "yes"}, follow=True).content.decode()
    assert "Canary" not in page
    assert "We are asking 3 whether they want to come." in page
    members.note_yes(group.members.order_by("ask__number")[0], by=by)
    page = client.get(reverse("volunteer")).content.decode()
    assert "Ann Canary" in page
    assert "Bob Canary" not in page
    assert "Canary Row" not in page
    assert Look.objects.filter(where="small-group").exists()
    assert "Thank you for all you did" in client.post(address, {"answer": "end"}, follow=True).content.decode()
    assert "Canary" not in client.get(reverse("volunteer")).content.decode()


def test_another_volunteer_does_not_find_the_group(client, group_in):
    group = group_in(GroupState.OFFERED)
    client.force_login(leader().user)
    assert client.post(reverse("volunteer-group", args=[group.pk]), {"answer": "yes"}).status_code == 404
    group.refresh_from_db()
    assert group.state == GroupState.OFFERED


def test_a_yes_to_a_group_that_no_longer_fits_is_rung_about(client, group_in):
    group = group_in(GroupState.OFFERED)
    keep_apart(group.members.order_by("ask__number")[0].ask.person, group.volunteer, "blocked", by=factories.coordinator())
    Task.objects.all().delete()
    client.force_login(group.volunteer.user)
    page = client.post(reverse("volunteer-group", args=[group.pk]), {"answer": "yes"}, follow=True).content.decode()
    assert "we ring you" in page
    ring = Task.objects.get()
    assert (ring.kind, ring.volunteer) == (Task.Kind.RING, group.volunteer)
    assert f"said yes to {group}" in ring.words
    group.refresh_from_db()
    assert group.state == GroupState.OFFERED
