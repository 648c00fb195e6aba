"""By when the co-op rings: the promise is taken from the hours that stand over the door."""

import re
from datetime import date, timedelta

from directory import clock
from directory.bank_holidays import is_bank_holiday
from directory.opening_words import DAYS

_DAY = "|".join(day[:3] for day in DAYS)
_NAMED = re.compile(rf"\b({_DAY})[a-z]*\b(?:\s*(?:to|until|-|–)\s*({_DAY})[a-z]*\b)?", re.IGNORECASE)
_WEEK = [day[:3].lower() for day in DAYS]
_LOOKED_AHEAD = 30


def open_days(hours: str) -> frozenset[int]:
    """The weekdays (0 is Monday) that a line such as "Monday to Friday, 9 to 4" names; all of them for "every day", none where it names none."""
    if re.search(r"\b(every day|daily|seven days)\b", hours, re.IGNORECASE):
        return frozenset(range(7))
    days: set[int] = set()
    for first, last in _NAMED.findall(hours):
        start = _WEEK.index(first.lower())
        end = _WEEK.index(last.lower()) if last else start
        days.update((start + step) % 7 for step in range((end - start) % 7 + 1))
    return frozenset(days)


def promised_day(hours: str, today: date | None = None) -> date | None:
    """The next day after today on which somebody is there, bank holidays left out; None where the hours name no days."""
    days = open_days(hours)
    start = today or clock.today()
    coming = (start + timedelta(days=ahead) for ahead in range(1, _LOOKED_AHEAD))
    return next((day for day in coming if day.weekday() in days and not is_bank_holiday(day)), None)


def promise_words(day: date | None, part: str) -> str:
    """What the thank-you page says: "We ring you by Tuesday 24 November, in the morning." `part`: the part of the day, "" for any."""
    at = f", {part}" if part else ""
    return f"We ring you by {day:%A} {day.day} {day:%B}{at}." if day else f"We ring you in our hours{at}."
