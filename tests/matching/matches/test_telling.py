"""Whoever did not say no, or did not end it, is told: one call on the desk's list, for each pair and each step."""

from datetime import timedelta

import pytest
from django.test import Client

from directory import clock
from matching import asks, matches
from matching.models import Match, Task
from matching.states import MatchState
from tests import factories

pytestmark = pytest.mark.django_db


def told(match: Match) -> list[str]:
    return [task.words for task in Task.objects.filter(match=match, kind=Task.Kind.RING)]


@pytest.mark.parametrize("state", [MatchState.INTRODUCED, MatchState.ACTIVE])
def test_the_person_is_told_when_the_volunteer_stops_and_the_other_way_round(offer_in, state):
    verb = matches.end if state == MatchState.ACTIVE else matches.decline
    first, second, third = (offer_in(state) for _ in range(3))
    verb(first, by=first.volunteer.user)
    verb(second, by=factories.coordinator(), said_by="person")
    verb(third, by=factories.coordinator())
    (person,), (volunteer,), (both,) = told(first), told(second), told(third)
    assert "Tell the person" in person
    assert "kindly" not in person
    assert f"Tell {second.volunteer} kindly" in volunteer
    assert "Tell the person" not in volunteer
    assert "Tell the person" in both
    assert f"Tell {third.volunteer} kindly" in both


def test_no_name_stands_in_what_is_to_be_told(offer_in):
    match = offer_in(MatchState.ACTIVE)
    matches.end(match, by=match.volunteer.user)
    (words,) = told(match)
    assert match.ask.person.name not in words


def test_a_no_to_an_offer_is_told_to_nobody(offer_in):
    match = offer_in(MatchState.OFFERED)
    matches.decline(match, by=match.volunteer.user)
    assert not told(match)


@pytest.mark.parametrize("state", [MatchState.ACCEPTED, MatchState.INTRODUCED])
def test_what_has_not_begun_ends_when_the_request_is_met(offer_in, state):
    match = offer_in(state)
    asks.meet(match.ask, by=factories.coordinator())
    match.refresh_from_db()
    assert match.state == MatchState.DECLINED
    assert [f"Tell {match.volunteer} kindly" in words for words in told(match)] == [True]


def test_the_volunteer_is_told_when_the_person_withdraws(offer_in):
    match = offer_in(MatchState.ACTIVE)
    asks.withdraw(match.ask, by=factories.coordinator())
    assert [f"Tell {match.volunteer} kindly" in words for words in told(match)] == [True]


def test_a_person_who_is_not_to_be_contacted_is_not_rung(offer_in):
    match = offer_in(MatchState.ACTIVE)
    match.ask.person.do_not_contact = True
    match.ask.person.save()
    matches.end(match, by=match.volunteer.user)
    assert not told(match)


def test_all_steps_are_taken_on_the_page_of_the_two(offer_in):
    client = Client()
    client.force_login(factories.coordinator())
    match = offer_in(MatchState.OFFERED)
    request, pair = f"/desk/requests/{match.ask_id}/", f"/desk/matches/{match.pk}/pair/"
    assert pair in client.get(request).content.decode()
    assert client.post(f"/desk/matches/{match.pk}/", {"to": "active"}).status_code == 404
    assert "told us no" in client.get(pair).content.decode()
    client.post(pair, {"to": "declined", "said_by": "volunteer"})
    match.refresh_from_db()
    assert match.state == MatchState.DECLINED


def test_the_words_for_both_ends_stand_on_the_page_and_are_noted(offer_in):
    client = Client()
    client.force_login(factories.coordinator())
    match = offer_in(MatchState.INTRODUCED)
    pair, name = f"/desk/matches/{match.pk}/pair/", match.ask.person.name
    assert f"{name} says no" in client.get(pair).content.decode()
    answer = client.post(pair, {"to": "declined", "said_by": "person"}, follow=True).content.decode()
    assert "Ringing the other one stands on today" in answer
    active = offer_in(MatchState.ACTIVE)
    assert f"{active.ask.person.name} ends it" in client.get(f"/desk/matches/{active.pk}/pair/").content.decode()


def test_regular_help_that_began_without_a_day_still_has_its_trial(offer_in):
    client = Client()
    client.force_login(factories.coordinator())
    person = factories.person(facts={"receives_care": False, "needs_help_because": False})
    match = offer_in(MatchState.ACTIVE, person_=person, often="weekly")
    pair = f"/desk/matches/{match.pk}/pair/"
    assert "two visits to try" in client.get(pair).content.decode()
    day = (clock.today() + timedelta(days=3)).isoformat()
    client.post(pair, {"to": "trial", "day": day, "at": "10:00", "minutes": "30"})
    assert list(match.visits.values_list("trial", flat=True)) == [True, True]
