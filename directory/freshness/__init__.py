"""How long ago somebody made sure that a listing is right, in words; and when it is time again (rhythm.py); for many rows at once in due.py."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from directory import clock
from directory.rhythm import day_after

if TYPE_CHECKING:
    from directory.models import Service


def checked_words(service: "Service") -> str:
    """ "Checked 12 days ago", or "Not checked yet"."""
    if service.checked_at is None:
        return "Not checked yet"
    return f"Checked {ago(service.checked_at)}"


def ago(day: date) -> str:
    """A day that has passed, as people say it: today, yesterday, 12 days ago, 5 weeks ago, 4 months ago, 3 years ago."""
    days = (clock.today() - day).days
    if days <= 1:
        return "yesterday" if days == 1 else "today"
    for unit, length, most in (("day", 1, 28), ("week", 7, 63), ("month", 30.44, 700)):
        if days < most:
            return f"{int(days // length)} {unit}s ago"
    return f"{int(days // 365.25) or 1} years ago"


def how_long_ago(moment: datetime) -> str:
    """The same of a moment: its day is that of London, which begins an hour before that of UTC in summer."""
    return ago(clock.local(moment).date())


def due_on(service: "Service") -> date | None:
    """The day by which it should be checked again; None while it never was."""
    return day_after(service.checked_at, service.rhythm_days, str(service.kind))


def is_old(service: "Service") -> bool:
    """Is the check overdue, or was there none?"""
    due = due_on(service)
    return due is None or due < clock.today()
