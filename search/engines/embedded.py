"""The embedded engine: SQLite FTS5 in a file of its own under CARESTORE_HOME/index. Meant for up to 20,000 listings.

The texts put together into SQL are all this module's own; whatever comes from outside is passed as a value.
"""
# ruff: noqa: S608

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from sqlite3 import Connection

from search import tokens
from search.engines import storage
from search.engines.base import (
    CANDIDATES_MAX,
    POINTS_MAX,
    START,
    Bookmark,
    Candidates,
    Cluster,
    Document,
    Hit,
    Map,
    Point,
    Progress,
    Suggestion,
)
from search.engines.selection import Selection, select
from search.engines.storage import Store, term, token_of
from search.query import Box, Query
from search.textscore import text_score, weights

PROGRESS_EVERY = 500
# A cluster is what falls into a quarter of a map tile, each way: 64 pixels.
CLUSTER_ZOOM_STEP = 2


class EmbeddedEngine:
    """Keeps the contract of search.engines.base.Engine."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder)

    def close(self) -> None:
        """Close this thread's files."""
        self.store.close()

    def index(
        self, documents: Iterable[Document], *, gone: Iterable[str] = (), bookmark: Bookmark | None = None, after: int | None = None
    ) -> bool:
        documents, gone = list(documents), set(gone)
        connection = self.store.connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            done = after is None or _bookmark(connection).seq == after
            if done:
                for service in {document.service for document in documents} | gone:
                    storage.drop(connection, service)
                for document in documents:
                    storage.add(connection, document)
                _written(connection, bookmark, changed=bool(documents or gone))
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
        return done

    def delete(self, services: Iterable[str]) -> None:
        self.index((), gone=services)

    def move_bookmark(self, bookmark: Bookmark) -> None:
        self.index((), bookmark=bookmark)

    def rebuild(self, documents: Iterable[Document], *, bookmark: Bookmark, progress: Progress | None = None) -> None:
        with self.store.new_generation() as connection:
            count = 0
            for count, document in enumerate(documents, start=1):
                storage.add(connection, document)
                if progress is not None and count % PROGRESS_EVERY == 0:
                    progress(count)
            connection.execute("INSERT INTO words (words) VALUES ('optimize')")
            _written(connection, bookmark)
            connection.execute("ANALYZE")
            if progress is not None:
                progress(count)

    def bookmark(self) -> Bookmark:
        return _bookmark(self.store.connection())

    def state(self) -> str:
        row = self.store.connection().execute("SELECT value FROM meta WHERE key = 'writes'").fetchone()
        return f"{self.store.generation()}:{row[0] if row else 0}"

    def vocabulary(self) -> Mapping[str, int]:
        return {token_of(word): count for word, count in self.store.connection().execute("SELECT term, doc FROM vocabulary")}

    def written(self) -> Mapping[str, str]:
        return dict(self.store.connection().execute("SELECT word, stem FROM written"))

    def search(self, query: Query, *, limit: int = CANDIDATES_MAX, offset: int = 0, everywhere: bool = False) -> Candidates:
        connection = self.store.connection()
        with select(connection, query, everywhere=everywhere) as chosen:
            total = chosen.total()
            part = (limit, offset) if offset or total > limit else None
            return Candidates(total, _hits(connection, chosen, query, part), chosen.facets())

    def suggest(self, prefix: str, *, limit: int = 8) -> list[Suggestion]:
        words = tokens.split(prefix)[: tokens.QUERY_TOKENS_MAX]
        if not words:
            return []
        *whole, last = words
        connection = self.store.connection()
        parts = [f'"{term(tokens.stem(word))}"' for word in whole if word not in tokens.STOP_WORDS]
        written = connection.execute("SELECT DISTINCT stem FROM written WHERE word >= ? AND word < ? LIMIT 20", (last, last + "\U0010ffff"))
        parts.append("(" + " OR ".join([f'"{term(last)}"*', *(f'"{term(stem)}"' for (stem,) in written)]) + ")")
        rows = connection.execute(
            "SELECT DISTINCT s.uuid, s.name, s.url FROM words w CROSS JOIN docs d ON d.id = w.rowid JOIN services s ON s.id = d.service"
            " WHERE words MATCH ? ORDER BY s.name COLLATE NOCASE, s.uuid LIMIT ?",
            ("name : (" + " AND ".join(parts) + ")", limit),
        )
        return [Suggestion(*row) for row in rows]

    def clusters(self, box: Box | None, zoom: int, query: Query) -> Map:
        connection = self.store.connection()
        box = box or Box(-180, -90, 180, 90)
        with select(connection, query, boxed=False) as chosen:
            inside = (
                f"FROM {chosen.rows()} b CROSS JOIN places p ON p.id = b.doc CROSS JOIN services s ON s.id = b.service"
                " WHERE p.lat BETWEEN ? AND ? AND p.lon BETWEEN ? AND ?"
            )
            edges = (box.south, box.north, box.west, box.east)
            total = connection.execute(f"SELECT COUNT(*) {inside}", edges).fetchone()[0]
            cells = _cells(connection, inside, edges, zoom) if total > POINTS_MAX else []
            lonely = {doc for doc, count in cells if count == 1} if cells else None
            points = [
                Point(*row[1:])
                for row in connection.execute(
                    f"SELECT b.doc, s.uuid, s.name, p.lat, p.lon {inside} ORDER BY s.name COLLATE NOCASE, s.uuid, b.doc", edges
                )
                if lonely is None or row[0] in lonely
            ]
            clusters = tuple(cell for _, cell in cells if isinstance(cell, Cluster))
            return Map(clusters, tuple(points), chosen.without_place())


