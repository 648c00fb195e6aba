"""From the clock on the wall to the moment: what is agreed for ten o'clock stays at ten when the clocks change."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from django.core.exceptions import ValidationError

from directory import clock


def moment_of(day: date, minute: int) -> datetime:
    """The moment of a minute of the day on a clock in Europe/London.

    In the night in which the clocks go back, a time that comes twice is the first of the two; in the one in which they go forward, a time
    that does not exist is the same long after midnight (half past one is then half past two).
    """
    return datetime.combine(day, time(minute // 60, minute % 60), clock.LONDON).astimezone(UTC)


def weekly(times: Iterable[Sequence[int]], first: date, last: date) -> list[datetime]:
    """The moments from the first of these days to the last at which it is one of these times of the week, in their order, none twice.

    times: [[weekday, minute of the day], …]; Monday is 0.
    """
    days = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    agreed = [(weekday, minute) for weekday, minute in times]
    return sorted({moment_of(day, minute) for day in days for weekday, minute in agreed if day.weekday() == weekday})


def wall_minute(moment: datetime) -> int:
    """The minute of the day on a clock in Europe/London."""
    local = clock.local(moment)
    return local.hour * 60 + local.minute


def written(day: date, at: time) -> datetime:
    """The moment that somebody wrote down. Raises ValidationError ({"at": …}) for a time that the clocks leave out on that day."""
    minute = at.hour * 60 + at.minute
    moment = moment_of(day, minute)
    if wall_minute(moment) != minute:
        raise ValidationError({"at": ["The clocks go forward in that night, and this time does not exist. Choose another."]})
    return moment


def day_of(moment: datetime) -> date:
    """The day it is in Europe/London at that moment."""
    return clock.local(moment).date()


def bounds(first: date, last: date) -> tuple[datetime, datetime]:
    """The moments at which the first of these days begins, and the last one is over."""
    return moment_of(first, 0), moment_of(last + timedelta(days=1), 0)
