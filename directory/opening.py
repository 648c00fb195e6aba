"""When a service is open: one function for the filter, the label and the API, and the same times in words.

All functions read `service.schedules` and `service.closures` (prefetch them, with `at_location__location`) and ask the database for nothing else
but the school terms, once in a while.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from directory import clock
from directory.clock import LONDON, local
from directory.models import Service
from directory.opening_text import parse_times
from directory.opening_words import sentence
from directory.times import DAY, Times, times_of
from directory.timetable import Timetable, is_sure, timetable_of

__all__ = ["next_opening", "open_at", "open_until", "parse_times", "sentence", "spans", "weekdays"]

LOOK_AHEAD_DAYS = 400
MINUTE = timedelta(minutes=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def open_at(service: Service, moment: datetime) -> bool | None:
    """Is it open at an aware moment? None where nobody knows: without times, or when it would be open in a term that is not known.

    A time runs from its opening minute up to, not including, its closing minute, by the clock on the wall in Europe/London: in the hour
    that comes twice in autumn it is open both times, and what lies in the hour that spring leaves out does not take place.
    """
    table = timetable_of(service)
    if not table.rows:
        return None
    if service.status != Service.Status.ACTIVE:
        return False
    found = [is_sure(row, day) for row, day, _ in _running(table, _wall(moment))]
    if not found:
        return False
    return True if any(found) else None


def next_opening(service: Service, moment: datetime) -> datetime | None:
    """The next moment after this one at which it opens, in Europe/London; None where none is known within 400 days.

    Times in a term that is not known are left out: nobody could promise them.
    """
    if service.status != Service.Status.ACTIVE:
        return None
    table = timetable_of(service)
    first = local(moment).date()
    for day in (first + ahead * DAY for ahead in range(LOOK_AHEAD_DAYS if table.rows else 0)):
        starts = sorted(row.span(day)[0] for row in table.rows if table.occurs(row, day) and is_sure(row, day))
        for start in starts:
            begins = _moment_of(start)
            if begins > moment and open_at(service, begins):
                return begins
    return None


def open_until(service: Service, moment: datetime) -> datetime | None:
    """When it closes, if it is open at this moment (times that follow each other without a break count as one); otherwise None."""
    if not open_at(service, moment):
        return None
    table = timetable_of(service)
    ends = None
    wall = _wall(moment)
    for _ in range(LOOK_AHEAD_DAYS):
        running = [end for row, day, end in _running(table, wall) if is_sure(row, day)]
        if not running:
            break
        ends = wall = max(running)
    return _moment_of(ends) if ends else None


def spans(service: Service, start: datetime, end: datetime) -> list[tuple[int, int, bool]] | None:
    """When it is open between two aware moments, as (from, to, sure) in minutes since 1970; None where its times are not known.

    It is open at a moment that a sure span holds (its end not included); where only unsure ones do (term time), nobody knows:
    the same answers as `open_at`.
    """
    table = timetable_of(service)
    if not table.rows:
        return None
    if service.status != Service.Status.ACTIVE:
        return []
    found = set()
    for begins, ends, ahead in _steady(start, end):
        first, last = (begins + ahead).date(), (ends + ahead).date()
        for day in (first + days * DAY for days in range(-1, (last - first).days + 1)):
            for row in table.rows:
                if table.occurs(row, day):
                    opens, closes = (wall.replace(tzinfo=UTC) - ahead for wall in row.span(day))
                    found.add((max(opens, begins), min(closes, ends), is_sure(row, day)))
    return sorted(((a - EPOCH) // MINUTE, (b - EPOCH) // MINUTE, sure) for a, b, sure in found if a < b)


def _steady(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """A stretch of time in pieces, in UTC, during which the clock on the wall is ahead by the same; it changes on full hours only."""
    begins, last = start.astimezone(UTC), end.astimezone(UTC)
    while begins < last:
        ahead = local(begins).utcoffset() or timedelta(0)
        ends = min(begins.replace(minute=0, second=0, microsecond=0) + DAY, last)
        if local(ends).utcoffset() != ahead:
            ends = begins.replace(minute=0, second=0, microsecond=0)
            while local(ends).utcoffset() == ahead:
                ends += timedelta(hours=1)
        yield begins, min(ends, last), ahead
        begins = ends


def weekdays(service: Service) -> frozenset[int]:
    """The days of the week on which something regular begins (Monday is 0): the filter by day."""
    rows = (times_of(schedule) for schedule in service.schedules.all())
    return frozenset(row.weekday for row in rows if row.weekday is not None and not _is_over(row))


def _is_over(row: Times) -> bool:
    return row.valid_to is not None and row.valid_to < clock.today()


def _wall(moment: datetime) -> datetime:
    return local(moment).replace(tzinfo=None)


def _running(table: Timetable, wall: datetime) -> Iterator[tuple[Times, date, datetime]]:
    for day in (wall.date(), wall.date() - DAY):
        for row in table.rows:
            start, end = row.span(day)
            if start <= wall < end and table.occurs(row, day):
                yield row, day, end


def _moment_of(wall: datetime) -> datetime:
    """The first moment at which the clock on the wall has reached this; in the hour that spring leaves out, the moment of the change."""
    moment = wall.replace(tzinfo=LONDON).astimezone(UTC).astimezone(LONDON)
    if moment.replace(tzinfo=None) == wall:
        return moment
    return wall.replace(minute=0, tzinfo=LONDON).astimezone(UTC).astimezone(LONDON)
