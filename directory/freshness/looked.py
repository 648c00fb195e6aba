"""How often listings are looked at: asked of whoever counts it, so that those that many read are rung first."""

from collections.abc import Callable, Collection, Iterable, Mapping
from uuid import UUID

# Service ids -> how often each was looked at lately; those that are left out were not.
Counter = Callable[[Collection[UUID]], Mapping[UUID, int]]

# "Lately" is what has passed of this week, and so many weeks before. Counts below TELLS_FROM are not said in figures.
WEEKS = 4
TELLS_FROM = 5

_counters: list[Counter] = []


def count_looks_by(counter: Counter) -> None:
    """Register who counts looks; called in AppConfig.ready() of that room. Raises ValueError where somebody else counts already."""
    if _counters and _counters[0] is not counter:
        raise ValueError("Somebody counts looks already.")
    _counters[:] = [counter]


def looks(services: Collection[UUID]) -> Mapping[UUID, int] | None:
    """How often each was looked at; None where nobody counts."""
    return _counters[0](services) if _counters else None


def looked_at(count: int, when: str) -> str:
    """ "Looked at 12 times last week." What is small is "a few times", so that no figure tells of one person."""
    if count <= 0:
        return f"Nobody looked at it {when}."
    return f"Looked at {'a few' if count < TELLS_FROM else count} times {when}."


def looked_words(services: Iterable[UUID]) -> dict[UUID, str]:
    """Of each listing that was looked at lately, how often, as a sentence."""
    counted = looks(list(services)) or {}
    return {pk: looked_at(count, f"this week and in the {WEEKS} before") for pk, count in counted.items() if count > 0}
