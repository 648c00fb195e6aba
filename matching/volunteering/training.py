"""Courses, their dates, places on them, and until when what was learnt counts."""

import calendar
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require
from directory.accounts.roles import Permission, Relation
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.states import NEW, WrongState
from matching.desk_states import TaskState
from matching.models import Attendance, Course, CourseDate, Task, Volunteer, VolunteerActivity
from matching.persons.once import SentAlready, key_of
from matching.rules.activities import rules
from matching.tasks import drop_task
from matching.volunteer_states import ATTENDANCE, VOLUNTEER_GONE, AttendanceState
from matching.volunteering.records import held, locked, role_of

MOST_MONTHS = 120
_TAKEN = frozenset({AttendanceState.BOOKED, AttendanceState.ATTENDED, AttendanceState.MISSED})


@transaction.atomic
def write_course(
    course: Course | None = None, *, by: User, name: str, activities: Iterable[str], valid_months: int | None = None, demo: bool = False
) -> Course:
    """A new course, or one put right; what was learnt before counts as long as it was told then.

    activities: slugs that it trains for; valid_months: None for ever. Raises PermissionDenied, ValidationError.
    """
    require(by, Permission.KEEP_RECORDS)
    row = Course(demo=demo) if course is None else Course.objects.select_for_update().get(pk=course.pk)
    row.name, row.activities, row.valid_months = name.strip(), sorted(set(activities)), valid_months
    errors: dict[str, list[str]] = {}
    if not row.name:
        errors["name"] = ["Write what it is called."]
    elif Course.objects.filter(name__iexact=row.name).exclude(pk=row.pk).exists():
        errors["name"] = ["There is a course of this name already."]
    if not set(row.activities) <= rules().keys():
        errors["activities"] = ["Choose from the list."]
    if valid_months is not None and not 1 <= valid_months <= MOST_MONTHS:
        errors["valid_months"] = [f"Write how many months it counts, from 1 to {MOST_MONTHS}, or leave it empty."]
    if errors:
        raise ValidationError(errors)
    row.save(force_insert=course is None)
    codes: Codes = {"activities": row.activities, "months": row.valid_months}
    record("course.written" if course is None else "course.corrected", row, by=by, role=role_of(by), codes=codes)
    return row


@transaction.atomic
def set_date(course: Course, *, by: User, starts_at: datetime, place: str = "", places: int = 12, once: str = "") -> CourseDate:
    """The course takes place: an aware moment, where, and for how many.

    once: the form's own mark, by which a form that is sent twice makes one date. Raises PermissionDenied, ValidationError, SentAlready.
    """
    require(by, Permission.KEEP_RECORDS)
    if not 1 <= places <= 500:
        raise ValidationError({"places": ["Write how many can come, from 1 to 500."]})
    Course.objects.select_for_update().get(pk=course.pk)
    told: dict[str, Any] = {"course": course, "starts_at": starts_at, "place": place.strip()[:200], "places": places}
    key = key_of("course-date", once, by) if once else uuid4()
    if known := CourseDate.objects.filter(pk=key).first():
        if any(getattr(known, name) != value for name, value in told.items()):
            raise SentAlready
        return known
    row = CourseDate.objects.create(pk=key, made_by=by, **told)
    record("course.date_set", row, by=by, role=role_of(by), codes={"course": course.pk, "at": starts_at, "places": places})
    return row


@transaction.atomic
def book(at: CourseDate, volunteer: Volunteer, *, by: User) -> Attendance:
    """A place for the volunteer, taken by themselves before it begins, or by a coordinator, afterwards too.

    Twice is once. Raises PermissionDenied; WrongState when it is full or over, or for who is gone.
    """
    relations = held(by, volunteer)
    volunteer = locked(volunteer)
    at = CourseDate.objects.select_for_update(of=("self",)).get(pk=at.pk)
    ATTENDANCE.check(NEW, AttendanceState.BOOKED, relations)
    theirs = at.attendances.filter(volunteer=volunteer, state__in=_TAKEN).first()
    if theirs is not None:
        return theirs
    if volunteer.status in VOLUNTEER_GONE:
        raise WrongState("They do not volunteer with us any more.")
    if at.starts_at <= clock.now() and Relation.COORD not in relations:
        raise WrongState("This date is over. Choose another one, or ring us.")
    if places_left(at) <= 0:
        raise WrongState("All places are taken. Choose another date, or ring us.")
    row = Attendance.objects.create(date=at, volunteer=volunteer)
    record("attendance.booked", row, by=by, role=role_of(by), codes={"to": row.state, "volunteer": volunteer.pk, "date": at.pk})
    return row


