"""Following the journal: the index, mails, tasks and figures each keep a bookmark that moves with their own work.

At least once: nothing is lost; after a crash the last batch may come again, so handlers can take an event twice.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.db import transaction

from directory import clock
from directory.journal.heads import START, Position, head, holds
from directory.journal.models import Bookmark, Event

log = logging.getLogger("carestore.journal")

Handler = Callable[[Sequence[Event]], None]


class JournalCut(Exception):
    """A bookmark names an event that the journal does not hold: the table was cut, rewritten, or restored from an older backup."""


class BookmarkStore(Protocol):
    """Where a follower keeps its bookmark, if not in the table: the search index keeps it in its own file, beside its own work."""

    def get(self) -> Position | None:
        """The last place worked through; None before the first one."""

    def set(self, position: Position) -> None:
        """Keep this place."""


@dataclass(frozen=True)
class Follower:
    """One follower; made by register_follower."""

    name: str
    handler: Handler
    batch: int
    store: BookmarkStore | None


_followers: dict[str, Follower] = {}


def register_follower(name: str, handler: Handler, *, batch: int = 500, store: BookmarkStore | None = None) -> None:
    """Let handler follow the journal, from its first event. Called in AppConfig.ready() of a room.

    Without a store, handler works in one transaction with its bookmark in the table. With one, handler is called outside of any
    transaction and store.set() after it. Raises ValueError for a name that is taken.
    """
    known = _followers.get(name)
    if known is not None and known.handler is not handler:
        raise ValueError(f"The journal already has a follower called {name}.")
    _followers[name] = Follower(name, handler, batch, store)


def followers() -> tuple[str, ...]:
    """The names of all followers."""
    return tuple(_followers)


def follow(name: str) -> int:
    """Bring one follower to the head of the journal. Returns how many events it took; raises what its handler raises, and JournalCut."""
    follower = _followers[name]
    step = _step_in_the_table if follower.store is None else _step_in_own_store
    done = 0
    # An idle follower only reads: on SQLite a transaction would keep every writer waiting.
    while position(name).seq != head().seq:
        taken = step(follower)
        if not taken:
            break
        done += taken
    return done


def catch_up() -> dict[str, int | str]:
    """Bring every follower to the head; one that fails stops nobody else.

    Returns by name how many events it took, or the class of the error that stopped it (the log says the same, and no more).
    """
    results: dict[str, int | str] = {}
    for name in _followers:
        try:
            results[name] = follow(name)
        except Exception as error:  # noqa: BLE001
            log.error("journal.follower_failed name=%s error=%s", name, type(error).__name__)
            results[name] = type(error).__name__
    return results


def lag() -> dict[str, int]:
    """By name, how many events each follower is behind; -1 where its bookmark cannot be read."""
    end = head().seq
    behind: dict[str, int] = {}
    for name in _followers:
        try:
            behind[name] = max(end - position(name).seq, 0)
        except Exception as error:  # noqa: BLE001
            log.error("journal.bookmark_unreadable name=%s error=%s", name, type(error).__name__)
            behind[name] = -1
    return behind


def position(name: str) -> Position:
    """The last place that a follower has worked through."""
    store = _followers[name].store
    if store is not None:
        return store.get() or START
    row = Bookmark.objects.filter(name=name).values_list("seq", "mac").first()
    return Position(*row) if row else START


def places_outside() -> dict[str, Position]:
    """By name, the places of the followers that keep their bookmark elsewhere than in the table."""
    return {name: position(name) for name, follower in _followers.items() if follower.store is not None}


def rewind(name: str) -> None:
    """Let a follower begin again at the first event."""
    _put(_followers[name], START)


def skip_to_head(name: str) -> None:
    """Let a follower leave out everything that has happened so far."""
    _put(_followers[name], head())


@transaction.atomic
def _step_in_the_table(follower: Follower) -> int:
    Bookmark.objects.get_or_create(name=follower.name)
    row = Bookmark.objects.select_for_update().get(name=follower.name)
    events = _next(follower, Position(row.seq, row.mac))
    if events:
        follower.handler(events)
        _put(follower, Position(events[-1].seq, events[-1].mac))
    return len(events)


def _step_in_own_store(follower: Follower) -> int:
    events = _next(follower, position(follower.name))
    if events:
        follower.handler(events)
        _put(follower, Position(events[-1].seq, events[-1].mac))
    return len(events)


def _next(follower: Follower, after: Position) -> list[Event]:
    if not holds(after):
        raise JournalCut(f"{follower.name} has read event {after.seq}, which the journal does not hold. Run 'manage.py verify_journal'.")
    return list(Event.objects.after(after.seq)[: follower.batch])


def _put(follower: Follower, place: Position) -> None:
    if follower.store is not None:
        follower.store.set(place)
    else:
        Bookmark.objects.update_or_create(name=follower.name, defaults={"seq": place.seq, "mac": place.mac, "moved_at": clock.now()})
