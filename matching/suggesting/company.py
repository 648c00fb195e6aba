"""In which order volunteers stand for company: shared interests first, then time in common, and only then the points, distance among them."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from matching.eligibility import SoftColumns, VolunteerColumns
from matching.eligibility.times import WEEK, FreeTimes, Run
from matching.windows import DAY, DAYS, PARTS_OF_DAY

Whole = npt.NDArray[np.int64]

# More points than any score has, and more minutes than a week: what comes before decides alone.
_POINTS, _MINUTES = 100_000, WEEK + 1
_NOON, _EVENING = PARTS_OF_DAY["pm"].start, PARTS_OF_DAY["eve"].start
_TIMES_TOLD = 3


def company_order(
    interests: Iterable[str], asked: Sequence[Run], minutes: int, volunteers: VolunteerColumns, theirs: SoftColumns, points: Whole
) -> Whole:
    """One number for each volunteer, the best the highest: by shared interests, then minutes of the week in common, then points.

    interests, asked, minutes: what the person likes, when it can be, and how long it takes; a time in common that is too short counts
    nothing.
    """
    shared = theirs.interests.counted(interests)
    common = minutes_in_common(asked, minutes, volunteers.free)
    ranks: Whole = (shared * _MINUTES + common) * _POINTS + np.clip(points, 0, _POINTS - 1)
    return ranks


def minutes_in_common(asked: Sequence[Run], minutes: int, free: FreeTimes) -> Whole:
    """For each volunteer, the minutes of the week that lie in both, in pieces that are long enough (at midnight on Sunday they are cut)."""
    found = np.zeros(free.count, dtype=np.int64)
    start, end = np.clip(free.start.astype(np.int64), 0, WEEK), np.clip(free.end.astype(np.int64), 0, WEEK)
    for begin, finish in asked:
        overlap = np.minimum(end, finish) - np.maximum(start, begin)
        long_enough = overlap >= max(1, minutes)
        np.add.at(found, free.owner[long_enough], overlap[long_enough])
    return found


def company_words(interests: Iterable[str], asked: Sequence[Run], minutes: int, theirs: SoftColumns, free: FreeTimes, row: int) -> str:
    """Why these two, in words: "Both like chess and gardening; both free Tuesday afternoon". Empty where they share nothing."""
    liked = sorted(word for word in interests if row in theirs.interests.rows.get(word, ()))
    parts = [f"Both like {listed(liked)}"] if liked else []
    if times := times_in_common(asked, minutes, free, row):
        parts.append(f"{'both' if parts else 'Both'} free {listed(times)}")
    return "; ".join(parts)


def times_in_common(asked: Sequence[Run], minutes: int, free: FreeTimes, row: int) -> list[str]:
    """The first few times that suit both: "Tuesday afternoon"."""
    own = free.owner == row
    theirs = [(max(0, start), min(WEEK, end)) for start, end in zip(free.start[own].tolist(), free.end[own].tolist(), strict=True)]
    found = sorted(
        {
            (max(start, begin), min(end, finish))
            for start, end in theirs
            for begin, finish in asked
            if min(end, finish) - max(start, begin) >= max(1, minutes)
        }
    )
    told = list(dict.fromkeys(part_of_week(start, end) for start, end in found))
    return told if len(told) <= _TIMES_TOLD else [*told[: _TIMES_TOLD - 1], f"{len(told) - _TIMES_TOLD + 1} times more"]


def part_of_week(start: int, end: int) -> str:
    """A time of the week (minutes from Monday, 0:00) in words: the part of the day in which most of it lies, or the day."""
    if end - start >= DAY:
        return "on most days" if end - start >= 3 * DAY else f"all of {DAYS[start // DAY % 7]}"
    day, minute, until = DAYS[start // DAY % 7], start % DAY, start % DAY + end - start
    parts = {"morning": (0, _NOON), "afternoon": (_NOON, _EVENING), "evening": (_EVENING, DAY)}
    inside = {name: max(0, min(until, last) - max(minute, first)) for name, (first, last) in parts.items()}
    if min(inside["morning"], inside["afternoon"]) >= 120:
        return day
    return f"{day} {max(inside, key=lambda name: inside[name])}"


def listed(words: Sequence[str]) -> str:
    """ "chess", "chess and gardening", "chess, gardening and reading"."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""
