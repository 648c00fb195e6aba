"""Schedules of feeds (RFC 5545's words, version 1's weekdays, and what people write instead) as rows of the listing field `times`. Pure."""

import re
from datetime import date, time
from typing import Any

from django.core.exceptions import ValidationError

from directory.harvest.parts import Notes, Record, records
from directory.harvest.reading import clock_time, day, whole, words
from directory.times import MOST_ROWS, Every, Times, refuse_overlaps, sort_key

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
WEEKDAYS = {"weekdays": range(5), "weekday": range(5), "weekends": (5, 6), "weekend": (5, 6), "daily": range(7), "every day": range(7)}
_DAY = re.compile(r"([+-]?[1-5])?\s*(mo|tu|we|th|fr|sa|su)[a-z]*\.?", re.IGNORECASE)
_RANGE = re.compile(r"(mo|tu|we|th|fr|sa|su)[a-z]*\s*(?:-|–|to)\s*(mo|tu|we|th|fr|sa|su)[a-z]*", re.IGNORECASE)
# A time that ends before it begins goes on after midnight where it is an evening; otherwise somebody mistyped.
EVENING, MORNING = time(17), time(6)
TOO_MANY = f"only the first {MOST_ROWS} times of a service were kept"


def read_times(holder: Record, notes: Notes, place: str = "") -> tuple[list[Times], list[str]]:
    """The times of a record, and what was said in words where no such times could be made of it."""
    rows: list[Times] = []
    said: list[str] = []
    for schedule in records(holder, "schedules", "regular_schedules", "regular_schedule", notes=notes):
        made = _rows(_with_rule(schedule), notes, place)
        rows += made
        if not made and (told := _words_of(schedule)):
            said.append(told)
    return fitted(rows, notes), list(dict.fromkeys(said))


def fitted(rows: list[Times], notes: Notes) -> list[Times]:
    """Rows in order, each once, without those that run at the same time as one before them, and not too many."""
    rows = sorted(dict.fromkeys(rows), key=sort_key)
    if len(rows) > MOST_ROWS:
        notes.add(TOO_MANY)
        rows = rows[:MOST_ROWS]
    try:
        refuse_overlaps(rows)
    except ValidationError:
        rows = _apart(rows, notes)
    return rows


def _apart(rows: list[Times], notes: Notes) -> list[Times]:
    kept: list[Times] = []
    for row in rows:
        try:
            refuse_overlaps([*[other for other in kept if other.place == row.place], row])
        except ValidationError:
            notes.add("two times of a service ran at once: the first was kept")
        else:
            kept.append(row)
    return kept


def _rows(schedule: Record, notes: Notes, place: str) -> list[Times]:
    opens, closes = clock_time(schedule.get("opens_at")), clock_time(schedule.get("closes_at"))
    if opens is None or closes is None:
        if schedule.get("opens_at") or schedule.get("closes_at"):
            notes.add("a time could not be read")
        return []
    if closes <= opens and closes != time(0) and not (opens >= EVENING and closes <= MORNING):
        notes.add("a time that ends before it begins was left out")
        return []
    if (whole(schedule.get("interval")) or 1) > 1 or words(schedule.get("interval")) not in ("", "0", "1"):
        notes.add("a time that comes every second week or so was kept in words")
        return []
    days = _days(schedule)
    if not days:
        notes.add("a time without a day that could be read was left out")
        return []
    since, until = _between(schedule)
    if since and until and since > until:
        notes.add("a time that is over before it begins was left out")
        return []
    more: dict[str, Any] = {"valid_from": since, "valid_to": until, "place": place} if "on" not in days[0] else {"place": place}
    term = schedule.get("ccs_term_time_only")
    closed = schedule.get("ccs_closed_on_bank_holidays")
    more |= {"term_time_only": term is True, "closed_on_bank_holidays": closed if isinstance(closed, bool) else None}
    return [Times(opens, closes, **found, **more) for found in days]


def _days(schedule: Record) -> list[dict[str, Any]]:
    freq = words(schedule.get("freq"), 40).upper()
    told = words(schedule.get("byday") or schedule.get("weekday") or schedule.get("day"), 200)
    numbered = _numbered(told)
    first = day(schedule.get("dtstart"))
    if whole(schedule.get("count")) == 1 and first:
        return [{"every": str(Every.ONCE), "on": first}]
    if freq.startswith("MONTH"):
        if numbered and all(nth for nth, _ in numbered):
            return [
                {"every": str(Every.MONTH_WEEKDAY), "weekday": weekday, "nth": nth}
                for nth, weekday in numbered
                if nth in (-1, 1, 2, 3, 4, 5)
            ]
        dates = {int(text) for text in re.findall(r"(?<![\d-])\d{1,2}(?!\d)", words(schedule.get("bymonthday"), 100))}
        return [{"every": str(Every.MONTH_DATE), "nth": nth} for nth in sorted(dates) if 1 <= nth <= 31] if not numbered else []
    if freq.startswith(("YEAR", "HOUR", "MINUTE", "SECOND")):
        return []
    if freq.startswith(("DAILY", "DAY")) and not numbered:
        return [{"weekday": weekday} for weekday in range(7)]
    return [{"weekday": weekday} for weekday in sorted({weekday for _, weekday in numbered})]


def _numbered(told: str) -> list[tuple[int, int]]:
    """(which of the month, or 0; weekday) of each day that is named."""
    text = told.lower()
    if text in WEEKDAYS:
        return [(0, weekday) for weekday in WEEKDAYS[text]]
    found: list[tuple[int, int]] = []
    for span in _RANGE.finditer(text):
        first, last = DAYS.index(span[1]), DAYS.index(span[2])
        found += [(0, (first + step) % 7) for step in range((last - first) % 7 + 1)]
    for part in re.split(r"[,;/|]|\band\b|\s+(?=[+-]?\d?[a-z])", _RANGE.sub(",", text)):
        if one := _DAY.fullmatch(part.strip()):
            found.append((int(one[1] or 0), DAYS.index(one[2])))
    return found


def _between(schedule: Record) -> tuple[date | None, date | None]:
    since, until = day(schedule.get("valid_from")), day(schedule.get("valid_to")) or day(schedule.get("until"))
    return since, until


def _with_rule(schedule: Record) -> Record:
    """A rule in one text ("FREQ=WEEKLY;BYDAY=TU") as keys of their own."""
    text = words(schedule.get("rrule"), 300).upper().removeprefix("RRULE:")
    parts = dict(part.split("=", 1) for part in text.split(";") if "=" in part)
    return (
        {**schedule, **{name.lower(): int(value) if value.isdecimal() else value for name, value in parts.items()}} if parts else schedule
    )


def _words_of(schedule: Record) -> str:
    told = words(schedule.get("description"), 200) or words(schedule.get("notes"), 200)
    if told:
        return told
    interval = whole(schedule.get("interval")) or 0
    opens, closes = clock_time(schedule.get("opens_at")), clock_time(schedule.get("closes_at"))
    names = ", ".join(dict.fromkeys(f"{_NAMES[weekday]}" for _, weekday in _numbered(words(schedule.get("byday"), 200))))
    hours = f"{opens:%H:%M} to {closes:%H:%M}" if opens and closes else ""
    if interval < 2 or not names or words(schedule.get("freq"), 40).upper() != "WEEKLY":
        return ""
    every = "Every second week" if interval == 2 else f"Every {interval} weeks"
    return " ".join(filter(None, (f"{every}:", names, hours)))


_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
