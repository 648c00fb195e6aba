"""Opening times as short text, both ways: 'Tu 10:00-12:00; Th[1] 13:00-15:30 from 2027-01-05'.

A part of the notation of OpenStreetMap (days, ranges, numbered weekdays, PH off, 24/7), and our own words for the rest.
"""

import re
from dataclasses import replace
from datetime import date, time

from django.core.exceptions import ValidationError

from directory.times import Every, Times, refuse_overlaps, sort_key, whole

DAY_CODES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HINT = "Write it like this: Tu 10:00-12:00; Th 13:00-15:30"

_CLOCK = r"\d{1,2}:\d{2}"
_SPAN = rf"{_CLOCK}\s*-\s*{_CLOCK}"
_RULE = re.compile(rf"(?P<days>.*?)\s*(?P<spans>{_SPAN}(?:\s*,\s*{_SPAN})*)\s*(?P<rest>.*)", re.DOTALL)
_SUFFIXES = re.compile(
    r"\s*(?:(?P<term>term time)|(?P<closed>not bank holidays)|(?P<also>also bank holidays)"
    r"|from (?P<since>\d{4}-\d{2}-\d{2})|until (?P<until>\d{4}-\d{2}-\d{2})|at (?P<place>[0-9a-f-]{36}))",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"([a-z]+)\[([-\d,\s]+)\]")


def parse_times(text: str) -> list[Times]:
    """The times that a text tells, in order; none for an empty text. Raises ValidationError naming the part it cannot read."""
    rows: list[Times] = []
    closed_on_bank_holidays = False
    for rule in re.split(r"[;\n]", text.replace("\u2013", "-").replace("\u2212", "-")):
        rule = rule.strip()
        if re.fullmatch(r"PH\s+(off|closed)", rule, re.IGNORECASE):
            closed_on_bank_holidays = True
        elif rule == "24/7":
            rows += [Times(time(0), time(0), weekday=day) for day in range(7)]
        elif rule:
            rows += _rule(rule)
    if closed_on_bank_holidays:
        rows = [replace(row, closed_on_bank_holidays=True) for row in rows]
    rows = sorted(rows, key=sort_key)
    refuse_overlaps(rows)
    return rows


def format_times(rows: list[Times]) -> str:
    """The text that `parse_times` reads back to the same rows."""
    return "; ".join(f"{_day_text(row)} {row.opens:%H:%M}-{row.closes:%H:%M}{_suffix_text(row)}" for row in sorted(rows, key=sort_key))


def _rule(rule: str) -> list[Times]:
    found = _RULE.fullmatch(rule)
    if not found:
        raise ValidationError(f"We cannot read “{rule}”. {HINT}")
    more = _suffixes(found["rest"], rule)
    rows = []
    for span in found["spans"].split(","):
        opens, closes = (_clock(part, rule) for part in span.split("-"))
        rows += [whole(Times(opens, closes, **day, **more)) for day in _days(found["days"], rule)]
    return rows


def _clock(text: str, rule: str) -> time:
    hour, minute = (int(part) for part in text.strip().split(":"))
    if (hour, minute) == (24, 0):
        return time(0)
    if hour > 23 or minute > 59:
        raise ValidationError(f"There is no {text.strip()} on the clock, in “{rule}”. {HINT}")
    return time(hour, minute)


def _days(text: str, rule: str) -> list[dict]:
    words = text.strip().rstrip(":").lower()
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", words):
        return [{"every": str(Every.ONCE), "on": _date(words, rule)}]
    if found := re.fullmatch(r"day (\d{1,2})", words):
        return [{"every": str(Every.MONTH_DATE), "nth": int(found[1])}]
    if _NUMBERED.search(words):
        return _numbered(words, rule)
    days: list[int] = []
    for part in words.split(","):
        first, _, last = (piece.strip() for piece in part.partition("-"))
        start = _weekday(first, rule)
        end = _weekday(last, rule) if last else start
        days += [(start + step) % 7 for step in range((end - start) % 7 + 1)]
    return [{"weekday": day} for day in dict.fromkeys(days)]


def _numbered(words: str, rule: str) -> list[dict]:
    if _NUMBERED.sub("", words).strip(" ,"):
        raise ValidationError(f"We cannot read the days of “{rule}”. {HINT}")
    return [
        {"every": str(Every.MONTH_WEEKDAY), "weekday": _weekday(found[1], rule), "nth": _number(number, rule)}
        for found in _NUMBERED.finditer(words)
        for number in found[2].split(",")
    ]


def _number(text: str, rule: str) -> int:
    if text.strip() not in {"1", "2", "3", "4", "5", "-1"}:
        raise ValidationError(f"In “{rule}” the number of the day is 1 to 5, or -1 for the last of the month.")
    return int(text)


def _weekday(text: str, rule: str) -> int:
    word = text.strip().removesuffix("s")
    for index, name in enumerate(DAY_NAMES):
        if len(word) >= 2 and name.startswith(word):
            return index
    raise ValidationError(f"“{text.strip() or rule}” is not a day we know, in “{rule}”. {HINT}")


def _suffixes(text: str, rule: str) -> dict:
    more: dict = {}
    at = 0
    while at < len(text.rstrip()):
        found = _SUFFIXES.match(text, at)
        if not found:
            raise ValidationError(f"We cannot read “{text[at:].strip()}” in “{rule}”. {HINT}")
        at = found.end()
        if found["term"]:
            more["term_time_only"] = True
        if found["closed"] or found["also"]:
            more["closed_on_bank_holidays"] = bool(found["closed"])
        if found["since"]:
            more["valid_from"] = _date(found["since"], rule)
        if found["until"]:
            more["valid_to"] = _date(found["until"], rule)
        if found["place"]:
            more["place"] = found["place"].lower()
    return more


def _date(text: str, rule: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValidationError(f"There is no day {text}, in “{rule}”.") from error


def _day_text(row: Times) -> str:
    if row.on:
        return row.on.isoformat()
    if row.weekday is None:
        return f"day {row.nth}"
    return DAY_CODES[row.weekday] + (f"[{row.nth}]" if row.nth else "")


def _suffix_text(row: Times) -> str:
    parts = [
        f"from {row.valid_from}" if row.valid_from else "",
        f"until {row.valid_to}" if row.valid_to else "",
        "term time" if row.term_time_only else "",
        {True: "not bank holidays", False: "also bank holidays", None: ""}[row.closed_on_bank_holidays],
        f"at {row.place}" if row.place else "",
    ]
    return "".join(f" {part}" for part in parts if part)