def places_left(at: CourseDate) -> int:
    """How many can still come."""
    return at.places - at.attendances.filter(state__in=_TAKEN).count()


def with_places_left(dates: Iterable[CourseDate]) -> list[tuple[CourseDate, int]]:
    """Each of them, and how many can still come; the places are counted in one question for all."""
    rows = list(dates)
    taken = Counter(Attendance.objects.filter(date__in=rows, state__in=_TAKEN).values_list("date", flat=True))
    return [(row, row.places - taken[row.pk]) for row in rows]


@transaction.atomic
def give_back(attendance: Attendance, *, by: User) -> Attendance:
    """They do not come: the place is free for another. Raises PermissionDenied, WrongState."""
    return _move(attendance, AttendanceState.CANCELLED, by=by)


@transaction.atomic
def note_missed(attendance: Attendance, *, by: User) -> Attendance:
    """They were not there. Raises PermissionDenied, WrongState, also before it has begun."""
    return _move(attendance, AttendanceState.MISSED, by=by)


@transaction.atomic
def note_attended(attendance: Attendance, *, by: User) -> Attendance:
    """They were there: from that day on they are trained for what the course trains for and they offer, as long as it counts.

    A training that counts longer already stays. Raises PermissionDenied, WrongState, also before it has begun.
    """
    held(by, attendance.volunteer)
    # Before the journal is written to, as everybody locks.
    waiting = Task.objects.select_for_update(of=("self",)).filter(
        volunteer=attendance.volunteer, kind=Task.Kind.TRAINING, state=TaskState.OPEN
    )
    told = list(waiting.order_by("pk"))
    row = _move(attendance, AttendanceState.ATTENDED, by=by)
    for offered in row.volunteer.activities.select_for_update().filter(activity__in=row.date.course.activities).order_by("pk"):
        if _trained(offered, row):
            codes: Codes = {"activity": offered.activity, "on": offered.trained_on, "until": offered.trained_until}
            record("volunteer.trained", row.volunteer, by=by, role=role_of(by), codes=codes)
            for task in told:
                if task.activity == offered.activity:
                    drop_task(task, by=by)
    return row


def free_places(volunteer: Volunteer, *, by: User, relations: frozenset[Relation]) -> None:
    """Whoever is gone gives their places back. The caller holds the volunteer, and has asked for permission."""
    rows = Attendance.objects.select_for_update(of=("self",)).filter(volunteer=volunteer, state=AttendanceState.BOOKED)
    for row in rows.order_by("pk"):
        _write(row, AttendanceState.CANCELLED, by, relations)


def train_from_courses(offered: VolunteerActivity) -> None:
    """Somebody begins to offer what they were trained for before: the best of their courses counts. The caller is in a transaction."""
    rows = Attendance.objects.filter(volunteer=offered.volunteer, state=AttendanceState.ATTENDED).select_related("date__course")
    for row in rows:
        if offered.activity in row.date.course.activities:
            _trained(offered, row)


def add_months(day: date, months: int) -> date:
    """The same day so many months later; the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _trained(offered: VolunteerActivity, row: Attendance) -> bool:
    """Write the training onto the activity, unless one that counts as long is there."""
    on = clock.local(row.date.starts_at).date()
    months = row.date.course.valid_months
    until = add_months(on, months) if months is not None else None
    lasts = offered.trained_until or date.max
    if offered.trained_on is not None and lasts >= (until or date.max):
        return False
    offered.trained_on, offered.trained_until = on, until
    offered.save(update_fields=["trained_on", "trained_until"])
    return True


def _move(attendance: Attendance, to: AttendanceState, *, by: User) -> Attendance:
    relations = held(by, attendance.volunteer)
    locked(attendance.volunteer)
    row = Attendance.objects.select_for_update(of=("self",)).select_related("date__course", "volunteer").get(pk=attendance.pk)
    ATTENDANCE.check(row.state, to, relations)
    if to != AttendanceState.CANCELLED and row.date.starts_at > clock.now():
        raise WrongState("This has not begun yet.")
    return _write(row, to, by, relations)


def _write(row: Attendance, to: AttendanceState, by: User, relations: frozenset[Relation]) -> Attendance:
    ATTENDANCE.check(row.state, to, relations)
    before = row.state
    row.state = to
    row.save(update_fields=["state"])
    record("attendance.moved", row, by=by, role=role_of(by), codes={"from": before, "to": to, "volunteer": row.volunteer_id})
    return row
