"""A group's meetings: planned by who leads it or a coordinator, who came, hours counted once, and shown to those who come."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from directory import clock
from directory.accounts.roles import Role
from directory.journal.verifying import verify
from directory.states import WrongState
from matching import people
from matching.befriending import groups, members
from matching.casework.own import visits_ahead
from matching.desk.today import today_for
from matching.desk_states import GroupState
from matching.models import Look, Task, Visit
from matching.visiting.hours import hours_of
from matching.visiting.knowing import may_know
from matching.visiting.meetings import plan_meeting, who_could_come
from matching.visiting.moves import cancel, done, missed, replace
from matching.visiting.planning import NotOnThatDay
from matching.volunteers import keep_apart, set_status
from tests import factories
from tests.matching.befriending.conftest import LIBRARY, leader

pytestmark = pytest.mark.django_db


def at(days: float):
    return clock.now() + timedelta(days=days)


@pytest.fixture
def group(group_in):
    """Three of chess at the library; two have said that they come."""
    made = group_in(GroupState.RUNNING)
    for place in made.members.order_by("pk")[:2]:
        members.note_yes(place, by=factories.coordinator())
    return made


def test_a_meeting_is_one_visit_of_who_leads_it_with_who_came_and_its_hours_once(group):
    account, by = group.volunteer.user, factories.coordinator()
    visit = plan_meeting(group, at(-1), by=account)
    assert plan_meeting(group, visit.starts_at, by=by) == visit
    assert (visit.volunteer, visit.group, visit.person, visit.minutes) == (group.volunteer, group, None, 60)
    first, second = who_could_come(visit)
    third = group.members.exclude(pk__in=[first.pk, second.pk]).get()
    with pytest.raises(ValidationError):
        done(visit, by=account, came=[first.pk, third.pk])
    visit = done(visit, by=account, minutes=90, came=[first.pk])
    assert list(visit.came.all()) == [first]
    assert hours_of(group.volunteer, clock.today() - timedelta(days=3), clock.today()) == 1.5
    with pytest.raises(WrongState):
        done(visit, by=account)
    assert verify() == []


def test_without_a_next_meeting_it_stands_in_the_day_until_one_is_planned(group, group_in):
    by = factories.coordinator()
    group_in(GroupState.OFFERED)

    def lines() -> list[tuple[str, str]]:
        return [(row.url, row.due) for each in today_for(by) if each.title.startswith("Small groups") for row in each.rows]

    here = [(reverse("desk-group", args=[group.pk]), "this group has no next meeting")]
    assert lines() == here
    visit = plan_meeting(group, at(2), by=by)
    assert lines() == []
    cancel(visit, by=by)
    assert lines() == here


def test_strangers_and_members_plan_nothing_and_a_group_that_does_not_meet_has_no_meetings(group, group_in):
    for stranger in (leader().user, factories.user(Role.CARE_WORKER), factories.user(Role.PERSON)):
        with pytest.raises(PermissionDenied):
            plan_meeting(group, at(1), by=stranger)
    with pytest.raises(WrongState):
        plan_meeting(group_in(GroupState.OFFERED), at(1), by=factories.coordinator())
    assert not Visit.objects.exists()


def test_on_the_day_who_leads_it_is_with_us_and_checked_and_a_stand_in_may_help_every_one(group):
    by, other, apart = factories.coordinator(), leader(interests=[]), leader()
    visit = plan_meeting(group, at(1), by=by)
    keep_apart(group.members.first().ask.person, apart, "blocked", by=by)
    with pytest.raises(NotOnThatDay):
        replace(visit, by=by, volunteer=apart)
    with pytest.raises(PermissionDenied):
        replace(visit, by=group.volunteer.user, volunteer=other)
    new = replace(visit, by=by, volunteer=other)
    assert (new.group, new.volunteer) == (group, other)
    assert may_know(new, by=other.user)
    set_status(group.volunteer, "paused", by=by)
    with pytest.raises(NotOnThatDay):
        plan_meeting(group, at(5), by=by)


def test_who_stood_in_for_a_meeting_reads_no_number_any_more_once_it_is_over_and_still_tells_who_came(client, group):
    by, other = factories.coordinator(), leader(interests=[])
    come = group.members.filter(said_yes_at__isnull=False).order_by("pk")
    for place in come:
        people.correct_person(place.ask.person, by=by, phone="01632 960881", communication_needs="One thing at a time.")
    visit = replace(plan_meeting(group, at(1), by=by), by=by, volunteer=other)
    names = {place.ask.person.name for place in come}
    client.force_login(other.user)
    for days, known in ((1, True), (2, False)):
        with clock.held_at(at(days)):
            page = client.get(reverse("visit", args=[visit.pk])).content.decode()
            assert all(name in page for name in names)
            assert [words in page for words in ("960881", "One thing at a time.")] == [known, known]
    with clock.held_at(at(2)):
        done(visit, by=other.user, came=[come[0].pk])
    page = client.get(reverse("visit", args=[visit.pk])).content.decode()
    assert not any(name in page for name in names)


def test_what_is_to_come_ends_with_the_group_and_with_who_leads_it(group, group_in):
    by, second = factories.coordinator(), group_in(GroupState.RUNNING)
    visits = [plan_meeting(each, at(1), by=by) for each in (group, second)]
    groups.end_group(group, by=by)
    set_status(second.volunteer, "left", by=by)
    assert [Visit.objects.get(pk=visit.pk).state for visit in visits] == ["cancelled", "cancelled"]
    assert verify() == []


def test_who_is_not_to_be_paired_with_who_leads_it_has_no_place_in_it_any_more(group):
    place = group.members.order_by("pk").first()
    keep_apart(place.ask.person, group.volunteer, "blocked", by=factories.coordinator())
    place.refresh_from_db()
    assert place.left_at
    assert Task.objects.filter(ask=place.ask, kind="ring").count() == 1
    assert group.members.filter(left_at=None).count() == 2


def test_a_meeting_that_fails_is_told_of_at_the_desk(group):
    account = group.volunteer.user
    missed(plan_meeting(group, at(-1), by=account), by=account)
    cancel(plan_meeting(group, at(1), by=account), by=account)
    told = list(Task.objects.filter(volunteer=group.volunteer))
    assert [(task.kind, str(group) in task.words) for task in told] == [("ring", True)] * 2


def test_members_who_come_read_when_on_their_own_page_and_others_do_not(client, group):
    by = factories.coordinator()
    plan_meeting(group, at(1), by=by)
    coming, *_, waiting = group.members.order_by("pk")
    account = factories.user(Role.PERSON)
    people.link_account(coming.ask.person, account, by=by)
    [line] = visits_ahead(coming.ask.person)
    assert LIBRARY in line
    assert "Vernon" in line
    assert visits_ahead(waiting.ask.person) == []
    client.force_login(account)
    assert LIBRARY in client.get(reverse("account-requests")).content.decode()
    members.leave(coming, by=account)
    assert visits_ahead(coming.ask.person) == []


def test_the_leader_plans_and_says_who_came_on_the_pages_and_a_coordinator_reads_it(client, group):
    page, moment = reverse("visit-meeting-new", args=[group.pk]), clock.local(at(-1))
    client.force_login(leader().user)
    assert client.get(page).status_code == 404
    client.force_login(group.volunteer.user)
    assert page in client.get(reverse("volunteer")).content.decode()
    told = {"day": f"{moment:%Y-%m-%d}", "at": f"{moment:%H:%M}", "minutes": "60", "once": "one"}
    for _ in range(2):
        assert client.post(page, told).status_code == 302
    visit = Visit.objects.get()
    one, other = who_could_come(visit)
    address = reverse("visit", args=[visit.pk])
    shown = client.get(address).content.decode()
    assert one.ask.person.name in shown
    assert Look.objects.filter(where="visit", person_id=one.ask.person.pk).exists()
    assert "Say who came" in client.get(reverse("volunteer")).content.decode()
    assert client.post(address, {"do": "done", "came": ["999999"]}).status_code == 400
    client.post(address, {"do": "done", "came": [str(one.pk), str(other.pk)], "minutes": "60"})
    assert set(visit.came.all()) == {one, other}
    client.force_login(factories.coordinator())
    assert "2 came" in client.get(reverse("desk-group", args=[group.pk])).content.decode()
    assert one.ask.person.name in client.get(address).content.decode()
    assert str(group) in client.get(reverse("desk-week"), {"from": f"{moment:%Y-%m-%d}"}).content.decode()


def test_two_coordinators_who_write_the_place_are_told_of_each_other(client, group):
    client.force_login(factories.coordinator())
    page = reverse("desk-group-decide", args=[group.pk])
    client.post(page, {"decision": "where", "meets_at": "The Watershed", "was": LIBRARY})
    told = client.post(page, {"decision": "where", "meets_at": "The Mill", "was": LIBRARY}, follow=True).content.decode()
    assert "The Watershed" in told
    assert "The Mill" in told
    group.refresh_from_db()
    assert group.meets_at == "The Watershed"
