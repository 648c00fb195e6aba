"""The count rule: one function, used for every number that leaves the co-op, and the periods that are counted."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from directory.clock import LONDON

HIDDEN_UP_TO = 7
ROUND_TO = 5
HIDDEN_TEXT = f"1 to {HIDDEN_UP_TO}"


@dataclass(frozen=True)
class Shown:
    """A count as it may be seen: a number, or none and the words that stand for it."""

    count: int | None
    shown: str

    @property
    def is_number(self) -> bool:
        return self.count is not None


def count_rule(true_count: int) -> Shown:
    """0 is shown, 1 to 7 is hidden, the rest is rounded to the nearest 5.

    Source: the disclosure rule of NHS England's hospital statistics, and of OpenSAFELY.
    Raises ValueError for a count below nought.
    """
    if true_count < 0:
        raise ValueError("A count is never below nought.")
    if true_count == 0:
        return Shown(0, "0")
    if true_count <= HIDDEN_UP_TO:
        return Shown(None, HIDDEN_TEXT)
    rounded = ROUND_TO * ((true_count + ROUND_TO // 2) // ROUND_TO)
    return Shown(rounded, str(rounded))


@dataclass(frozen=True)
class Period:
    """A closed stretch of whole days in Europe/London; `last` is its last day."""

    code: str
    name: str
    first: date
    last: date

    @property
    def start(self) -> datetime:
        """The first moment, in UTC."""
        return datetime.combine(self.first, time(), LONDON).astimezone(UTC)

    @property
    def end(self) -> datetime:
        """The first moment that is not in it any more, in UTC."""
        return datetime.combine(self.last + timedelta(days=1), time(), LONDON).astimezone(UTC)

    @property
    def is_month(self) -> bool:
        return "-Q" not in self.code and "-" in self.code


def parse_period(code: str) -> Period:
    """`2026-Q3` (July to September 2026), `2026-07` or `2026`. Raises ValueError with a sentence for anything else."""
    found = re.fullmatch(r"(20\d\d)(?:-Q([1-4])|-(0[1-9]|1[0-2]))?", code, re.ASCII)
    if found is None:
        raise ValueError("Write a quarter as 2026-Q3, a month as 2026-07 or a year as 2026.")
    year = int(found[1])
    if found[2]:
        month, months = 3 * int(found[2]) - 2, 3
    elif found[3]:
        month, months = int(found[3]), 1
    else:
        month, months = 1, 12
    first = date(year, month, 1)
    after = date(year + (month + months - 1) // 12, (month + months - 1) % 12 + 1, 1)
    last = after - timedelta(days=1)
    name = {1: f"{first:%B %Y}", 3: f"{first:%B} to {last:%B %Y}", 12: str(year)}[months]
    return Period(code, name, first, last)
