"""One regular or single time as a plain value: on which days it falls, how it is stored as JSON, and whether two of them collide."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time, timedelta
from itertools import combinations
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from directory.bank_holidays import is_bank_holiday
from directory.models import Schedule

Every = Schedule.Every
DAY = timedelta(days=1)
# Weekdays meet dates and numbered weekdays within this time, whatever the rules.
SIX_YEARS = timedelta(days=6 * 366)
ANY_START = date(2024, 1, 1)
MOST_ROWS = 60


@dataclass(frozen=True, slots=True)
class Times:
    """When something opens and closes, on the clock on the wall in Europe/London.

    `closes` at or before `opens` means the next day. `place` is the id of a Location where the time holds there only.
    """

    opens: time
    closes: time
    every: str = Every.WEEK
    weekday: int | None = None
    nth: int | None = None
    on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    term_time_only: bool = False
    closed_on_bank_holidays: bool | None = None
    place: str = ""

    def occurs_on(self, day: date) -> bool:
        """Does it begin on that day (in term time, where it is for term time only)?"""
        if (self.valid_from and day < self.valid_from) or (self.valid_to and day > self.valid_to):
            return False
        if self.closed_on_bank_holidays and is_bank_holiday(day):
            return False
        if self.every == Every.ONCE:
            return day == self.on
        if self.every == Every.MONTH_DATE:
            return day.day == self.nth
        if day.weekday() != self.weekday:
            return False
        return self.every == Every.WEEK or self.nth == (day.day - 1) // 7 + 1 or (self.nth == -1 and (day + 7 * DAY).month != day.month)

    def span(self, day: date) -> tuple[datetime, datetime]:
        """From when to when, if it begins on that day; without a time zone, as the clock on the wall shows it."""
        ends = day if self.closes > self.opens else day + DAY
        return datetime.combine(day, self.opens), datetime.combine(ends, self.closes)

    def as_json(self) -> dict[str, Any]:
        """Only what is set, in plain JSON values."""
        row = {
            name: value for name, value in asdict(self).items() if value not in (None, "") and not (name == "term_time_only" and not value)
        }
        return {
            name: f"{value:%H:%M}" if isinstance(value, time) else value.isoformat() if isinstance(value, date) else value
            for name, value in row.items()
        }


def times_of(schedule: Schedule) -> Times:
    """The value of a stored row; needs its `at_location` loaded where it has one."""
    names = [field.name for field in fields(Times) if field.name != "place"]
    place = str(schedule.at_location.location_id) if schedule.at_location_id and schedule.at_location else ""
    return Times(**{name: getattr(schedule, name) for name in names}, place=place)


def sort_key(row: Times) -> tuple[Any, ...]:
    """Weekly times first, in the order of a week."""
    order = (Every.WEEK, Every.MONTH_WEEKDAY, Every.MONTH_DATE, Every.ONCE)
    return (
        order.index(Every(row.every)),
        -1 if row.weekday is None else row.weekday,
        (row.nth or 0) % 40,
        row.on or date.min,
        row.opens,
        row.closes,
        row.valid_from or date.min,
        row.valid_to or date.max,
        row.place,
    )


def times_from_json(rows: Any) -> list[Times]:
    """Times out of JSON, in order. Raises ValidationError in plain words for anything that is not exactly of this form, or collides."""
    if not isinstance(rows, list) or len(rows) > MOST_ROWS:
        raise ValidationError(f"Times are a list of {MOST_ROWS} rows at most.")
    times = sorted((_one_from_json(row) for row in rows), key=sort_key)
    refuse_overlaps(times)
    return times


def _one_from_json(row: Any) -> Times:
    names = {field.name for field in fields(Times)}
    if not isinstance(row, Mapping) or not set(row) <= names or "opens" not in row or "closes" not in row:
        raise ValidationError("A time needs a day, when it opens and when it closes.")
    try:
        values = {name: _READERS[name](value) for name, value in row.items() if value is not None}
        return whole(Times(**values))
    except (TypeError, ValueError) as error:
        raise ValidationError("That is not a day or a time of day we can read.") from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _whole_number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return value


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _clock(value: Any) -> time:
    return datetime.strptime(_text(value), "%H:%M").time()


def _date(value: Any) -> date:
    return date.fromisoformat(_text(value))


_READERS: dict[str, Any] = {
    "opens": _clock,
    "closes": _clock,
    "every": lambda value: str(Every(_text(value))),
    "weekday": _whole_number,
    "nth": _whole_number,
    "on": _date,
    "valid_from": _date,
    "valid_to": _date,
    "term_time_only": _yes_or_no,
    "closed_on_bank_holidays": _yes_or_no,
    "place": lambda value: str(UUID(_text(value))) if value else "",
}


def whole(row: Times) -> Times:
    """The same row, if its day fits how often it comes. Raises ValidationError."""
    weekday_fits = (row.weekday is not None and 0 <= row.weekday <= 6) == (row.every in (Every.WEEK, Every.MONTH_WEEKDAY))
    nth_fits = {
        Every.WEEK: row.nth is None,
        Every.MONTH_WEEKDAY: row.nth in (1, 2, 3, 4, 5, -1),
        Every.MONTH_DATE: row.nth is not None and 1 <= row.nth <= 31,
        Every.ONCE: row.nth is None,
    }[Every(row.every)]
    if not (weekday_fits and nth_fits and (row.on is not None) == (row.every == Every.ONCE)) or (row.weekday or 0) not in range(7):
        raise ValidationError("Say on which day it is: a day of the week, the first Tuesday of the month, or one date.")
    if row.valid_from and row.valid_to and row.valid_from > row.valid_to:
        raise ValidationError("The last day lies before the first day.")
    return row


def refuse_overlaps(rows: Sequence[Times]) -> None:
    """Raises ValidationError where two times of the same place run at once."""
    for one, other in combinations(rows, 2):
        if one.place == other.place and _collide(one, other):
            raise ValidationError(
                f"Two of the times run at once: {one.opens:%H:%M} to {one.closes:%H:%M} and {other.opens:%H:%M} to {other.closes:%H:%M}."
            )


def _collide(one: Times, other: Times) -> bool:
    if not _clocks_can_meet(one, other):
        return False
    first, last = _common_days(one, other)
    if one.every == other.every == Every.WEEK:
        last = min(last, first + timedelta(days=15 if not (one.closed_on_bank_holidays or other.closed_on_bank_holidays) else 60))
    day = first
    while day <= last:
        if one.occurs_on(day):
            start, end = one.span(day)
            for near in (day - DAY, day, day + DAY):
                if other.occurs_on(near):
                    begins, stops = other.span(near)
                    if start < stops and begins < end:
                        return True
        day += DAY
    return False


def _clocks_can_meet(one: Times, other: Times) -> bool:
    """A quick no: could they meet if they fell on the same or on neighbouring days?"""
    start, end = one.span(ANY_START)
    return any(start < stops and begins < end for begins, stops in (other.span(ANY_START + shift * DAY) for shift in (-1, 0, 1)))


def _common_days(one: Times, other: Times) -> tuple[date, date]:
    """The days on which the first may begin and meet the other: at most six years of them."""
    starts: Iterable[date] = [row.on or row.valid_from for row in (one, other) if row.on or row.valid_from]  # type: ignore[misc]
    ends: Iterable[date] = [row.on or row.valid_to for row in (one, other) if row.on or row.valid_to]  # type: ignore[misc]
    first = max(starts, default=ANY_START) - DAY
    return first, min([*ends, first + SIX_YEARS]) + DAY
