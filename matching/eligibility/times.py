"""Times of the week: windows joined into runs, and whether two people have one in common that is long enough."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from matching.windows import DAY

WEEK = 7 * DAY
Flags = npt.NDArray[np.bool_]


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


@dataclass(frozen=True, eq=False)
class FreeTimes:
    """The runs of many people, one below the other: `start[i]` to `end[i]` is a run of the person in row `owner[i]` of `count`."""

    count: int
    owner: npt.NDArray[np.int32]
    start: npt.NDArray[np.int16]
    end: npt.NDArray[np.int16]

    @classmethod
    def of(cls, people: Sequence[tuple[Run, ...]]) -> "FreeTimes":
        """The joined runs of each person, in their order."""
        rows = [(owner, *run) for owner, theirs in enumerate(people) for run in _round_the_week(theirs)]
        table: npt.NDArray[Any] = np.array(rows, dtype=np.int32).reshape(-1, 3)
        return cls(len(people), table[:, 0].copy(), table[:, 1].astype(np.int16), table[:, 2].astype(np.int16))

    def hold(self, asked: tuple[Run, ...], minutes: int) -> Flags:
        """Who has a run of at least so many minutes within one of the asked ones? Sunday's last minute touches Monday's first."""
        found = np.zeros(self.count, dtype=np.bool_)
        if minutes > WEEK:
            return found
        least = max(1, minutes)
        # An overlap is long enough when both runs are, and when each begins that long before the other ends.
        for begin, finish in _round_the_week(asked):
            if finish - begin >= least:
                late_enough, early_enough = self.end >= begin + least, self.start <= finish - least
                found[self.owner[late_enough & early_enough & (self.end - self.start >= least)]] = True
        return found

    def take(self, rows: npt.NDArray[np.intp]) -> "FreeTimes":
        """These people only, each once, in this order."""
        place = np.full(self.count, -1, dtype=np.int32)
        place[rows] = np.arange(len(rows), dtype=np.int32)
        kept = place[self.owner] >= 0
        return FreeTimes(len(rows), place[self.owner[kept]], self.start[kept], self.end[kept])

    def joined(self, more: "FreeTimes") -> "FreeTimes":
        """These people, and others below them."""
        return FreeTimes(
            self.count + more.count,
            np.concatenate([self.owner, more.owner + np.int32(self.count)]),
            np.concatenate([self.start, more.start]),
            np.concatenate([self.end, more.end]),
        )


def _round_the_week(joined: tuple[Run, ...]) -> tuple[Run, ...]:
    """Runs on the circle laid out on a line: one over Sunday's midnight stands there twice, a week apart, and all week has no ends.

    Everything stays within two weeks before and after Monday, 0:00, so that it fits 16 bits.
    """
    if not joined:
        return ()
    first, last = joined[0], joined[-1]
    if first == (0, WEEK):
        return (Run(-WEEK, 2 * WEEK),)
    if first.start == 0 and last.end == WEEK:
        return (*joined[1:-1], Run(last.start - WEEK, first.end), Run(last.start, WEEK + first.end))
    return joined


def _minutes(window: Window) -> Run:
    weekday, start, end = window
    if not (0 <= weekday <= 6 and 0 <= start <= end <= DAY):
        raise ValueError(f"Not a time of the week: {list(window)}")
    return Run(weekday * DAY + start, weekday * DAY + end)
