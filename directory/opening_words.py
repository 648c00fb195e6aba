"""Opening times in plain words: "Tuesdays, 10am to 12 noon"."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time

from directory import clock
from directory.clock import DAYS
from directory.models import Closure, Service
from directory.times import Every, Times, sort_key, times_of

WHICH = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"}


def sentence(service: Service) -> list[str]:
    """One line for each time that is still to come, days with the same hours together; none where times are not known."""
    places: dict[str, str] = {}
    rows = []
    for schedule in service.schedules.all():
        row = times_of(schedule)
        rows.append(row)
        if row.place and schedule.at_location:
            places[row.place] = str(schedule.at_location.location)
    return lines_of(rows, places)


def lines_of(rows: Sequence[Times], places: dict[str, str] | None = None) -> list[str]:
    """The same for plain values; `places` gives the words for the ids of places."""
    today = clock.today()
    coming = [row for row in sorted(rows, key=sort_key) if not _is_past(row, today)]
    weekly = [row for row in coming if row.every == Every.WEEK]
    others = [row for row in coming if row.every != Every.WEEK]
    lines = list(_weekly(weekly, places or {}, today))
    return lines + [f"{_day(row)}, {hours(row.opens, row.closes)}{_tail(row, places or {}, today)}" for row in others]


def closure_lines(closures: Iterable[Closure], places: Mapping[str, str]) -> list[str]:
    """One line for each closure that is not over: "Closed from 2 to 6 November 2026: half term"; `places` as above, a place without words is left out."""
    coming = [each for each in closures if each.last >= clock.today()]
    told = [(each, str(each.at_location.location_id) if each.at_location is not None else "") for each in coming]
    return [closure_words(each.first, each.last, each.reason, places.get(at, "")) for each, at in told if not at or at in places]


def closure_words(first: date, last: date, reason: str = "", place: str = "") -> str:
    """Days on which something is closed, and why."""
    if first == last:
        days = f"on {date_words(first)}"
    elif (first.year, first.month) == (last.year, last.month):
        days = f"from {first.day} to {date_words(last)}"
    else:
        days = f"from {date_words(first)} to {date_words(last)}"
    return f"Closed{f' at {place}' if place else ''} {days}{f': {reason}' if reason else ''}"


def _is_past(row: Times, today: date) -> bool:
    last = row.on or row.valid_to
    return last is not None and last < today


def _weekly(rows: Iterable[Times], places: dict[str, str], today: date) -> Iterable[str]:
    """Hours of each day first, then days with the same hours in one line."""
    by_day: dict[tuple[str, int], list[str]] = defaultdict(list)
    for row in rows:
        by_day[_tail(row, places, today), row.weekday or 0].append(hours(row.opens, row.closes))
    same: dict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(list)
    for (tail, day), spans in by_day.items():
        same[tail, tuple(spans)].append(day)
    for (tail, said), days in sorted(same.items(), key=lambda item: (item[1][0], item[0])):
        yield f"{days_words(sorted(days))}, {_and(said)}{tail}"


def days_words(days: Sequence[int]) -> str:
    """[0, 1, 2] as "Mondays to Wednesdays", all seven as "Every day"."""
    if len(days) == 7:
        return "Every day"
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    parts = []
    for run in runs:
        names = [f"{DAYS[day]}s" for day in run]
        parts += [f"{names[0]} to {names[-1]}"] if len(run) > 2 else names
    return _and(parts)


def hours(opens: time, closes: time) -> str:
    """10:00 and 12:00 as "10am to 12 noon"."""
    if opens == closes:
        return "day and night" if opens == time(0) else f"{clock_words(opens)} to the same time next day"
    return f"{clock_words(opens)} to {clock_words(closes)}"


def clock_words(at: time) -> str:
    """13:30 as "1.30pm"."""
    if at in (time(0), time(12)):
        return "12 noon" if at.hour else "midnight"
    minutes = f".{at.minute:02}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes}{'am' if at.hour < 12 else 'pm'}"


def date_words(day: date) -> str:
    """4 December 2026, without a nought before the day."""
    return f"{day.day} {day:%B %Y}"


def _day(row: Times) -> str:
    if row.on:
        return f"{DAYS[row.on.weekday()]} {date_words(row.on)}"
    if row.weekday is None:
        return f"On the {_ordinal(row.nth or 1)} of each month"
    return f"The {WHICH[row.nth or 1]} {DAYS[row.weekday]} of each month"


def _ordinal(number: int) -> str:
    ending = "th" if 10 < number < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _tail(row: Times, places: dict[str, str], today: date) -> str:
    parts = [
        f"at {places[row.place]}" if row.place in places else "",
        "in term time" if row.term_time_only else "",
        "not on bank holidays" if row.closed_on_bank_holidays else "",
        f"from {date_words(row.valid_from)}" if row.valid_from and row.valid_from > today else "",
        f"until {date_words(row.valid_to)}" if row.valid_to else "",
    ]
    return "".join(f", {part}" for part in parts if part)


def _and(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
