"""Two at the same moment, on a SQLite file and on a PostgreSQL server: one visit of one form, one answer, and nobody waits in a circle."""

import contextlib
from datetime import timedelta
from functools import partial

from django.db import connection, transaction

from directory import clock
from directory.accounts.roles import Role
from directory.journal.verifying import verify
from matching import matches
from matching.befriending import groups
from matching.models import Group, Match, Task, Visit
from matching.offering.holding import locked
from matching.people import correct_person
from matching.tasks import open_task
from matching.visiting.care import end_care
from matching.visiting.holding import hold_match, hold_volunteers
from matching.visiting.meetings import plan_meeting
from matching.visiting.moves import cancel, done, replace
from matching.visiting.planning import plan, plan_care_visit
from matching.volunteers import keep_apart
from tests import factories
from tests.at_once import at_once
from tests.matching.befriending.conftest import ACTIVITY, LIBRARY, leader, player
from tests.matching.visiting.conftest import at


def names(answers) -> list[str]:
    return sorted(type(answer).__name__ for answer in answers if isinstance(answer, Exception))


def test_one_of_two_wins_and_nothing_is_made_twice(each_store):
    """One test for all: making the database is what takes the time."""
    by = factories.coordinator()
    volunteer, ask = factories.volunteer("shop-together", level="basic"), factories.ask(activity="shop-together")
    match = matches.say_yes(matches.offer(ask, volunteer, by=by), by=volunteer.user)
    match = matches.start(matches.introduce(match, by=by), by=by, how="phone")
    _what_points_to_them_is_written_while_they_are_held(match, by)
    moment = at(2)
    made = at_once([partial(plan, match, moment, by=by, once="one") for _ in range(2)])
    assert {visit.pk for visit in made} == {Visit.objects.get().pk}
    moved = at_once([partial(replace, made[0], by=by, starts_at=at(3)), partial(replace, made[0], by=by, starts_at=at(4))])
    assert names(moved) == ["WrongState"]
    been = plan(match, at(-1), by=by)
    doings = [
        partial(done, been, by=volunteer.user),
        partial(done, been, by=by),
        partial(keep_apart, ask.person, volunteer, "blocked", by=by),
        partial(matches.end, match, by=volunteer.user),
        partial(correct_person, ask.person, by=by, do_not_contact=True),
    ]
    assert set(names(at_once(doings))) <= {"WrongState"}
    assert Match.objects.get(pk=match.pk).state == "ended"
    assert not Visit.objects.filter(state="planned", starts_at__gt=clock.now()).exists()
    assert Visit.objects.get(pk=been.pk).state == "done"
    _a_group(by)
    _the_care_team(by)
    assert verify() == []


def _what_points_to_them_is_written_while_they_are_held(match: Match, by) -> None:
    def write() -> Task:
        if connection.vendor == "postgresql":
            connection.cursor().execute("SET lock_timeout = '5s'")
        return open_task(Task.Kind.OTHER, by=None, match=match)

    held = connection.vendor == "postgresql"  # a SQLite file has one writer at a time
    with transaction.atomic() if held else contextlib.nullcontext():
        locked(match, by)
        hold_volunteers(match.volunteer_id)
        hold_match(match)
        assert names(at_once([write])) == []


def _a_group(by) -> None:
    factories.confirmed(ACTIVITY)
    group = groups.form_group([player() for _ in range(3)], by=by, interest="chess", meets_at=LIBRARY)
    group = groups.offer_group(group, leader(), by=by)
    group = groups.say_yes(group, by=group.volunteer.user)
    moment = at(1)
    made = at_once([partial(plan_meeting, group, moment, by=by, once="one") for _ in range(2)])
    assert {visit.pk for visit in made} == {group.visits.get().pk}
    member = group.members.first().ask.person
    doings = [
        partial(groups.end_group, group, by=group.volunteer.user),
        partial(cancel, made[0], by=by),
        partial(plan_meeting, group, at(5), by=group.volunteer.user),
        partial(keep_apart, member, group.volunteer, "blocked", by=by),
    ]
    assert set(names(at_once(doings))) <= {"WrongState"}
    assert Group.objects.get(pk=group.pk).state == "ended"
    assert not group.visits.filter(state="planned").exists()


def _the_care_team(by) -> None:
    tess = factories.user(Role.CARE_WORKER)
    person = factories.person(by=tess)
    visit = plan_care_visit(person, tess, at(1), by=tess)
    doings = [
        partial(end_care, person, tess, by=by),
        partial(replace, visit, by=by, starts_at=visit.starts_at + timedelta(hours=1)),
        partial(plan_care_visit, person, tess, at(2), by=tess),
    ]
    assert set(names(at_once(doings))) <= {"WrongState", "PermissionDenied"}
