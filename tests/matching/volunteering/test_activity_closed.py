"""An activity is closed: whoever meets for it is not forgotten, a coordinator decides about each, once; nothing new is planned or found."""

import pytest
from django.core.exceptions import PermissionDenied

from directory.accounts.roles import Role
from directory.journal.verifying import verify
from matching import matches
from matching.befriending import groups
from matching.eligibility import Code
from matching.models import ActivityDecision, Ask, Group, Match, Task, Visit, Volunteer
from matching.rules.decisions import confirm_activity, in_force
from matching.states import MatchState
from matching.visiting.meetings import plan_meeting
from matching.visiting.planning import NotOnThatDay, plan
from matching.visiting.series import agree_times, plan_ahead_some
from matching.visiting.trial import begin
from matching.volunteering.closing import GoingOn, going_on, take_back
from tests import factories
from tests.at_once import at_once
from tests.matching.befriending.conftest import LIBRARY, leader, player
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
    match = begin(matches.introduce(match, by=by), at(2), by=by, how="phone")
    agree_times(match, [[1, 15 * 60]], by=by)
    return match


def test_each_pair_is_decided_about_once_and_nothing_new_is_planned():
    decision, by, admin = decided(), factories.coordinator(), factories.administrator()
    match, offered = two_who_meet(), matches.offer(wish(), helper(), by=by)
    planned, other = Visit.objects.count(), helper()
    assert going_on(ACTIVITY) == GoingOn(pairs=1, offers=1, groups=0, visits=planned)

    for _ in range(2):
        take_back(decision, by=admin)

    tasks = Task.objects.filter(kind=Task.Kind.OTHER)
    assert {task.match for task in tasks} == {match, offered}
    words = tasks.get(match=match).words
    assert "is closed to volunteers" in words
    assert f"{planned} visits are planned still, and stay until you decide." in words
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


def three(**asked: str) -> Group:
    return groups.form_group([player() for _ in range(3)], by=factories.coordinator(), interest="chess", **asked)


def group_with_meetings() -> Group:
    """Three who like chess, and a volunteer who leads them, with two meetings to come."""
    group = groups.offer_group(three(meets_at=LIBRARY), leader(), by=factories.coordinator())
    group = groups.say_yes(group, by=group.volunteer.user)
    for days in (2, 9):
        plan_meeting(group, at(days), by=group.volunteer.user)
    return group


@pytest.fixture
def met():
    """A group that meets and one that is being formed, for what needs a decision by a later table of activities."""
    both = group_with_meetings(), three()
    groups.drop_group(three(), by=factories.coordinator())
    Group.objects.update(activity=ACTIVITY)
    return both


def test_each_small_group_is_decided_about_once_and_its_meetings_stay_till_then(met):
    decision, (group, forming), by = decided(), met, factories.coordinator()
    assert going_on(ACTIVITY) == GoingOn(pairs=0, offers=0, groups=2, visits=2)

    for _ in range(2):
        take_back(decision, by=factories.administrator())

    words = [task.words for task in Task.objects.filter(kind=Task.Kind.OTHER)]
    assert len(words) == 2
    of_group, of_forming = (next(text for text in words if str(each) in text) for each in (group, forming))
    assert "is closed to volunteers" in of_group
    assert "2 meetings are planned still, and stay until you decide." in of_group
    assert "planned still" not in of_forming
    assert Task.objects.get(volunteer=group.volunteer).words == of_group
    assert group.visits.filter(state="planned").count() == 2
    group.refresh_from_db()
    with pytest.raises(NotOnThatDay) as refused:
        plan_meeting(group, at(16), by=by)
    assert Code.VOLUNTEER_NOT_ALLOWED in refused.value.codes
    groups.end_group(group, by=by)
    assert not group.visits.filter(state="planned").exists()
    assert verify() == []


def test_the_page_tells_of_small_groups_before_it_is_taken_back(client, met):
    decided()
    client.force_login(factories.administrator())
    page = client.get(f"/account/manage/activities/?of={ACTIVITY}").content.decode()
    assert "2 small groups, 2 visits planned" in page
    assert "each pair and each small group comes on the coordinators' list" in page


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


def test_closed_while_a_group_is_ended_nobody_waits_in_a_circle(each_store):
    group, decision = group_with_meetings(), decided()
    Group.objects.update(activity=ACTIVITY)
    by, admin = factories.coordinator(), factories.administrator()
    doings = [lambda: take_back(decision, by=admin) for _ in range(3)] + [lambda: groups.end_group(group, by=by)]
    assert [each for each in at_once(doings) if isinstance(each, Exception)] == []
    assert Task.objects.filter(kind=Task.Kind.OTHER).count() <= 1
