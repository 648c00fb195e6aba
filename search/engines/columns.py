"""Services as columns: what is filtered, counted and scored, packed once per service into bytes that numpy reads in bulk.

Packed bytes mean the same to every engine and process, since values stand in them as the hash of `key`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from struct import pack as packed_numbers
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.engines.arrays import NEVER, NO, UNKNOWN, YES, Bools, Ints
from search.engines.document import Document
from search.engines.lists import Labels, Lists, key, runs
from search.engines.tiles import tile
from search.geometry import Positions
from search.query import ACCESS_FACTS, DAYS, MODES

FIRST_DAY, LAST_DAY = -(1 << 31), (1 << 31) - 1
EPOCH = date(1970, 1, 1).toordinal()
# An opening span in one number: its start, its length and whether it is sure. The length fits for more than the days worked out ahead.
LENGTH_BITS = 15

# One service. The last ones are the lengths of its lists.
HEAD = np.dtype(
    [("modes", "u1"), ("days", "u1"), ("free", "i1"), ("spaces", "i1"), ("paused", "?"), ("kind", "<i8"), ("min_age", "<f8")]
    + [("max_age", "<f8"), ("visible_from", "<i4"), ("visible_to", "<i4"), ("checked", "<i4"), ("hours_to", "<i4")]
    + [("needs", "<u2"), ("languages", "<u2"), ("who", "<u2"), ("hours", "<u2"), ("places", "<u2")]
)
_HEAD = "<BBbb?qddiiiiHHHHH"
# One document of it: its place (nan without one) and the lengths of its lists.
PLACE = np.dtype(
    [("lat", "<f8"), ("lon", "<f8"), ("x", "<i4"), ("y", "<i4"), ("locality", "<i8"), ("yes", "u1"), ("no", "u1")]
    + [("areas", "<u2"), ("circles", "<u2")]
)
_PLACE = "<ddiiqBBHH"
NO_HOURS = -1


class Packed(NamedTuple):
    """The columns of one service: its head, its places, the values of its lists, and those of its places' lists."""

    head: bytes
    places: bytes
    lists: bytes
    place_lists: bytes


def pack(documents: Sequence[Document]) -> Packed:
    """The columns of one service; all its documents are given."""
    first = documents[0]
    lists = [[key(field, value) for value in dict.fromkeys(values)] for field, values in _listed(first)]
    lists.append([_span(*hours) for hours in first.hours])
    head = packed_numbers(
        _HEAD,
        _bits(MODES, first.modes),
        _bits(DAYS, first.days),
        _yes_or_no(first.free),
        _yes_or_no(first.spaces),
        first.paused,
        key("kind", first.kind),
        np.nan if first.min_age is None else first.min_age,
        np.nan if first.max_age is None else first.max_age,
        _day(first.visible_from, FIRST_DAY),
        _day(first.visible_to, LAST_DAY),
        _day(first.checked_on, NEVER),
        NO_HOURS if first.hours_to is None else first.hours_to,
        *map(len, lists),
        len(documents),
    )
    places = [_packed_place(document) for document in documents]
    flat = [number for values in lists for number in values]
    return Packed(
        head, b"".join(place for place, _ in places), packed_numbers(f"<{len(flat)}q", *flat), b"".join(rest for _, rest in places)
    )


def labels_of(documents: Sequence[Document]) -> Iterable[tuple[int, str]]:
    """The values in the columns of a service that are shown or counted by name, each with its key."""
    first = documents[0]
    for name, values in (*_listed(first), ("kind", (first.kind,) if first.kind else ())):
        for value in values:
            yield key(name, value), value


def _listed(document: Document) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return ("need", document.needs), ("language", document.languages), ("who", document.who)


def _packed_place(document: Document) -> tuple[bytes, bytes]:
    at = document.place
    areas = [key("area", code) for code in dict.fromkeys(document.areas)]
    yes, no = (_bits(ACCESS_FACTS, [fact.removesuffix(end) for fact in document.access if fact.endswith(end)]) for end in (":yes", ":no"))
    head = packed_numbers(
        _PLACE,
        *((at.lat, at.lon, *tile(at.lat, at.lon)) if at else (np.nan, np.nan, 0, 0)),
        key("locality", document.locality),
        yes,
        no,
        len(areas),
        len(document.circles),
    )
    circles = [number for circle in document.circles for number in circle]
    return head, packed_numbers(f"<{len(areas)}q{len(circles)}d", *areas, *circles)


def _bits(names: Sequence[str], values: Iterable[str]) -> int:
    return sum(1 << names.index(value) for value in set(values) if value in names)


def _yes_or_no(value: bool | None) -> int:
    return UNKNOWN if value is None else YES if value else NO


def _day(day: date | None, otherwise: int) -> int:
    return otherwise if day is None else day.toordinal() - EPOCH


def _span(start: int, end: int, sure: bool) -> int:
    return (start << LENGTH_BITS | min(end - start, (1 << LENGTH_BITS) - 1)) << 1 | sure


