"""The kinds of things that wait for a moderator, registered by their rooms, and all of them as one list."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery, Value

from directory import clock
from directory.accounts.models import User
from directory.waiting.models import InHand

TOO_LONG = timedelta(days=5)
# Names that no model has: a name of a column cannot be given to an annotation.
COLUMNS = ("of_kind", "of_key", "waits_since", "answers")


@dataclass(frozen=True)
class Words:
    """What the list says of one thing. `what` tells what it touches; `signs` are short warnings."""

    title: str
    url: str
    group: str = ""
    by: str = ""
    what: str = ""
    signs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """One kind. `waiting` gives the things that wait, `since` the column that says since when.

    `moderator` is the column or expression of who answers for it. `words` tells of some of them, in a constant number of queries.
    `take(key, by, to)` lets somebody answer for it, where that is more than a row of InHand; it raises as hands.take does.
    """

    name: str
    label: str
    waiting: Callable[[], "QuerySet[Any]"]
    since: str
    words: Callable[[list[UUID]], Mapping[UUID, Words]]
    moderator: Subquery | F
    url: Callable[[UUID], str]
    take: Callable[[UUID, User, User], object] | None = None


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Put a kind into the list. Called in AppConfig.ready() of its room. Raises ValueError for a name that is taken."""
    if _kinds.get(kind.name, kind) != kind:
        raise ValueError(f"There is already a kind called {kind.name}.")
    _kinds[kind.name] = kind


def kinds() -> tuple[Kind, ...]:
    """Every kind, in the order in which they were registered."""
    return tuple(_kinds.values())


def find(name: str) -> Kind | None:
    """The kind of that name."""
    return _kinds.get(name)


def in_hand(name: str) -> Subquery:
    """Who answers for things of a kind that keeps it in InHand."""
    return Subquery(InHand.objects.filter(kind=name, key=OuterRef("pk")).values("moderator_id")[:1])


def all_waiting(*, kind: str = "", moderator: User | None = None, nobodys: bool = False, before: datetime | None = None) -> "QuerySet[Any]":
    """All that waits as rows of COLUMNS, the oldest first: of one kind, one moderator, or nobody's, since before a moment."""
    parts = [_part(each, moderator, nobodys, before) for each in kinds() if kind in ("", each.name)]
    if not parts:
        return InHand.objects.none()
    return (parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]).order_by("waits_since", "of_key")


def too_long_before() -> datetime:
    """What waits since before this moment waits too long."""
    return clock.now() - TOO_LONG


def words_of(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, UUID], Words]:
    """What the list says of these rows, by kind and key."""
    keys: dict[str, list[UUID]] = {}
    for row in rows:
        keys.setdefault(row["of_kind"], []).append(row["of_key"])
    return {(name, key): words for name, some in keys.items() for key, words in _kinds[name].words(some).items()}


def _part(kind: Kind, moderator: User | None, nobodys: bool, before: datetime | None) -> "QuerySet[Any]":
    part = kind.waiting().order_by()
    part = part.annotate(of_kind=Value(kind.name), of_key=F("pk"), waits_since=F(kind.since), answers=kind.moderator)
    if moderator is not None:
        part = part.filter(answers=moderator.pk)
    if nobodys:
        part = part.filter(answers=None)
    if before is not None:
        part = part.filter(waits_since__lt=before)
    return part.values(*COLUMNS)
