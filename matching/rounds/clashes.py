"""Two requests of one volunteer at the same time: the round counts places, not hours, so a proposal says where hours may not do."""

from collections.abc import Sequence
from itertools import combinations

from matching.eligibility import AskFacts
from matching.eligibility.times import Run


def clashing(asks: Sequence[AskFacts], free: Sequence[Run]) -> set[str]:
    """Ids of those requests that cannot be done one after the other by somebody who is free then, two by two."""
    found: set[str] = set()
    for one, other in combinations(asks, 2):
        first, second = _common(one, free), _common(other, free)
        if not (_fits_before(first, one.minutes, second, other.minutes) or _fits_before(second, other.minutes, first, one.minutes)):
            found |= {one.id, other.id}
    return found


def _common(ask: AskFacts, free: Sequence[Run]) -> list[Run]:
    """The times that suit both and are long enough."""
    shared = [Run(max(a.start, b.start), min(a.end, b.end)) for a in ask.runs for b in free]
    return [run for run in shared if run.end - run.start >= ask.minutes]


def _fits_before(first: Sequence[Run], first_minutes: int, second: Sequence[Run], second_minutes: int) -> bool:
    """Can the first be over in the week before the second must begin?"""
    ends = min((run.start + first_minutes for run in first), default=None)
    begins = max((run.end - second_minutes for run in second), default=None)
    return ends is None or begins is None or ends <= begins