# One array for each field of HEAD or PLACE.
Fields = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Columns:
    """Many services, in the order of their numbers `ids`. Never changed: what is written makes new columns.

    `first` is where the documents of each service begin among `places`; one more than there are services.
    """

    ids: Ints
    head: Fields
    needs: Lists
    languages: Lists
    who: Lists
    hours: Lists
    places: Fields
    first: Ints
    owner: Ints
    areas: Lists
    circles: Lists
    _kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, ids: Sequence[int], packed: Iterable[Packed], labels: Labels) -> "Columns":
        """The columns of some services; `ids` rise."""
        parts = [b"".join(part) for part in zip(*packed, strict=True)] or [b""] * 4
        return cls.read(np.array(ids, np.int64), Packed(*parts), labels)

    @classmethod
    def read(cls, ids: Ints, packed: Packed, labels: Labels) -> "Columns":
        """The columns of packed services whose parts were joined: each part of all of them in one."""
        head, places = _fields(packed.head, HEAD), _fields(packed.places, PLACE)
        head["kind"] = labels.numbers(head["kind"])
        places["locality"] = labels.numbers(places["locality"])
        lengths = np.stack([head[name].astype(np.int64) for name in ("needs", "languages", "who", "hours")])
        *named, hours = _parts(np.frombuffer(packed.lists, "<i8"), lengths)
        around = np.stack([places["areas"].astype(np.int64), places["circles"].astype(np.int64) * 3])
        areas, circles = _parts(np.frombuffer(packed.place_lists, "<i8"), around)
        lists = [Lists(length, labels.numbers(items)) for length, items in zip(lengths[:3], named, strict=True)]
        return cls._whole(
            ids,
            head,
            [*lists, Lists(lengths[3], hours)],
            places,
            [Lists(around[0], labels.numbers(areas)), Lists(around[1] // 3, circles.view("<f8").reshape(-1, 3))],
        )

    @classmethod
    def _whole(cls, ids: Ints, head: Fields, lists: list[Lists], places: Fields, around: list[Lists]) -> "Columns":
        needs, languages, who, hours = lists
        areas, circles = around
        first = np.concatenate(([0], np.cumsum(head["places"], dtype=np.int64)))
        owner = np.repeat(np.arange(len(ids), dtype=np.int32), head["places"])
        return cls(ids, head, needs, languages, who, hours, places, first, owner, areas, circles)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def standing(self) -> Positions:
        """Where the documents are."""
        return self._once("standing", lambda: Positions.of(self.places["lat"], self.places["lon"]))

    @property
    def middles(self) -> Positions:
        """The middles of all circles."""
        around = self.circles.items
        return self._once("middles", lambda: Positions.of(np.ascontiguousarray(around[:, 0]), np.ascontiguousarray(around[:, 1])))

    @property
    def access(self) -> Ints:
        """What each document says of access in one number, which is never 0: the facts it has, above them those it has not, above them 1."""
        places = self.places
        found: Ints = self._once("access", lambda: places["yes"].astype(np.int32) | places["no"].astype(np.int32) << 8 | 1 << 16)
        return found

    def any_of(self, places: Bools) -> Bools:
        """Which services have one of the documents marked."""
        return self.joined(places)

    def joined(self, bits: NDArray[Any]) -> NDArray[Any]:
        """The bits of all documents of each service. Most have one document only, so that few are joined."""
        whole: NDArray[Any] = bits[self.first[:-1]]
        more, begins, owners = self._once("more", self._further)
        if len(more):
            whole[owners] |= np.bitwise_or.reduceat(bits[more], begins)
        return whole

    def _further(self) -> tuple[Ints, Ints, Ints]:
        """The documents behind each service's first one, where among them those of a service begin, and whose these are."""
        first = np.zeros(len(self.owner), bool)
        first[self.first[:-1]] = True
        more = np.flatnonzero(~first)
        begins = np.flatnonzero(np.diff(self.owner[more], prepend=-1))
        return more, begins, self.owner[more][begins]

    def _once(self, name: str, make: Callable[[], Any]) -> Any:
        """What is worked out from all columns, at the first question that needs it."""
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]

    def some(self, at: Ints) -> "Columns":
        """The columns of a few services by their places, in the order in which these are given."""
        places = runs(self.first[at], self.head["places"][at].astype(np.int64))
        return self._whole(
            self.ids[at],
            {name: values[at] for name, values in self.head.items()},
            [each.some(at) for each in self._lists],
            {name: values[places] for name, values in self.places.items()},
            [each.some(places) for each in self._around],
        )

    def without(self, gone: Iterable[int]) -> "Columns":
        """The columns less some services."""
        keep = ~np.isin(self.ids, list(gone))
        if keep.all():
            return self
        places = keep[self.owner]
        return self._whole(
            self.ids[keep],
            {name: values[keep] for name, values in self.head.items()},
            [each.kept(keep) for each in self._lists],
            {name: values[places] for name, values in self.places.items()},
            [each.kept(places) for each in self._around],
        )

    def followed_by(self, more: "Columns") -> "Columns":
        """The columns and some further services, whose numbers are higher."""
        if not len(more):
            return self
        return self._whole(
            np.concatenate((self.ids, more.ids)),
            {name: np.concatenate((values, more.head[name])) for name, values in self.head.items()},
            [one.followed_by(other) for one, other in zip(self._lists, more._lists, strict=True)],
            {name: np.concatenate((values, more.places[name])) for name, values in self.places.items()},
            [one.followed_by(other) for one, other in zip(self._around, more._around, strict=True)],
        )

    @property
    def _lists(self) -> tuple[Lists, ...]:
        return self.needs, self.languages, self.who, self.hours

    @property
    def _around(self) -> tuple[Lists, ...]:
        return self.areas, self.circles


def _fields(packed: bytes, kind: np.dtype[Any]) -> Fields:
    """The fields of packed records, each by itself, where it is read fastest."""
    records = np.frombuffer(packed, kind)
    return {name: np.ascontiguousarray(records[name]) for name in kind.names or ()}


def _parts(items: NDArray[Any], lengths: Ints) -> list[NDArray[Any]]:
    """Items that stand row by row, each row's lists behind one another, as one run for each list."""
    ends = np.cumsum(lengths.T, dtype=np.int64).reshape(lengths.T.shape).T
    parts = []
    for end, length in zip(ends, lengths, strict=True):
        parts.append(items[runs(end - length, length)])
    return parts
