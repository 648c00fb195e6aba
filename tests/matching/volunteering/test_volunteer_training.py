"""Courses: who has a place, what being there counts for, and until when; what runs out is told once."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given
from hypothesis import strategies as st

from directory import clock
from directory.accounts.roles import Role
from directory.journal.verifying import verify
from directory.states import WrongState
from matching.models import Attendance, Course, CourseDate, Task, Volunteer
from matching.persons.once import SentAlready
from matching.suggesting.facts import codes_against, is_trained
from matching.tasks import do_task
from matching.volunteering import running_out, training
from matching.volunteering.standing import set_status
from matching.volunteers import offer_activity, record_check
from tests import factories
from tests.at_once import at_once

pytestmark = pytest.mark.django_db
WALKING = "walk-beside"  # for trained volunteers only


def course(**fields) -> Course:
    values = {"name": "Walking safely", "activities": [WALKING], "valid_months": 12, "by": factories.coordinator(), **fields}
    return training.write_course(**values)


def date_of(of: Course | None = None, *, days: float = 7, **fields) -> CourseDate:
    return training.set_date(of or course(), by=factories.coordinator(), starts_at=clock.now() + timedelta(days=days), **fields)


def attended(volunteer: Volunteer, at: CourseDate) -> Attendance:
    by = factories.coordinator()
    row = training.book(at, volunteer, by=by)
    with clock.held_at(max(clock.now(), at.starts_at + timedelta(hours=2))):
        return training.note_attended(row, by=by)


def test_who_was_there_may_be_asked_until_it_runs_out():
    volunteer, ask = factories.volunteer(WALKING, level="enhanced"), factories.ask(need_="mobility", activity=WALKING)
    assert "training_missing" in codes_against(ask, volunteer)
    attended(volunteer, date_of())
    row = volunteer.activities.get()
    assert row.trained_until == training.add_months(row.trained_on, 12)
    for later, counts in ((7, True), (360, True), (380, False)):
        with clock.held_at(clock.now() + timedelta(days=later)):
            assert ("training_missing" not in codes_against(ask, volunteer)) is counts
    assert is_trained(row, row.trained_until)
    assert not is_trained(row, row.trained_until + timedelta(days=1))
    assert verify() == []


def test_only_what_they_offer_is_trained_and_what_they_offer_later_counts_from_the_course():
    of = course(activities=[WALKING, "listening"])
    volunteer = factories.volunteer(WALKING, level="enhanced")
    attended(volunteer, date_of(of, days=-10))
    assert list(volunteer.activities.values_list("activity", flat=True)) == [WALKING]
    row = offer_activity(volunteer, "listening", by=factories.coordinator())
    assert (row.trained_on, row.trained_until) == volunteer.activities.values_list("trained_on", "trained_until").get(activity=WALKING)


def test_a_training_that_counts_longer_stays():
    volunteer = factories.volunteer(WALKING, level="enhanced")
    attended(volunteer, date_of(course(valid_months=None), days=-20))
    attended(volunteer, date_of(course(name="Short", valid_months=1), days=-2))
    assert volunteer.activities.get().trained_until is None


def test_places_are_given_once_and_not_more_than_there_are():
    at, first, second = date_of(places=1), factories.volunteer(), factories.volunteer()
    row = training.book(at, first, by=first.user)
    assert training.book(at, first, by=first.user) == row
    with pytest.raises(WrongState):
        training.book(at, second, by=second.user)
    training.give_back(row, by=first.user)
    assert training.places_left(at) == 1
    training.book(at, second, by=second.user)
    assert verify() == []


def test_the_last_place_goes_to_one_of_two_who_press_at_the_same_moment(each_store):
    at, pair = date_of(places=1), [factories.volunteer() for _ in range(3)]
    answers = at_once([lambda one=one: training.book(at, one, by=one.user) for one in pair])
    assert sorted(type(answer).__name__ for answer in answers) == ["Attendance", "WrongState", "WrongState"]
    other = date_of(course(name="Another"))
    twice = at_once([lambda: training.book(other, pair[0], by=pair[0].user)] * 2)
    assert twice[0] == twice[1]


def test_a_date_that_is_over_is_booked_by_a_coordinator_only_and_nobody_was_there_before_it_began():
    volunteer, by = factories.volunteer(), factories.coordinator()
    with pytest.raises(WrongState):
        training.book(date_of(days=-1), volunteer, by=volunteer.user)
    row = training.book(date_of(course(name="Next"), days=1), volunteer, by=by)
    for verb in (training.note_attended, training.note_missed):
        with pytest.raises(WrongState):
            verb(row, by=by)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
def test_others_write_no_courses_and_book_for_nobody(role):
    by, row = factories.user(role), training.book(date_of(days=-1), factories.volunteer(), by=factories.coordinator())
    for attempt in (
        lambda: course(by=by, name="Other"),
        lambda: training.set_date(row.date.course, by=by, starts_at=clock.now()),
        lambda: training.book(row.date, factories.volunteer(), by=by),
        lambda: training.give_back(row, by=by),
        lambda: training.note_attended(row, by=by),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    with pytest.raises(PermissionDenied):
        training.note_attended(row, by=row.volunteer.user)


@pytest.mark.parametrize(
    ("fields", "named"), [({"name": " "}, "name"), ({"activities": ["flying"]}, "activities"), ({"valid_months": 0}, "valid_months")]
)
def test_a_course_that_cannot_be_is_told_by_its_field(fields, named):
    with pytest.raises(ValidationError) as caught:
        course(**fields)
    assert list(caught.value.message_dict) == [named]


def test_two_courses_have_two_names():
    course()
    with pytest.raises(ValidationError):
        course(name="walking SAFELY")


def test_who_leaves_gives_their_places_back():
    at, volunteer = date_of(), factories.volunteer()
    row = training.book(at, volunteer, by=volunteer.user)
    set_status(volunteer, "left", by=volunteer.user)
    row.refresh_from_db()
    assert row.state == "cancelled"
    with pytest.raises(WrongState):
        training.book(at, volunteer, by=factories.coordinator())
    assert verify() == []


def test_what_runs_out_is_told_once_and_no_more_once_it_is_renewed():
    by, volunteer = factories.coordinator(), factories.volunteer(WALKING, level="enhanced")
    attended(volunteer, date_of(days=-3))
    volunteer = record_check(volunteer, by=by, level="basic", seen_on=clock.today(), recheck_due=clock.today() + timedelta(days=365))

    def daily(days: float) -> list[tuple[str, str]]:
        with clock.held_at(clock.now() + timedelta(days=days)):
            while not all([running_out.tell_rechecks(), running_out.tell_trainings()]):
                pass
        return sorted(Task.objects.filter(volunteer=volunteer).values_list("kind", "state"))

    assert daily(300) == []
    assert daily(340) == [("recheck", "open"), ("training", "open")]
    do_task(Task.objects.get(kind="recheck"), by=by)
    assert daily(341) == [("recheck", "done"), ("training", "open")]
    attended(volunteer, date_of(course(name="Again"), days=-1))
    assert Task.objects.get(kind="training").state == "dropped"
    volunteer = record_check(volunteer, by=by, level="basic", seen_on=clock.today(), recheck_due=clock.today() + timedelta(days=380))
    assert daily(360) == [("recheck", "done"), ("recheck", "open"), ("training", "dropped"), ("training", "open")]
    set_status(volunteer, "left", by=by)
    assert not Task.objects.filter(volunteer=volunteer, state="open").exists()
    assert verify() == []


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 120))
def test_months_later_is_the_same_day_or_the_last_of_its_month(day, months):
    later = training.add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


def test_a_course_at_night_counts_from_its_day_in_london():
    at = training.set_date(course(), by=factories.coordinator(), starts_at=datetime(2026, 6, 1, 23, 30, tzinfo=clock.UTC))
    volunteer = factories.volunteer(WALKING, level="enhanced")
    attended(volunteer, at)
    assert volunteer.activities.get().trained_on == date(2026, 6, 2)


def test_a_date_that_is_sent_twice_is_one_date_and_other_words_are_told():
    of, by, moment = course(), factories.coordinator(), clock.now()
    first = training.set_date(of, by=by, starts_at=moment, once="one")
    assert training.set_date(of, by=by, starts_at=moment, once="one") == first
    with pytest.raises(SentAlready):
        training.set_date(of, by=by, starts_at=moment, places=3, once="one")
    assert training.set_date(of, by=factories.coordinator(), starts_at=moment, once="one") != first
