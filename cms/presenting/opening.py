"""Open now, open next, and the days of this week."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cms.presenting.words import moment_words
from directory import clock
from directory.bank_holidays import is_bank_holiday
from directory.clock import local
from directory.models import Schedule, Service
from directory.opening import next_opening, open_at, open_until
from directory.opening_words import DAYS, clock_words, closure_lines, hours, lines_of
from directory.times import Times, times_of
from directory.timetable import Timetable, is_sure, timetable_of

LONG = timedelta(hours=24)
SOON = timedelta(days=7)


def open_words(service: Service, moment: datetime) -> str:
    """ "Open now, until 4pm" or an empty text."""
    if not open_at(service, moment):
        return ""
    until = open_until(service, moment)
    if until is None or until - moment > LONG:
        return "Open now"
    return f"Open now, until {clock_words(local(until).time())}"


def next_words(service: Service, moment: datetime) -> str:
    """ "Next open Tuesday at 10am" within a week, or an empty text."""
    opens = next_opening(service, moment)
    if opens is None or opens - moment > SOON:
        return ""
    return f"Next open {moment_words(opens, local(moment).date())}"


@dataclass(frozen=True)
class Day:
    """One line of the week, as components/week.html takes it."""

    day: str
    times: list[str]
    today: bool
    closed: bool
    note: str


@dataclass(frozen=True)
class Opening:
    """When a service is open. `known` is False where no times are known; `days` is empty where nothing happens within a week."""

    known: bool
    now: str
    next: str
    lines: list[str]
    days: list[Day]


def opening_of(service: Service) -> Opening:
    """All that the page says about times. Reads `schedules__at_location__location` and `closures__at_location`, prefetched."""
    moment = clock.now()
    rows = [(times_of(schedule), schedule) for schedule in service.schedules.all()]
    today = clock.today()
    table, places = timetable_of(service), _places(rows)
    days = [_day(today + timedelta(days=ahead), today, table, places) for ahead in range(7)]
    now = open_words(service, moment)
    return Opening(
        known=bool(rows),
        now=now,
        next="" if now else next_words(service, moment),
        lines=[*lines_of([row for row, _ in rows], places), *closure_lines(table.closures, places)],
        days=days if any(not day.closed for day in days) else [],
    )


def _places(rows: list[tuple[Times, Schedule]]) -> dict[str, str]:
    """The words for places; a secret one has none."""
    places = [schedule.at_location.location for _, schedule in rows if schedule.at_location is not None]
    return {str(place.pk): str(place) for place in places if not place.masked}


def _day(day: date, today: date, table: Timetable, places: dict[str, str]) -> Day:
    running = sorted((row for row in table.rows if table.occurs(row, day)), key=lambda row: (row.opens, row.closes))
    notes = [f"at {places[row.place]}" for row in running if row.place in places]
    notes += ["in term time" for row in running if not is_sure(row, day)]
    shut = [table.closure(row, day) for row in table.rows if row.occurs_on(day)]
    notes += [each.reason for each in shut if each is not None and each.reason]
    if is_bank_holiday(day):
        unsure = any(row.closed_on_bank_holidays is None for row in running)
        notes.append("bank holiday: ring first" if unsure else "bank holiday")
    return Day(
        day=DAYS[day.weekday()],
        times=list(dict.fromkeys(hours(row.opens, row.closes) for row in running)),
        today=day == today,
        closed=not running,
        note=", ".join(dict.fromkeys(notes)),
    )
