"""Times of the week: windows joined into runs, and whether two people have one in common that is long enough."""

from collections.abc import Iterable
from typing import NamedTuple

from matching.windows import DAY

WEEK = 7 * DAY


class Window(NamedTuple):
    """Minutes from midnight, on a weekday (Monday is 0); the end is not part of it, and 1440 is the end of the day."""

    weekday: int
    start: int
    end: int


class Run(NamedTuple):
    """Minutes from Monday, 0:00."""

    start: int
    end: int


ANY_TIME = tuple(Window(weekday, 0, DAY) for weekday in range(7))


def runs(windows: Iterable[Window]) -> tuple[Run, ...]:
    """Windows as runs of the week, those that touch or overlap joined, also over midnight; empty ones left out.

    Raises ValueError for a window that is not within one day of the week.
    """
    joined: list[Run] = []
    for start, end in sorted(_minutes(window) for window in windows):
        if start == end:
            continue
        if joined and start <= joined[-1].end:
            joined[-1] = Run(joined[-1].start, max(joined[-1].end, end))
        else:
            joined.append(Run(start, end))
    return tuple(joined)


def have_in_common(one: tuple[Run, ...], other: tuple[Run, ...], minutes: int) -> bool:
    """Is there a run of at least so many minutes in both? The week is a circle: Sunday's last minute touches Monday's first."""
    shared = list(_shared(one, other))
    lengths = [end - start for start, end in shared]
    if len(shared) > 1 and shared[0].start == 0 and shared[-1].end == WEEK:
        lengths.append(lengths[0] + lengths[-1])
    return any(length >= minutes for length in lengths)


def _minutes(window: Window) -> Run:
    weekday, start, end = window
    if not (0 <= weekday <= 6 and 0 <= start <= end <= DAY):
        raise ValueError(f"Not a time of the week: {list(window)}")
    return Run(weekday * DAY + start, weekday * DAY + end)


def _shared(one: tuple[Run, ...], other: tuple[Run, ...]) -> Iterable[Run]:
    """The parts of joined runs that lie in both, in the order of the week."""
    here = there = 0
    while here < len(one) and there < len(other):
        start, end = max(one[here].start, other[there].start), min(one[here].end, other[there].end)
        if start < end:
            yield Run(start, end)
        if one[here].end < other[there].end:
            here += 1
        else:
            there += 1
