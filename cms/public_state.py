"""What public pages are made from, as one text: whatever is kept of a page, or for many pages, is kept for one such state only."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

from django.db import connection

from directory import clock
from directory.journal.models import Event
from search import engines

T = TypeVar("T")
# The last event of the journal, which tells of every change of a listing, a group, a place or a need; and of Wagtail's own log, which tells
# of every change of a page.
_LATEST = (
    "SELECT (SELECT seq FROM journal_event ORDER BY seq DESC LIMIT 1), (SELECT mac FROM journal_event ORDER BY seq DESC LIMIT 1),"
    " (SELECT MAX(timestamp) FROM wagtailcore_pagelogentry), (SELECT MAX(changed_at) FROM geodata_areaset)"
)
# Of people and the work for them, public pages say nothing: a desk at work leaves them as they are. An event about anything that is not
# named here makes all pages anew, also about what there will be one day.
QUIET = frozenset(
    {
        "matching.agreement",
        "matching.ask",
        "matching.attendance",
        "matching.callback",
        "matching.course",
        "matching.coursedate",
        "matching.enquiry",
        "matching.match",
        "matching.person",
        "matching.reference",
        "matching.referral",
        "matching.round",
        "matching.sheet",
        "matching.task",
        "matching.volunteer",
        "search.savedsearch",
    }
)
_memories: list[Callable[[], None]] = []


def public_state() -> str:
    """The state of the index, of what the journal tells of public things, of the editors' pages, and the day.

    One look into the database and one into the index; a second into the database after each new event of the journal. Postcodes and places
    are loaded without the journal: what shows them ends by itself soon after.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LATEST)
        seq, seal, *others = cursor.fetchone()
    return f"{engines.current().state()}|{_last_heard(seq, seal) if seal else ''}|{others}|{clock.today()}"


@lru_cache(maxsize=64)
def _last_heard(seq: int, seal: str) -> str:
    """The seal of the last event that is not QUIET, up to this one. A seal stands for all events before it, so this never changes."""
    heard = Event.objects.filter(seq__lte=seq).exclude(object_type__in=QUIET).order_by("-seq")
    return heard.values_list("mac", flat=True).first() or ""


_memories.append(_last_heard.cache_clear)


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
