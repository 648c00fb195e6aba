"""The times of one service on the days of a calendar: what closures take away, and what school terms decide."""

from dataclasses import dataclass
from datetime import date

from directory.models import Closure, Service
from directory.terms import in_term
from directory.times import Times, times_of


@dataclass(frozen=True)
class Timetable:
    """All times and closures of a service."""

    rows: tuple[Times, ...]
    closures: tuple[Closure, ...]

    def occurs(self, row: Times, day: date) -> bool:
        """Does this time begin on that day, as far as is known?"""
        return row.occurs_on(day) and self.closure(row, day) is None and not (row.term_time_only and in_term(day) is False)

    def closure(self, row: Times, day: date) -> Closure | None:
        """What keeps it shut on that day."""
        return next((each for each in self.closures if each.first <= day <= each.last and place_of(each) in ("", row.place)), None)


def is_sure(row: Times, day: date) -> bool:
    """Is it known that this time holds on that day? A time in term time does where the terms are known."""
    return not row.term_time_only or in_term(day) is True


def timetable_of(service: Service) -> Timetable:
    """The timetable of a service (`schedules` and `closures`, each with `at_location`, loaded)."""
    rows = tuple(times_of(schedule) for schedule in service.schedules.all())
    return Timetable(rows, tuple(service.closures.all()) if rows else ())


def place_of(closure: Closure) -> str:
    """The id of the place that is closed; empty for all of them."""
    return str(closure.at_location.location_id) if closure.at_location is not None else ""
