"""Where a volunteer stands: moved by the table, by whom it says, and with everything that hangs on it."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from directory import clock
from directory.accounts.roles import Role
from directory.journal.models import Event
from directory.journal.verifying import verify
from directory.states import NEW, WrongState
from matching.eligibility import Status
from matching.models import Match, Person, Task, Volunteer
from matching.states import MatchState
from matching.volunteer_states import VOLUNTEERING, RemovedFor, VolunteerStatus
from matching.volunteering.standing import come_back_some, set_status
from matching.volunteers import register_volunteer
from tests import factories

pytestmark = pytest.mark.django_db
STATES = list(VolunteerStatus)


def at(status: str, **fields) -> Volunteer:
    return factories.volunteer(status=status, **fields)


def test_eligibility_knows_the_same_states():
    assert {state.value for state in Status} == set(VolunteerStatus.values)


@pytest.mark.parametrize(("before", "to"), [pair for pair in product(STATES, STATES) if pair[0] != pair[1]])
def test_only_moves_of_the_table_are_made_and_only_by_whom_it_names(before, to):
    volunteer = at(before)
    reason = "other" if to == VolunteerStatus.REMOVED else ""
    move = next((move for move in VOLUNTEERING.moves if (move.source, move.to) == (before, to)), None)
    for by, relation in ((volunteer.user, "volunteer"), (factories.coordinator(), "coord")):
        count = Event.objects.about(volunteer).count()
        if move is None:
            with pytest.raises(WrongState):
                set_status(volunteer, to, by=by, reason=reason)
        elif relation not in move.by:
            with pytest.raises(PermissionDenied):
                set_status(volunteer, to, by=by, reason=reason)
        else:
            assert set_status(volunteer, to, by=by, reason=reason).status == to
            assert Event.objects.about(volunteer).of_kind("volunteer.status").last().codes["to"] == to
            return
        assert Volunteer.objects.get(pk=volunteer.pk).status == before
        assert Event.objects.about(volunteer).count() == count


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
def test_a_stranger_of_any_other_role_moves_nobody(role):
    volunteer = at("active")
    with pytest.raises(PermissionDenied):
        set_status(volunteer, "paused", by=factories.user(role))


def test_the_store_may_begin_with_volunteers_who_were_there_before_it_and_never_with_some_who_are_gone():
    by = factories.coordinator()
    assert register_volunteer(by=by, name="Vera", status="paused").status == "paused"
    for gone in ("left", "removed"):
        with pytest.raises(WrongState):
            register_volunteer(by=by, name="Vera", status=gone)
    assert VOLUNTEERING.find(NEW, "active").by == {"coord"}


def test_nobody_is_removed_without_a_reason_of_the_list():
    volunteer, by = at("active"), factories.coordinator()
    for reason in ("", "dislike"):
        with pytest.raises(ValidationError) as caught:
            set_status(volunteer, "removed", by=by, reason=reason)
        assert list(caught.value.message_dict) == ["reason"]


@pytest.mark.parametrize("reason", RemovedFor.values)
def test_harm_and_risk_open_the_duty_to_refer_for_the_safeguarding_lead_and_nothing_else_does(reason):
    volunteer, by = at("active"), factories.coordinator()
    set_status(volunteer, "removed", by=by, reason=reason, words="What Ada Canary said")
    tasks = list(Task.objects.filter(volunteer=volunteer))
    assert [(task.kind, task.whose) for task in tasks] == ([("duty_to_refer", "safeguarding_lead")] if reason in ("harm", "risk") else [])
    for task in tasks:
        assert clock.today() < task.due_on <= clock.today() + timedelta(days=7)
        assert "section 35" in task.words
        assert "Ada Canary" in task.words
    assert "Canary" not in str(list(Event.objects.values_list("codes", flat=True)))


def test_somebody_who_had_left_is_removed_for_harm_that_came_out_later():
    volunteer, by = at("left"), factories.coordinator()
    set_status(volunteer, "removed", by=by, reason="harm")
    assert Task.objects.get(volunteer=volunteer).kind == Task.Kind.DUTY_TO_REFER


@pytest.mark.parametrize("to", ["left", "removed", "paused", "checking"])
@pytest.mark.parametrize("state", [MatchState.OFFERED, MatchState.ACCEPTED, MatchState.INTRODUCED, MatchState.ACTIVE])
def test_what_becomes_of_matches(offer_in, state, to):
    match = offer_in(state)
    set_status(match.volunteer, to, by=factories.coordinator(), reason="conduct" if to == "removed" else "")
    match.refresh_from_db()
    gone, knew = to in ("left", "removed"), state in (MatchState.INTRODUCED, MatchState.ACTIVE)
    ends = {"offered": "lapsed", "accepted": "declined", "introduced": "declined", "active": "ended"}
    assert match.state == (ends[state] if gone or state == MatchState.OFFERED else state)
    told = list(Task.objects.filter(match=match))
    assert len(told) == knew
    for task in told:
        assert (task.person, task.volunteer, task.kind) == (match.ask.person, match.volunteer, Task.Kind.RING)
        assert "conduct" not in task.words.lower()
    assert verify() == []


def test_a_volunteer_pauses_comes_back_and_leaves_by_themselves(offer_in):
    match = offer_in(MatchState.ACTIVE)
    volunteer = match.volunteer
    until = clock.today() + timedelta(days=14)
    assert set_status(volunteer, "paused", by=volunteer.user, until=until).paused_until == until
    later = until + timedelta(days=7)
    assert set_status(volunteer, "paused", by=volunteer.user, until=later).paused_until == later
    assert set_status(volunteer, "active", by=volunteer.user).paused_until is None
    set_status(volunteer, "left", by=volunteer.user)
    match.refresh_from_db()
    assert match.state == MatchState.ENDED
    with pytest.raises(PermissionDenied):
        set_status(volunteer, "applied", by=volunteer.user)
    assert verify() == []


def test_a_pause_that_is_made_longer_is_told_anew_and_what_was_to_be_told_before_is_not(offer_in):
    match = offer_in(MatchState.ACTIVE)
    volunteer, until = match.volunteer, clock.today() + timedelta(days=14)
    for day in (until, until + timedelta(days=7)):
        set_status(volunteer, "paused", by=volunteer.user, until=day)
        task = Task.objects.get(match=match, kind="ring", state="open")
        assert f"until {day:%A} {day.day} {day:%B}." in task.words
    set_status(volunteer, "left", by=volunteer.user)
    assert "has stopped" in Task.objects.get(match=match, kind="ring", state="open").words


def test_nobody_is_to_ring_who_is_not_to_be_contacted(offer_in):
    match, by = offer_in(MatchState.ACTIVE), factories.coordinator()
    Person.objects.filter(pk=match.ask.person.pk).update(do_not_contact=True)
    set_status(match.volunteer, "paused", by=by)
    set_status(match.volunteer, "removed", by=by, reason="conduct")
    assert not Task.objects.filter(match=match).exists()


@pytest.mark.parametrize(("status", "days"), [("paused", 0), ("paused", -1), ("paused", 731), ("left", 5)])
def test_a_day_of_coming_back_is_of_a_pause_and_still_to_come(status, days):
    volunteer = at("active")
    with pytest.raises(ValidationError) as caught:
        set_status(volunteer, status, by=volunteer.user, until=clock.today() + timedelta(days=days))
    assert list(caught.value.message_dict) == ["until"]


def test_who_said_until_when_is_back_on_that_day_and_who_did_not_stays_away():
    by = factories.coordinator()
    first, second, third = (at("active") for _ in range(3))
    day = clock.today() + timedelta(days=3)
    set_status(first, "paused", by=by, until=day)
    set_status(second, "paused", by=by, until=day + timedelta(days=1))
    set_status(third, "paused", by=by)
    with clock.held_at(clock.now() + timedelta(days=3)):
        while not come_back_some():
            pass
    assert [Volunteer.objects.get(pk=one.pk).status for one in (first, second, third)] == ["active", "paused", "paused"]
    assert verify() == []


def test_the_journal_keeps_what_was_missing_when_somebody_was_made_active():
    volunteer = at("applied", level="none", date_of_birth=None)
    set_status(volunteer, "active", by=factories.coordinator())
    codes = Event.objects.about(volunteer).of_kind("volunteer.status").get().codes
    assert codes["missing"] == ["references", "check", "birth"]


def test_a_match_says_nothing_of_why_its_volunteer_went(offer_in):
    match = offer_in(MatchState.ACTIVE)
    set_status(match.volunteer, "removed", by=factories.coordinator(), reason="risk")
    assert "risk" not in str(Event.objects.about(Match.objects.get(pk=match.pk)).last().codes)
    assert date.fromisoformat(Event.objects.of_kind("task.opened").last().codes["due_on"]) > clock.today()
