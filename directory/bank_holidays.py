"""Bank holidays of England and Wales by their rules. Days that a proclamation adds or moves are listed by hand."""

from datetime import date, timedelta
from functools import lru_cache

# Proclaimed once, outside the rules: jubilees, a coronation, a funeral, and the early May holiday of 2020 that was moved.
ADDED = frozenset({date(2020, 5, 8), date(2022, 6, 2), date(2022, 6, 3), date(2022, 9, 19), date(2023, 5, 8)})
MOVED_AWAY = frozenset({date(2020, 5, 4), date(2022, 5, 30)})


def is_bank_holiday(day: date) -> bool:
    """Is it a bank holiday in England and Wales?"""
    return day in _of_year(day.year)


@lru_cache(maxsize=64)
def _of_year(year: int) -> frozenset[date]:
    easter = _easter(year)
    fixed = {
        easter - timedelta(days=2),
        easter + timedelta(days=1),
        _monday_from(date(year, 5, 1)),
        _monday_from(date(year, 5, 25)),
        _monday_from(date(year, 8, 25)),
        _weekday_from(date(year, 1, 1)),
    }
    christmas = _weekday_from(date(year, 12, 25))
    boxing = _weekday_from(date(year, 12, 26))
    if boxing == christmas:
        boxing += timedelta(days=1)
    added = {day for day in ADDED if day.year == year}
    return frozenset((fixed | {christmas, boxing} | added) - MOVED_AWAY)


def _monday_from(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


def _weekday_from(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day if day.weekday() < 5 else _monday_from(day)


def _easter(year: int) -> date:
    """Easter Sunday by the anonymous Gregorian rule (Meeus)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    lunar = century - century // 4 - (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + lunar + 15) % 30
    days = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * days) // 451
    month, day = divmod(epact + days - 7 * late + 114, 31)
    return date(year, month, day + 1)
