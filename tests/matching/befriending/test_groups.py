"""A small group from its forming to its end: who may do what, what stops it, and that nobody is in two."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from directory.accounts.roles import Role
from directory.journal.models import Event
from directory.journal.verifying import verify
from directory.states import WrongState
from matching import asks, matches, people
from matching.agreements import withdraw_agreement
from matching.befriending import groups, members
from matching.befriending.leading import leaders
from matching.befriending.wishes import suggestions
from matching.desk_states import GROUP_OPEN, GroupState
from matching.matches import NotEligible
from matching.models import Ask, Group, GroupMember, Task, Volunteer
from matching.suggesting.facts import helpers
from matching.unmet.gaps import waiting
from matching.volunteers import keep_apart, set_status
from tests import factories
from tests.matching.befriending.conftest import ACTIVITY, LIBRARY, TUESDAY, leader, player

pytestmark = pytest.mark.django_db


def people_in(group: Group) -> list[GroupMember]:
    return list(group.members.filter(left_at=None).select_related("ask").order_by("ask__number"))


def test_a_suggestion_becomes_a_group_and_its_requests_wait_no_longer(confirmed):
    made = [player() for _ in range(3)]
    player(facts={"interests": ["reading"]})
    player(person={"agreed": False})
    [suggestion] = suggestions()
    assert [wish.id for wish in suggestion.members] == [str(ask.pk) for ask in made]
    group = groups.form_group(made, by=factories.coordinator(), interest="chess", meets_at=LIBRARY)
    assert (group.windows, group.meets_at, group.area_name) == ([TUESDAY], LIBRARY, "Colne Valley")
    assert suggestions() == []
    assert not set(waiting()) & set(made)
    with pytest.raises(WrongState, match="small group"):
        matches.offer(made[0], leader(), by=factories.coordinator())


def test_what_is_no_group_is_not_formed(confirmed):
    by, good = factories.coordinator(), [player(), player()]
    with pytest.raises(ValidationError):
        groups.form_group(good, by=by, interest="chess")
    with pytest.raises(ValidationError):
        groups.form_group([*good, player(facts={"interests": ["reading"]})], by=by, interest="chess")
    with pytest.raises(ValidationError, match="never at somebody's home"):
        groups.form_group([*good, player()], by=by, interest="chess", meets_at="At Edith's, hd75aa")
    for shut in (player(person={"agreed": False}), asks.withdraw(player(), by=by)):
        with pytest.raises(WrongState):
            groups.form_group([*good, shut], by=by, interest="chess")
    asked = player()
    matches.offer(asked, leader(), by=by)
    with pytest.raises(WrongState, match="asked for"):
        groups.form_group([*good, asked], by=by, interest="chess")
    assert not Group.objects.exists()


def test_nobody_is_in_two_groups(group_in):
    group = group_in()
    taken = people_in(group)[0].ask
    with pytest.raises(WrongState, match="in a group already"):
        groups.form_group([taken, player(), player()], by=factories.coordinator(), interest="chess")


def test_only_who_may_help_every_member_leads_it(group_in):
    group, by = group_in(), factories.coordinator()
    with_chess, without = leader(), leader(interests=[])
    busy = leader(windows=[[1, 14 * 60, 14 * 60 + 30]])
    apart = leader()
    keep_apart(people_in(group)[1].ask.person, apart, "blocked", by=by)
    told = leaders(group)
    assert [each.volunteer for each in told] == [with_chess, without]
    assert told[0].words == "Both like chess; both free Tuesday afternoon"
    for volunteer in (busy, apart):
        with pytest.raises(NotEligible):
            groups.offer_group(group, volunteer, by=by)
    assert groups.offer_group(group, with_chess, by=by).state == GroupState.OFFERED


def test_it_is_not_offered_before_anybody_knows_where_it_meets(confirmed):
    by = factories.coordinator()
    group = groups.form_group([player() for _ in range(3)], by=by, interest="chess")
    with pytest.raises(ValidationError, match="where it meets"):
        groups.offer_group(group, leader(), by=by)
    group = groups.say_where(group, LIBRARY, by=by)
    assert groups.offer_group(group, leader(), by=by).state == GroupState.OFFERED


def test_volunteer_yes_then_each_persons_own_yes_then_the_request_is_met(group_in):
    group, by = group_in(GroupState.OFFERED), factories.coordinator()
    first, second, third = people_in(group)
    with pytest.raises(WrongState, match="when a volunteer leads"):
        members.note_yes(first, by=by)
    group = groups.say_yes(group, by=group.volunteer.user)
    members.note_yes(first, by=by)
    members.note_yes(first, by=by)
    assert Ask.objects.get(pk=first.ask_id).state == "met"
    account = factories.user(Role.PERSON)
    people.link_account(second.ask.person, account, by=by)
    assert members.note_yes(second, by=account).said_yes_at
    assert Ask.objects.get(pk=second.ask_id).state == "open"
    members.note_yes(second, by=by)
    assert Ask.objects.get(pk=second.ask_id).state == "met"
    members.leave(third, by=by)
    assert Ask.objects.get(pk=third.ask_id).state == "open"
    assert len(people_in(group)) == 2
    with pytest.raises(WrongState, match="has left"):
        members.note_yes(third, by=by)
    assert list(verify()) == []


def test_a_no_sends_it_back_to_be_offered_to_somebody_else(group_in):
    group = group_in(GroupState.OFFERED)
    group = groups.say_no(group, by=group.volunteer.user)
    assert (group.state, group.volunteer, group.offered_at) == (GroupState.FORMING, None, None)
    assert list(verify()) == []


def test_a_group_that_runs_counts_as_one_of_the_people_whom_its_volunteer_helps(group_in):
    group = group_in(GroupState.OFFERED)

    def helped() -> int:
        return helpers(Volunteer.objects.filter(pk=group.volunteer_id))[0].facts.active_matches

    assert helped() == 0
    running = groups.say_yes(group, by=group.volunteer.user)
    assert helped() == 1
    groups.end_group(running, by=running.volunteer.user)
    assert helped() == 0


@pytest.mark.parametrize("state", [GroupState.FORMING, GroupState.OFFERED, GroupState.RUNNING])
@pytest.mark.parametrize("how", ["agreement", "do_not_contact", "request"])
def test_who_takes_the_yes_back_is_out_of_the_group_in_the_same_step(group_in, state, how):
    group, by = group_in(state), factories.coordinator()
    member = people_in(group)[0]
    if state == GroupState.RUNNING and how != "request":
        members.note_yes(member, by=by)
    person = member.ask.person
    if how == "agreement":
        withdraw_agreement(person.agreements.get(), by=by)
    elif how == "do_not_contact":
        people.correct_person(person, by=by, do_not_contact=True)
    else:
        asks.withdraw(member.ask, by=by)
    assert member not in people_in(group)
    assert len(people_in(group)) == 2
    assert Event.objects.about(group).of_kind("group.member_left").get().codes["ask"] == str(member.ask_id)
    assert list(verify()) == []


@pytest.mark.parametrize("state", [GroupState.FORMING, GroupState.RUNNING])
def test_what_is_over_gives_the_places_back(group_in, state):
    group, by = group_in(state), factories.coordinator()
    over = (groups.drop_group if state == GroupState.FORMING else groups.end_group)(group, by=by)
    assert people_in(over) == []
    if state == GroupState.FORMING:
        assert len(suggestions()) == 1


def test_a_volunteer_who_pauses_is_asked_nothing_and_cannot_lead_it_any_more(group_in):
    group, by = group_in(GroupState.OFFERED), factories.coordinator()
    volunteer = group.volunteer
    set_status(volunteer, "paused", by=by)
    group.refresh_from_db()
    assert (group.state, group.volunteer) == (GroupState.FORMING, None)
    with pytest.raises(PermissionDenied):
        groups.say_yes(group, by=volunteer.user)


def test_facts_are_looked_at_again_at_the_yes(group_in):
    group = group_in(GroupState.OFFERED)
    keep_apart(people_in(group)[0].ask.person, group.volunteer, "blocked", by=factories.coordinator())
    with pytest.raises(NotEligible):
        groups.say_yes(group, by=group.volunteer.user)


def test_a_request_that_says_another_activity_now_keeps_its_place_and_the_group_its_own(group_in):
    group, by = group_in(GroupState.OFFERED), factories.coordinator()
    asks.say_activity(people_in(group)[0].ask, "befriend-by-phone", by=by)
    assert groups.say_yes(group, by=group.volunteer.user).state == GroupState.RUNNING


def test_too_few_are_no_group(group_in):
    group, by = group_in(GroupState.OFFERED), factories.coordinator()
    for member in people_in(group)[:2]:
        members.leave(member, by=by)
    with pytest.raises(WrongState, match="Too few"):
        groups.say_yes(group, by=group.volunteer.user)


def test_an_offer_without_an_answer_goes_back(group_in):
    waiting_, late = group_in(GroupState.OFFERED), group_in(GroupState.OFFERED)
    Group.objects.filter(pk=late.pk).update(offered_at=late.offered_at - 2 * groups.ANSWER_WITHIN)
    assert groups.lapse_some()
    assert Group.objects.get(pk=late.pk).state == GroupState.FORMING
    assert Group.objects.get(pk=waiting_.pk).state == GroupState.OFFERED
    assert list(verify()) == []


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
def test_nobody_else_takes_a_step(group_in, role):
    by, made = factories.user(role), [player() for _ in range(3)]
    forming, offered = group_in(), group_in(GroupState.OFFERED)
    member = people_in(forming)[0]
    for step in (
        lambda: groups.form_group(made, by=by, interest="chess"),
        lambda: groups.say_where(forming, LIBRARY, by=by),
        lambda: groups.offer_group(forming, leader(), by=by),
        lambda: groups.say_yes(offered, by=by),
        lambda: groups.say_no(offered, by=by),
        lambda: groups.drop_group(forming, by=by),
        lambda: groups.end_group(offered, by=by),
        lambda: members.note_yes(member, by=by),
        lambda: members.leave(member, by=by),
    ):
        with pytest.raises(PermissionDenied):
            step()


@pytest.mark.parametrize("state", list(GroupState))
def test_a_coordinator_never_says_yes_for_a_volunteer_and_what_is_not_in_the_table_is_refused(group_in, state):
    group, by = group_in(state), factories.coordinator()
    with pytest.raises((PermissionDenied, WrongState)):
        groups.say_yes(group, by=by)
    if state not in GROUP_OPEN:
        for step in (groups.drop_group, groups.end_group, groups.say_no):
            with pytest.raises(WrongState):
                step(group, by=by)
        with pytest.raises(WrongState):
            groups.say_where(group, LIBRARY, by=by)
    assert Group.objects.get(pk=group.pk).state == state


def test_the_journal_tells_of_a_group_in_codes(group_in):
    group = group_in(GroupState.RUNNING)
    told = [(event.kind, event.codes["to"]) for event in Event.objects.about(group).order_by("seq")]
    assert told == [("group.formed", "forming"), ("group.moved", "offered"), ("group.moved", "running")]
    assert LIBRARY not in str([event.codes for event in Event.objects.about(group)])
    assert group.activity == ACTIVITY


def test_who_is_gone_sees_nobody_of_the_group_that_they_led_and_a_coordinator_is_told(group_in, client):
    group, by = group_in(GroupState.OFFERED), factories.coordinator()
    group = groups.say_yes(group, by=group.volunteer.user)
    place = people_in(group)[0]
    members.note_yes(place, by=by)
    volunteer = group.volunteer
    client.force_login(volunteer.user)
    assert place.ask.person.name in client.get("/volunteer/").content.decode()
    set_status(volunteer, "removed", by=by, reason="harm")
    assert place.ask.person.name not in client.get("/volunteer/").content.decode()
    assert [str(group) in task.words for task in Task.objects.filter(volunteer=volunteer, kind=Task.Kind.RING)] == [True]
