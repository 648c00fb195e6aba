"""Times of the week in which somebody is free: [weekday, start minute, end minute], Monday is 0. As parts of a day, and as they are written."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from directory.clock import DAYS

DAY = 24 * 60


class PartOfDay(NamedTuple):
    """What we mean by it when nobody says it more exactly."""

    name: str
    start: int
    end: int


PARTS_OF_DAY = {
    "am": PartOfDay("morning", 9 * 60, 12 * 60),
    "pm": PartOfDay("afternoon", 12 * 60, 17 * 60),
    "eve": PartOfDay("evening", 17 * 60, 20 * 60),
}
EXAMPLE = "Tuesday 10:00 to 11:30"
_SPANS = {
    "every day": range(7),
    "daily": range(7),
    "every night": range(7),
    "weekdays": range(5),
    "monday to friday": range(5),
    "weekends": range(5, 7),
}
_CLOCK = r"(\d{1,2}[:.]\d\d\s*(?:am|pm)?|\d{1,2}\s*(?:am|pm)|noon|midnight)"
_LINE = re.compile(rf"^(?P<days>.+?)[\s,:]+(?:from\s+)?{_CLOCK}\s*(?:to|until|till|-|–)\s*{_CLOCK}\.?$", re.IGNORECASE)


def is_window(window: Sequence[int]) -> bool:
    """Is it a weekday with a start and a later end, within one day?"""
    if len(window) != 3 or not all(isinstance(number, int) for number in window):
        return False
    weekday, start, end = window
    return 0 <= weekday <= 6 and 0 <= start < end <= DAY


def read_times(text: str) -> list[list[int]]:
    """Exact times, one line each: "Tuesday 10:00 to 11:30", "Mon, Thu 2 pm to 4 pm", "every day 22:00 to 06:00".

    What goes over midnight becomes two: to midnight, and from midnight on the day after. Raises ValueError, which names the line.
    """
    return sorted({tuple(window): window for line in text.splitlines() if line.strip() for window in _read_line(line.strip())}.values())


def written_times(windows: Iterable[Sequence[int]]) -> str:
    """The same windows as `read_times` reads them, one line each; what goes over midnight in one."""
    left, lines = sorted({tuple(window) for window in windows}), []
    nights = {night: morning for night in left if (morning := _morning_of(night, left)) is not None}
    for window in left:
        if window not in nights.values():
            day, start, _ = window
            lines.append(f"{DAYS[day]} {_clock(start)} to {_clock(nights.get(window, window)[2])}")
    return "\n".join(lines)


def split_parts(windows: Iterable[Sequence[int]]) -> tuple[list[str], list[list[int]]]:
    """Which of these are just a part of a day, as ticks ("0-am"), and which are said more exactly."""
    known = {(part.start, part.end): code for code, part in PARTS_OF_DAY.items()}
    rows = [list(window) for window in windows]
    ticks = [f"{day}-{known[start, end]}" for day, start, end in rows if (start, end) in known]
    return ticks, [row for row in rows if (row[1], row[2]) not in known]


def of_parts(ticks: Iterable[str]) -> list[list[int]]:
    """Ticks ("0-am") as windows."""
    chosen = (tick.split("-") for tick in ticks)
    return [[int(day), PARTS_OF_DAY[code].start, PARTS_OF_DAY[code].end] for day, code in chosen]


def _morning_of(night: tuple[int, ...], among: Sequence[tuple[int, ...]]) -> tuple[int, ...] | None:
    """The one window that goes on where this one stops at midnight, as long as the two together are less than a day."""
    day, start, end = night
    evenings = [other for other in among if other[0] == day and other[2] == DAY]
    mornings = [other for other in among if other[0] == (day + 1) % 7 and other[1] == 0]
    if end != DAY or len(evenings) != 1 or len(mornings) != 1:
        return None
    return mornings[0] if mornings[0][2] < start else None


def _read_line(line: str) -> list[list[int]]:
    found = _LINE.match(line)
    if found is None:
        raise ValueError(f"“{line}”: write a day and two times, such as {EXAMPLE} or 2 pm to 4 pm.")
    start, end = _minute(found[2], line), _minute(found[3], line)
    end = DAY if end == 0 else end
    if start in (end, DAY):
        raise ValueError(f"“{line}”: write when it starts and when it ends.")
    windows = []
    for day in _days(found["days"], line):
        if start < end:
            windows.append([day, start, end])
        else:
            windows += [[day, start, DAY], [(day + 1) % 7, 0, end]]
    return windows


def _days(text: str, line: str) -> list[int]:
    words = " ".join(text.lower().replace(",", " , ").split()).strip(" ,")
    if words in _SPANS:
        return list(_SPANS[words])
    days = []
    for word in re.split(r"\s*,\s*|\s+and\s+|\s*&\s*|\s+", words):
        stem = word.rstrip(".").removesuffix("s") if len(word) > 5 else word.rstrip(".")
        at = [number for number, name in enumerate(DAYS) if len(stem) >= 3 and name.lower().startswith(stem)]
        if len(at) != 1:
            raise ValueError(f"“{line}”: “{word}” is no day of the week.")
        days += at
    return days


def _minute(text: str, line: str) -> int:
    word = text.lower().replace(" ", "")
    if word in ("noon", "midnight"):
        return 12 * 60 if word == "noon" else 0
    half = word[-2:] if word[-2:] in ("am", "pm") else ""
    hour, _, minute = word.removesuffix(half).replace(".", ":").partition(":")
    hours, minutes = int(hour), int(minute or 0)
    if minutes > 59 or hours > (12 if half else 24) or (half and hours == 0) or (hours == 24 and minutes):
        raise ValueError(f"“{line}”: {text} is no time of the day.")
    if half:
        hours = hours % 12 + (12 if half == "pm" else 0)
    return (hours * 60 + minutes) % DAY


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"
