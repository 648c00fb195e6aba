"""Proving that the journal is whole: every row sealed, none missing, the tail where others saw it, and what is cached agreeing with it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

from django.db import connection, transaction

from directory.journal import following, triggers
from directory.journal.chain import seal
from directory.journal.heads import Position
from directory.journal.models import Bookmark, Event


class Fault(NamedTuple):
    """Something that is wrong: a code, the event's number where there is one, and a detail made of ids and names of code."""

    code: str
    seq: int | None
    detail: str

    def __str__(self) -> str:
        return f"{self.code}{'' if self.seq is None else f' at {self.seq}'}: {self.detail}"


class NamedHead(NamedTuple):
    """A place in the journal that somebody saw and wrote down: a bookmark, a release, a backup."""

    name: str
    seq: int
    mac: str


T = TypeVar("T")
Heads = Callable[[], Iterable[NamedHead]]
Replay = Callable[[], Iterable[Fault]]

_heads: dict[str, Heads] = {}
_replays: dict[str, Replay] = {}


def register_heads(name: str, function: Heads) -> None:
    """Let verify() hold the journal against heads that a room keeps (each release has one). Called in AppConfig.ready()."""
    _heads[name] = function


def register_replay(name: str, function: Replay) -> None:
    """Let verify() ask a room to replay its events and compare them with what it has cached. Called in AppConfig.ready()."""
    _replays[name] = function


def verify(extra_heads: Iterable[NamedHead] = ()) -> list[Fault]:
    """Everything that is wrong with the journal; an empty list where nothing is.

    extra_heads: places kept outside of the database, such as the one in a backup. Codes of faults: changed, gap, chain, head, cut,
    trigger, check_failed, and those of the rooms' replays.
    """
    with _one_moment():
        # The heads are read before the rows: what is written meanwhile must not look like a tail that is gone.
        faults, heads = _written_down()
        heads.extend(extra_heads)
        faults.extend(_walk(heads))
        faults.extend(Fault("trigger", None, name) for name in triggers.missing(connection))
        for name, replay in _replays.items():
            found, failures = _ask(name, replay)
            faults.extend([*found, *failures])
    return faults


def count() -> int:
    """How many events there are."""
    return Event.objects.count()


def _written_down() -> tuple[list[Fault], list[NamedHead]]:
    heads = [NamedHead(f"bookmark {name}", seq, mac) for name, seq, mac in Bookmark.objects.values_list("name", "seq", "mac")]
    faults: list[Fault] = []
    for name, function in {**_heads, "followers": _own_stores}.items():
        found, failures = _ask(name, function)
        heads.extend(found)
        faults.extend(failures)
    return faults, heads


def _own_stores() -> Iterator[NamedHead]:
    for name, place in following.places_outside().items():
        yield NamedHead(f"bookmark {name}", place.seq, place.mac)


def _ask(name: str, function: Callable[[], Iterable[T]]) -> tuple[list[T], list[Fault]]:
    """What a room's function yields, and a fault where it fails instead."""
    try:
        with transaction.atomic():
            return list(function()), []
    except Exception as error:  # noqa: BLE001
        return [], [Fault("check_failed", None, f"{name} {type(error).__name__}")]


def _walk(heads: Iterable[NamedHead]) -> Iterator[Fault]:
    seen_at: dict[int, list[NamedHead]] = defaultdict(list)
    for place in heads:
        if place.seq > 0:
            seen_at[place.seq].append(place)
    last = Position(0, "")
    for event in Event.objects.order_by("seq").iterator(chunk_size=2_000):
        yield from _faults_of(event, last)
        for place in seen_at.pop(event.seq, ()):
            if place.mac != event.mac:
                yield Fault("head", event.seq, f"{place.name} saw another event here")
        last = Position(event.seq, event.mac)
    for seq, places in sorted(seen_at.items()):
        for place in places:
            yield Fault("cut", seq, f"{place.name} saw this event, and the journal does not hold it")


def _faults_of(event: Event, last: Position) -> Iterator[Fault]:
    if event.seq != last.seq + 1:
        yield Fault("gap", event.seq, f"the event before it is {last.seq}")
    elif event.prev_mac != last.mac:
        yield Fault("chain", event.seq, "it does not follow from the event before it")
    if seal(event) != event.mac:
        yield Fault("changed", event.seq, "its seal does not fit what it says")


@contextmanager
def _one_moment() -> Iterator[None]:
    """Read everything as it was at one moment, while others go on writing."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield
    else:
        connection.ensure_connection()
        wrapper: Any = connection
        # The product's transactions begin as writers; a reader that takes minutes must not.
        mode, wrapper.transaction_mode = wrapper.transaction_mode, "DEFERRED"
        try:
            with transaction.atomic():
                yield
        finally:
            wrapper.transaction_mode = mode
