"""The embedded index in memory: its columns at one moment, brought level with the file by what changed only."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from sqlite3 import Connection
from threading import Lock

import numpy as np

from search.engines.arrays import Ints
from search.engines.columns import Columns, Labels, Packed
from search.engines.hours import open_at
from search.engines.selection import Ground, Held, ground_of
from search.engines.storage import Opened, term
from search.query import Query, Spot
from search.reach import limit

AT_ONCE = 5000
# How many words' places are kept, and in how many numbers altogether.
WORDS_MOST = 2000
PLACES_MOST = 4_000_000
# For so many writes it is remembered what was dropped; a process that did not look for longer reads the whole index again.
WRITES_KEPT = 10_000
GROUNDS_MOST = 8
_PARTS = "head, places, lists, place_lists"


@dataclass(frozen=True, slots=True)
class Moment:
    """One state of the index: all its columns, `order` the place of each service by name, then id. Never changed."""

    generation: str
    write: int
    columns: Columns
    labels: Labels
    order: Ints
    _words: "_Kept" = field(default_factory=lambda: _Kept(), repr=False)
    _open: dict[int, Ints] = field(default_factory=dict, repr=False)
    _grounds: dict[tuple[Spot, float], Ground | None] = field(default_factory=dict, repr=False)

    def held(self, connection: Connection, words: Sequence[str]) -> Held:
        """Which services hold which of the words; the connection must read this same moment."""
        return Held.of([self._places(connection, word) for word in words], len(self.columns))

    def open_now(self, minute: int | None) -> Ints | None:
        """Who is open at a minute; kept, since many ask it in the same one."""
        if minute is None:
            return None
        state = self._open.get(minute)
        if state is None:
            state = open_at(self.columns, minute)
            self._open.clear()
            self._open[minute] = state
        return state

    def ground(self, query: Query) -> Ground | None:
        """How every document lies to the query's place; kept, since one question asks it several times, and neighbours ask the same."""
        if query.place is None:
            return None
        key = query.place, limit(query)
        if key not in self._grounds:
            if len(self._grounds) >= GROUNDS_MOST:
                self._grounds.clear()
            self._grounds[key] = ground_of(self.columns, self.labels, query)
        return self._grounds.get(key)

    def _places(self, connection: Connection, word: str) -> tuple[Ints, Ints]:
        """Where the services stand that hold a word: in the name, and anywhere."""
        found = self._words.get(word)
        if found is None:
            written = f'"{term(word)}"'
            found = self._match(connection, f"name : {written}"), self._match(connection, written)
            self._words.keep(word, found)
        return found

    def _match(self, connection: Connection, match: str) -> Ints:
        # One text of all numbers is read several times faster than as many rows.
        (numbers,) = connection.execute("SELECT group_concat(rowid, ' ') FROM words WHERE words MATCH ?", (match,)).fetchone()
        return np.searchsorted(self.columns.ids, _numbers(numbers)).astype(np.int32)


class _Kept:
    """The places of the words asked for lately; safe between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._found: OrderedDict[str, tuple[Ints, Ints]] = OrderedDict()
        self._size = 0

    def get(self, word: str) -> tuple[Ints, Ints] | None:
        with self._lock:
            if word in self._found:
                self._found.move_to_end(word)
            return self._found.get(word)

    def keep(self, word: str, found: tuple[Ints, Ints]) -> None:
        with self._lock:
            if word in self._found:
                return
            self._found[word] = found
            self._size += sum(map(len, found))
            while len(self._found) > WORDS_MOST or (self._size > PLACES_MOST and len(self._found) > 1):
                self._size -= sum(map(len, self._found.popitem(last=False)[1]))


class Memory:
    """Keeps the newest moment that anybody has read, for all threads of the process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._moment: Moment | None = None

    def at(self, opened: Opened) -> Moment | None:
        """The moment that an open transaction reads; None where another thread is ahead of it, or nobody has read its generation yet."""
        write = write_of(opened.connection)
        known = self._moment
        if known is not None and (known.generation, known.write) == (opened.generation, write):
            return known
        with self._lock:
            known = self._moment
            if known is None or known.generation != opened.generation or known.write > write:
                return None
            if known.write < write:
                self._moment = _levelled(known, opened, write)
            return self._moment

    def begin(self, opened: Opened) -> Moment | None:
        """Read the whole index of a generation that is the current one."""
        write = write_of(opened.connection)
        with self._lock:
            known = self._moment
            if known is None or known.generation != opened.generation:
                self._moment = known = _loaded(opened, write)
            return known if known.write == write else None


def write_of(connection: Connection) -> int:
    """The number of the last write that changed documents."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'writes'").fetchone()
    return int(row[0]) if row else 0


def _loaded(opened: Opened, write: int) -> Moment:
    labels = Labels()
    labels.learn(opened.connection.execute("SELECT key, name FROM labels"))
    columns = _columns(opened.connection, labels, -1)
    return Moment(opened.generation, write, columns, labels, _order(opened.connection, columns))


def _levelled(known: Moment, opened: Opened, write: int) -> Moment:
    """What a moment becomes by the writes since; numbers of services are never given twice, so that nothing old is taken for new."""
    if write - known.write >= WRITES_KEPT:
        return _loaded(opened, write)
    connection = opened.connection
    known.labels.learn(connection.execute("SELECT key, name FROM labels WHERE written > ?", (known.write,)))
    gone = list(chain.from_iterable(connection.execute("SELECT id FROM gone WHERE written > ?", (known.write,))))
    columns = known.columns.without(gone).followed_by(_columns(connection, known.labels, known.write))
    return Moment(opened.generation, write, columns, known.labels, _order(connection, columns))


def _columns(connection: Connection, labels: Labels, after: int) -> Columns:
    """The columns of the services that were written after a write, in the order of their numbers."""
    where = "WHERE written > ? ORDER BY id" if after >= 0 else "WHERE ? < 0 ORDER BY id"
    cursor = connection.execute(f"SELECT id, {_PARTS} FROM columns {where}", (after,))  # noqa: S608 - both texts are this module's own
    ids: list[int] = []
    parts: list[list[bytes]] = [[], [], [], []]
    while rows := cursor.fetchmany(AT_ONCE):
        some, *packed = zip(*rows, strict=True)
        ids.extend(some)
        for part, pieces in zip(parts, packed, strict=True):
            part.append(b"".join(pieces))
    return Columns.read(np.array(ids, np.int64), Packed(*(b"".join(part) for part in parts)), labels)


def _order(connection: Connection, columns: Columns) -> Ints:
    (numbers,) = connection.execute("SELECT group_concat(id, ' ') FROM (SELECT id FROM names ORDER BY sort, uuid)").fetchone()
    order = np.empty(len(columns), np.int64)
    order[np.searchsorted(columns.ids, _numbers(numbers))] = np.arange(len(columns))
    return order


def _numbers(text: str | None) -> Ints:
    """The numbers of a text, parted by blanks."""
    return np.fromstring(text or "", np.int64, sep=" ")
