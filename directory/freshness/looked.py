"""How often listings are looked at: asked of whoever counts it, so that those that many read are rung first."""

from collections.abc import Callable, Collection, Mapping
from uuid import UUID

# Service ids -> how often each was looked at lately; those that are left out were not.
Counter = Callable[[Collection[UUID]], Mapping[UUID, int]]

_counters: list[Counter] = []


def count_looks_by(counter: Counter) -> None:
    """Register who counts looks; called in AppConfig.ready() of that room. Raises ValueError where somebody else counts already."""
    if _counters and _counters[0] is not counter:
        raise ValueError("Somebody counts looks already.")
    _counters[:] = [counter]


def looks(services: Collection[UUID]) -> Mapping[UUID, int] | None:
    """How often each was looked at; None where nobody counts."""
    return _counters[0](services) if _counters else None
