"""The embedded engine: SQLite FTS5 in a file of its own under CARESTORE_HOME/index, its columns in memory. Meant for up to 20,000 listings."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from sqlite3 import Connection, OperationalError
from time import monotonic
from typing import Any

from search import tokens
from search.engines import writing
from search.engines.base import START, Bookmark, Candidates, Map, Moved, Progress, Suggestion
from search.engines.clusters import map_of
from search.engines.document import Document
from search.engines.moments import WRITES_KEPT, Memory, Moment, write_of
from search.engines.packing import unpack_documents
from search.engines.selection import select
from search.engines.spelling import IndexLexicon
from search.engines.storage import Store
from search.query import BadQuery, Box, Query

PROGRESS_EVERY = 500
# What SQLite may spend on one question, in seconds, and after how many of its steps the clock is read.
MOST_SECONDS = 0.25
STEPS = 20_000


class EmbeddedEngine:
    """Keeps the contract of search.engines.base.Engine."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder)
        self._memory = Memory()

    def close(self) -> None:
        """Close this thread's files."""
        self.store.close()

    def index(
        self, documents: Iterable[Document], *, gone: Iterable[str] = (), bookmark: Bookmark | None = None, after: int | None = None
    ) -> bool:
        services: dict[str, list[Document]] = {}
        for document in documents:
            services.setdefault(document.service, []).append(document)
        gone = set(gone)
        with _transaction(self.store.opened().connection) as connection:
            if after is not None and _bookmark(connection).seq != after:
                return False
            write = write_of(connection) + 1
            tally = writing.Tally()
            for service in sorted(gone | services.keys()):
                tally.count(writing.drop(connection, service, write=write), -1)
            for service in sorted(services):
                writing.put(connection, services[service], write=write)
                tally.count(services[service], 1)
            tally.write(connection)
            _finish(connection, bookmark, write if services or gone else None)
        return True

    def delete(self, services: Iterable[str]) -> None:
        self.index((), gone=services)

    def move_bookmark(self, bookmark: Bookmark) -> None:
        self.index((), bookmark=bookmark)

    def rebuild(self, documents: Iterable[Document], *, bookmark: Bookmark = START, progress: Progress | None = None) -> None:
        with self.store.new_generation() as connection:
            count = told = 0
            tally = writing.Tally()
            for _, of_service in groupby(documents, key=lambda document: document.service):
                together = list(of_service)
                writing.put(connection, together, write=1)
                tally.count(together, 1)
                count += len(together)
                if progress is not None and count - told >= PROGRESS_EVERY:
                    progress(told := count)
            tally.write(connection)
            connection.execute("INSERT INTO words (words) VALUES ('optimize')")
            _finish(connection, bookmark, 1)
            connection.execute("ANALYZE")
            if progress is not None:
                progress(count)

    def bookmark(self) -> Bookmark:
        return _bookmark(self.store.opened().connection)

    def state(self) -> str:
        opened = self.store.opened()
        return f"{opened.generation}:{write_of(opened.connection)}"

    def lexicon(self) -> IndexLexicon:
        return IndexLexicon(self.store)

    def ending_before(self, minute: int) -> list[str]:
        rows = self.store.opened().connection.execute(
            "SELECT s.uuid FROM columns c JOIN services s ON s.id = c.id WHERE c.hours_to BETWEEN 0 AND ? ORDER BY c.hours_to, c.id",
            (minute - 1,),
        )
        return [uuid for (uuid,) in rows]

    def search(self, query: Query, *, everywhere: bool = False, facets: bool = True) -> Candidates:
        with self._moment() as (connection, moment):
            held = moment.held(connection, query.words)
        chosen = select(
            moment.columns,
            moment.labels,
            query,
            held,
            open_now=moment.open_now(query.minute),
            ground=moment.ground(query),
            everywhere=everywhere,
        )
        rows = chosen.rows(moment.order)

        def fetch(at: Sequence[int]) -> list[tuple[Document, ...]]:
            return self._documents(moment.generation, [int(rows.keys[each]) for each in at])

        return Candidates(len(rows), rows, chosen.facets() if facets else {}, fetch)

    def suggest(self, prefix: str, *, limit: int = 8) -> list[Suggestion]:
        words = tokens.split(prefix)[: tokens.QUERY_TOKENS_MAX]
        if not words:
            return []
        *whole, last = words
        begins = [f" {_begin(word)}" for word in whole if word not in tokens.STOP_WORDS] + [f" {last}"]
        holds = " AND ".join(["instr(line, ?)"] * len(begins))
        with self._moment() as (connection, _):
            rows = connection.execute(
                "SELECT s.uuid, s.name, s.url, 'service' FROM"  # noqa: S608 - only question marks are put in
                f" (SELECT id, sort, uuid FROM names WHERE {holds} ORDER BY sort, uuid LIMIT ?) n JOIN services s ON s.id = n.id"
                " ORDER BY n.sort, n.uuid",
                (*begins, limit),
            ).fetchall()
            if len(rows) < limit:
                rows += connection.execute(
                    f"SELECT '', name, '', kind FROM titles WHERE {holds} ORDER BY kind, sort, name LIMIT ?",  # noqa: S608 - as above
                    (*begins, limit - len(rows)),
                ).fetchall()
        return [Suggestion(*row) for row in rows]

    def clusters(self, box: Box | None, zoom: int, query: Query) -> Map:
        with self._moment() as (connection, moment):
            held = moment.held(connection, query.words)
            chosen = select(
                moment.columns, moment.labels, query, held, open_now=moment.open_now(query.minute), ground=moment.ground(query), boxed=False
            )
            return map_of(chosen, box, zoom, moment.order, lambda ids: _names(connection, ids))

    @contextmanager
    def _moment(self) -> Iterator[tuple[Connection, Moment]]:
        """The newest state of the index, and a connection that reads that very state for as long as the block lasts."""
        while True:
            opened = self.store.opened()
            opened.connection.execute("BEGIN")
            try:
                moment = self._memory.at(opened)
                if moment is None and opened.generation == self.store.generation():
                    moment = self._memory.begin(opened)
                if moment is not None:
                    with _limited(opened.connection):
                        yield opened.connection, moment
                    return
            finally:
                opened.connection.execute("ROLLBACK")

    def _documents(self, generation: str, ids: Sequence[int]) -> list[tuple[Document, ...]]:
        """The documents of some services. Raises Moved where the index was swapped, or one is there no more."""
        opened = self.store.opened()
        if opened.generation != generation:
            raise Moved
        found = dict(_some(opened.connection, "id, data", ids))
        if len(found) < len(set(ids)):
            raise Moved
        return [unpack_documents(found[each]) for each in ids]