def _cells(connection: Connection, inside: str, edges: tuple[float, ...], zoom: int) -> list[tuple[int, Cluster | int]]:
    """(a document, its Cluster), or (a document, 1) where it stands alone in its cell."""
    shift = storage.TILE_ZOOM - min(storage.TILE_ZOOM, zoom + CLUSTER_ZOOM_STEP)
    rows = connection.execute(
        "SELECT MIN(b.doc), COUNT(*), AVG(p.lat), AVG(p.lon), MIN(p.lon), MIN(p.lat), MAX(p.lon), MAX(p.lat)"
        f" {inside} GROUP BY p.x >> {shift}, p.y >> {shift} ORDER BY COUNT(*) DESC, MIN(p.x), MIN(p.y)",
        edges,
    )
    return [(doc, Cluster(lat, lon, count, Box(*bounds)) if count > 1 else 1) for doc, count, lat, lon, *bounds in rows]


def _hits(connection: Connection, chosen: Selection, query: Query, part: tuple[int, int] | None) -> tuple[Hit, ...]:
    """The fitting services with their fitting documents and text scores."""
    wanted = {term(word): word for word in query.words}
    counts = {word: chosen.count(written) for written, word in wanted.items()}
    weighted = weights(query.words, counts, chosen.documents()) if query.words else {}
    found: dict[str, tuple[list[Document], set[str], set[str]]] = {}
    for service, data, name, text in chosen.documents_of(part):
        documents, names, texts = found.setdefault(service, ([], set(), set()))
        documents.append(storage.unpack(data))
        if wanted:
            names.update(wanted.keys() & set(name.split()))
            texts.update(wanted.keys() & set(text.split()))
    return tuple(
        Hit(
            service,
            tuple(documents),
            text_score(weighted, {wanted[word] for word in names}, {wanted[word] for word in texts}),
            tuple(word for written, word in wanted.items() if written in names or written in texts),
        )
        for service, (documents, names, texts) in found.items()
    )


def _bookmark(connection: Connection) -> Bookmark:
    row = connection.execute("SELECT value FROM meta WHERE key = 'bookmark'").fetchone()
    return Bookmark(*json.loads(row[0])) if row else START


def _written(connection: Connection, bookmark: Bookmark | None, *, changed: bool = True) -> None:
    """Count the write and move the bookmark, in the transaction of the documents."""
    if changed:
        connection.execute("INSERT INTO meta VALUES ('writes', 1) ON CONFLICT (key) DO UPDATE SET value = value + 1")
    if bookmark is not None:
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('bookmark', ?)", (json.dumps(bookmark),))
