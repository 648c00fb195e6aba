"""An activity is closed: whoever meets for it is not forgotten, a coordinator decides about each, once; nothing new is planned or found."""

import pytest
from django.core.exceptions import PermissionDenied

from directory.accounts.roles import Role
from directory.journal.verifying import verify
from matching import matches
from matching.models import ActivityDecision, Ask, Match, Task, Visit, Volunteer
from matching.rules.decisions import confirm_activity, in_force
from matching.states import MatchState
from matching.visiting.planning import NotOnThatDay, plan
from matching.visiting.series import agree_times, plan_ahead_some
from matching.visiting.trial import begin
from matching.volunteering.closing import GoingOn, going_on, take_back
from tests import factories
from tests.at_once import at_once
from tests.matching.visiting.conftest import at

pytestmark = pytest.mark.django_db
ACTIVITY = "deliver-parcel"
SAID = {"professional": "Dr A. Example", "source": "Minutes of 3 March"}


def decided() -> ActivityDecision:
    return confirm_activity(ACTIVITY, by=factories.administrator(), **SAID)


def helper() -> Volunteer:
    return factories.volunteer(ACTIVITY, level="none")


def wish() -> Ask:
    return factories.ask(activity=ACTIVITY, often="weekly")


def two_who_meet() -> Match:
    by, volunteer = factories.coordinator(), helper()
    match = matches.say_yes(matches.offer(wish(), volunteer, by=by), by=volunteer.user)
    match = begin(matches.introduce(match, by=by), at(2), by=by)
    agree_times(match, [[1, 15 * 60]], by=by)
    return match


def test_each_pair_is_decided_about_once_and_nothing_new_is_planned():
    decision, by, admin = decided(), factories.coordinator(), factories.administrator()
    match, offered = two_who_meet(), matches.offer(wish(), helper(), by=by)
    planned, other = Visit.objects.count(), helper()
    assert going_on(ACTIVITY) == GoingOn(pairs=1, offers=1, visits=planned)

    for _ in range(2):
        take_back(decision, by=admin)

    tasks = Task.objects.filter(kind=Task.Kind.OTHER)
    assert {task.match for task in tasks} == {match, offered}
    words = tasks.get(match=match).words
    assert "is closed to volunteers" in words
    assert f"{planned} visits are planned still" in words
    match.refresh_from_db()
    assert match.state == MatchState.ACTIVE
    with pytest.raises(NotOnThatDay):
        plan(match, at(3), by=by)
    while not plan_ahead_some():
        pass
    assert (Visit.objects.count(), tasks.count()) == (planned, 2)
    with pytest.raises(matches.NotEligible):
        matches.offer(wish(), other, by=by)
    assert verify() == []


def test_decided_anew_a_late_second_press_asks_nobody():
    decision, admin = decided(), factories.administrator()
    take_back(decision, by=admin)
    decided()
    two_who_meet()
    take_back(decision, by=admin)
    assert not Task.objects.filter(kind=Task.Kind.OTHER).exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_close(role):
    decision = decided()
    with pytest.raises(PermissionDenied):
        take_back(decision, by=factories.user(role))
    assert in_force(ACTIVITY)


def test_closed_while_they_are_moved_on_nobody_waits_in_a_circle(each_store):
    decision, match = decided(), two_who_meet()
    by, admin = factories.coordinator(), factories.administrator()
    doings = [lambda: take_back(decision, by=admin) for _ in range(3)] + [lambda: matches.end(match, by=by)]
    assert [each for each in at_once(doings) if isinstance(each, Exception)] == []
    assert Task.objects.filter(kind=Task.Kind.OTHER).count() <= 1