def _names(connection: Connection, ids: Sequence[int]) -> list[tuple[str, str]]:
    """The id and name of some services, by their numbers."""
    found = {number: (uuid, name) for number, uuid, name in _some(connection, "id, uuid, name", ids)}
    return [found[each] for each in ids]


def _some(connection: Connection, fields: str, ids: Sequence[int]) -> list[tuple[Any, ...]]:
    asked = json.dumps(sorted(set(ids)))
    return connection.execute(
        f"SELECT {fields} FROM services WHERE id IN (SELECT value FROM json_each(?))",  # noqa: S608 - the fields are named above
        (asked,),
    ).fetchall()


@contextmanager
def _transaction(connection: Connection) -> Iterator[Connection]:
    """All of the block is written, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextmanager
def _limited(connection: Connection) -> Iterator[None]:
    """No more than MOST_SECONDS of SQLite's work in the block. Raises BadQuery where that is not enough."""
    until = monotonic() + MOST_SECONDS
    connection.set_progress_handler(lambda: monotonic() > until, STEPS)
    try:
        yield
    except OperationalError as error:
        if monotonic() > until:
            raise BadQuery({"q": ["That is too much at once: please ask with fewer words."]}) from error
        raise
    finally:
        connection.set_progress_handler(None, 0)


def _begin(word: str) -> str:
    """The part of a whole word by which its other forms are found, too."""
    stemmed = tokens.stem(word)
    return stemmed if word.startswith(stemmed) else word


def _bookmark(connection: Connection) -> Bookmark:
    row = connection.execute("SELECT value FROM meta WHERE key = 'bookmark'").fetchone()
    return Bookmark(*json.loads(row[0])) if row else START


def _finish(connection: Connection, bookmark: Bookmark | None, write: int | None) -> None:
    """Count the write, where documents were written, and move the bookmark in their transaction."""
    if write is not None:
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('writes', ?)", (write,))
        connection.execute("DELETE FROM gone WHERE written <= ?", (write - WRITES_KEPT,))
    if bookmark is not None:
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('bookmark', ?)", (json.dumps(bookmark),))
