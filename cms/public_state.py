"""What public pages are made from, as one text: whatever is kept of a page, or for many pages, is kept for one such state only."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

from django.db import connection

from directory import clock
from search import engines

T = TypeVar("T")
# The journal tells of every change of a listing, a group, a place or a need; Wagtail's own log of every change of a page.
_LATEST = (
    "SELECT (SELECT mac FROM journal_event ORDER BY seq DESC LIMIT 1), (SELECT MAX(timestamp) FROM wagtailcore_pagelogentry),"
    " (SELECT MAX(changed_at) FROM geodata_areaset)"
)
_memories: list[Callable[[], None]] = []


def public_state() -> str:
    """The state of the index, of the journal and of the editors' pages, and the day. One look into the database and one into the index.

    Postcodes and places are loaded without the journal: what shows them ends by itself soon after.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LATEST)
        return f"{engines.current().state()}|{cursor.fetchone()}|{clock.today()}"


def once(make: Callable[[], T]) -> Callable[[str], T]:
    """A function of the public state that is worked out once for each; what it gives is shared, so nobody changes it."""

    @lru_cache(maxsize=2)
    def kept(state: str) -> T:
        return make()

    _memories.append(kept.cache_clear)
    return wraps(make)(lambda state: kept(state))


def remember(forgets: Callable[[], None]) -> None:
    """Tell how another memory for one state is emptied."""
    _memories.append(forgets)


def forget() -> None:
    """Empty all of them: for whoever changes the ground itself, such as a test that takes everything back."""
    for empty in _memories:
        empty()
