"""What was counted over the whole directory holds until the journal goes on: every verb writes there, so nothing that was changed is missed."""

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache

from directory import clock
from directory.journal.heads import head

T = TypeVar("T")
# What changes without the journal (postcodes, areas, how often listings are looked at) shows after so many seconds at the latest.
SECONDS = 600


def now() -> str:
    """How far the journal is today; empty where nothing was ever written. One query."""
    place = head()
    return f"{place.seq} {place.mac} {clock.today()}" if place.seq else ""


def kept(state: str, name: str, count: Callable[[], T]) -> T:
    """What `count` gives, counted anew where the journal is not as far (`now`) as when it was counted last.

    One name keeps one result, so that none pile up.
    """
    if not state:
        return count()
    found = cache.get(f"freshness.{name}")
    if found is None or found[0] != state:
        found = state, count()
        cache.set(f"freshness.{name}", found, SECONDS)
    result: T = found[1]
    return result
