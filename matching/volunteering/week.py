"""Times of the week as ticks: a day and a part of it. What was said more exactly than ticks can stays as exact as it was."""

from collections.abc import Iterable, Sequence

from matching.windows import DAY, PARTS_OF_DAY

Tick = tuple[int, str]

# From when to when a tick that is set means, and from when to when one that is taken away clears.
MEANS = {code: (part.start, part.end) for code, part in PARTS_OF_DAY.items()}
CLEARS = {"am": (0, MEANS["am"][1]), "pm": MEANS["pm"], "eve": (MEANS["eve"][0], DAY)}
DAYS = range(7)


def ticks_of(windows: Iterable[Sequence[int]]) -> set[Tick]:
    """Every part of a day of which some of the time is free."""
    return {(weekday, part) for weekday, start, end in windows for part, (first, last) in CLEARS.items() if start < last and end > first}


def with_ticks(windows: Iterable[Sequence[int]], wanted: Iterable[Tick]) -> list[list[int]]:
    """The times once these parts are ticked and no others: a new tick adds the whole part, a cleared one cuts it out, the rest stays."""
    before, after = ticks_of(windows), set(wanted)
    kept = [list(window) for window in windows]
    for weekday, part in sorted(before - after):
        kept = [piece for window in kept for piece in _cut(window, weekday, *CLEARS[part])]
    kept += [[weekday, *MEANS[part]] for weekday, part in sorted(after - before)]
    return _joined(kept)


def _cut(window: list[int], weekday: int, first: int, last: int) -> list[list[int]]:
    day, start, end = window
    if day != weekday or end <= first or start >= last:
        return [window]
    return [[day, a, b] for a, b in ((start, first), (last, end)) if a < b]


def _joined(windows: Iterable[list[int]]) -> list[list[int]]:
    """Touching ones are one."""
    joined: list[list[int]] = []
    for day, start, end in sorted(windows):
        if joined and joined[-1][0] == day and joined[-1][2] >= start:
            joined[-1][2] = max(joined[-1][2], end)
        else:
            joined.append([day, start, end])
    return joined
