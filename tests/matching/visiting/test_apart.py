"""Who is not to be paired any more is not paired, from that moment on; who is not with us any more notes nothing."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from directory import clock
from directory.journal.verifying import verify
from directory.states import WrongState
from matching import matches
from matching.models import Match, PairRule, Task
from matching.states import MatchState
from matching.visiting.knowing import may_know
from matching.visiting.lists import visits_of
from matching.visiting.moves import cancel, done, missed, replace
from matching.visiting.planning import plan
from matching.volunteers import keep_apart, set_status
from tests import factories
from tests.matching.visiting.conftest import at

pytestmark = pytest.mark.django_db
ENDS = {"offered": "lapsed", "accepted": "declined", "introduced": "declined", "active": "ended"}


@pytest.mark.parametrize("state", ENDS)
def test_not_to_be_paired_ends_what_is_under_way_in_the_same_step(offer_in, state):
    match, by = offer_in(MatchState(state)), factories.coordinator()
    person, volunteer = match.ask.person, match.volunteer
    keep_apart(person, volunteer, PairRule.Kind.BLOCKED, by=by)
    keep_apart(person, volunteer, PairRule.Kind.BLOCKED, by=by)
    match.refresh_from_db()
    assert match.state == ENDS[state]
    assert Task.objects.filter(match=match, kind="ring").count() == (0 if state == "offered" else 1)
    assert verify() == []


def test_visits_to_come_are_cancelled_also_those_as_a_stand_in_and_others_stay(pair, helper):
    by, other = factories.coordinator(), helper()
    coming, stands_in = plan(pair, at(1), by=by), replace(plan(pair, at(2), by=by), by=by, volunteer=other)
    keep_apart(pair.ask.person, other, PairRule.Kind.BLOCKED, by=by)
    stands_in.refresh_from_db()
    coming.refresh_from_db()
    assert (stands_in.state, coming.state) == ("cancelled", "planned")
    keep_apart(pair.ask.person, pair.volunteer, PairRule.Kind.RELATED, by=by)
    assert Match.objects.get(pk=pair.pk).state == "active"
    keep_apart(pair.ask.person, pair.volunteer, PairRule.Kind.BLOCKED, by=by)
    coming.refresh_from_db()
    assert coming.state == "cancelled"
    assert verify() == []


def test_who_is_being_checked_again_reads_nobodys_details_and_who_pauses_does(client, pair):
    by, person = factories.coordinator(), pair.ask.person
    visit = plan(pair, at(-1), by=by)
    client.force_login(pair.volunteer.user)
    pages = (reverse("volunteer"), reverse("visit", args=[visit.pk]))
    for status, known in (("paused", True), ("checking", False)):
        set_status(pair.volunteer, status, by=by)
        pair.volunteer.refresh_from_db()
        visit.refresh_from_db()
        visit.volunteer.refresh_from_db()
        assert may_know(visit, by=pair.volunteer.user) is known
        assert bool(visits_of(pair.volunteer, by=pair.volunteer.user)) is known
        assert all((person.name in client.get(page).content.decode()) is known for page in pages)
    with pytest.raises(PermissionDenied):
        matches.introduction(Match.objects.get(pk=pair.pk), by=pair.volunteer.user)


@pytest.mark.parametrize("status", ["removed", "left"])
def test_who_is_gone_notes_nothing_and_is_told_why_and_a_coordinator_notes_it(client, pair, status):
    by = factories.coordinator()
    visit = plan(pair, at(-1), by=by)
    set_status(pair.volunteer, status, by=by, reason="conduct" if status == "removed" else "")
    for verb in (done, missed, cancel):
        with pytest.raises(WrongState, match="Ring us"):
            verb(visit, by=pair.volunteer.user)
    client.force_login(pair.volunteer.user)
    page = reverse("visit", args=[visit.pk])
    assert "It took place" not in client.get(page).content.decode()
    answer = client.post(page, {"do": "done", "minutes": "20", "note": "All was well."})
    assert answer.status_code == 409
    assert "What you wrote: All was well." in answer.content.decode()
    assert pair.ask.person.name not in answer.content.decode()
    assert done(visit, by=by, minutes=20).minutes_done == 20


def test_an_old_form_of_a_visit_says_what_became_of_it_and_loses_no_words(client, pair):
    by = factories.coordinator()
    visit = plan(pair, at(-1), by=by)
    client.force_login(pair.volunteer.user)
    page = reverse("visit", args=[visit.pk])
    new = replace(visit, by=by, starts_at=clock.now() + timedelta(days=2))
    answer = client.post(page, {"do": "done", "minutes": "30", "note": "She was merry."})
    assert answer.status_code == 409
    assert "It was moved meanwhile" in answer.content.decode()
    assert "She was merry." in answer.content.decode()
    cancel(new, by=by)
    told = client.post(reverse("visit", args=[new.pk]), {"do": "replace", "day": "2027-01-05", "at": "10:00"}, follow=True)
    assert "It was cancelled meanwhile." in told.content.decode()
