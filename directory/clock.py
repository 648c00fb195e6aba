"""The one clock of the product. Everything that needs the time asks here, so that a test can hold the clock in its hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
# Monday is 0.
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_held: ContextVar[datetime | None] = ContextVar("held_clock", default=None)


def now() -> datetime:
    """The moment, aware, in UTC."""
    return _held.get() or datetime.now(UTC)


def today() -> date:
    """The day it is in Europe/London, by which days and quarters are counted."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """The same moment on a clock in Europe/London."""
    return moment.astimezone(LONDON)


@contextmanager
def held_at(moment: datetime) -> Iterator[None]:
    """Hold the clock still at an aware moment (tests, and the demo's history)."""
    if moment.tzinfo is None:
        raise ValueError("The clock is held at an aware moment only.")
    token = _held.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _held.reset(token)
