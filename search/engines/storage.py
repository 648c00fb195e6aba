"""The embedded index on disk: its tables, one file per generation, and the pointer file that names the current one."""

import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from math import cos, floor, log, pi, radians, tan
from pathlib import Path

from search import tokens
from search.engines.base import Document, Place
from search.geometry import miles_between

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE services (id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, name TEXT NOT NULL, url TEXT NOT NULL);
CREATE TABLE docs (
    id INTEGER PRIMARY KEY, service INTEGER NOT NULL, kind TEXT NOT NULL, free INTEGER NOT NULL, min_age REAL, max_age REAL,
    visible_from TEXT, visible_to TEXT, limited INTEGER NOT NULL, remote INTEGER NOT NULL, data TEXT NOT NULL);
CREATE INDEX docs_service ON docs (service);
CREATE TABLE circles (doc INTEGER, lat REAL, lon REAL, miles REAL, PRIMARY KEY (doc, lat, lon, miles)) WITHOUT ROWID;
CREATE TABLE places (id INTEGER PRIMARY KEY, lat REAL NOT NULL, lon REAL NOT NULL, x INTEGER NOT NULL, y INTEGER NOT NULL);
CREATE TABLE tags (field TEXT, value TEXT, doc INTEGER, service INTEGER, PRIMARY KEY (field, value, doc)) WITHOUT ROWID;
CREATE INDEX tags_doc ON tags (doc, field);
CREATE TABLE written (word TEXT PRIMARY KEY, stem TEXT NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5 (name, text, tokenize = 'ascii', prefix = '2 3 4');
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, row);
"""
FORMAT = 1
SWAPS_AT_MOST = 20
TILE_ZOOM = 24
REMOTE = frozenset({"online", "phone"})


def term(token: str) -> str:
    """A token as the full-text table holds it: words of other scripts in hexadecimal, so that no tokenizer of SQLite's has a say."""
    return token if token.isascii() else "0x" + token.encode().hex()


def token_of(written: str) -> str:
    """The token that `term` wrote."""
    return bytes.fromhex(written[2:]).decode() if written.startswith("0x") else written


def tile(lat: float, lon: float) -> tuple[int, int]:
    """The web-map tile that holds a position, at TILE_ZOOM; shift both numbers right for smaller zooms."""
    side = 1 << TILE_ZOOM
    lat = max(-85.05, min(85.05, lat))
    x = floor((lon + 180) / 360 * side)
    y = floor((1 - log(tan(radians(lat)) + 1 / cos(radians(lat))) / pi) / 2 * side)
    return min(side - 1, max(0, x)), min(side - 1, max(0, y))


def pack(document: Document) -> str:
    """A document as text; its tokens are kept by the full-text table instead."""
    unsaid = ("spaces", None), ("free", False), ("ours", False), ("paused", False)
    data = {
        key: value
        for key, value in asdict(document).items()
        if value is not None and value != "" and value != () and (key, value) not in unsaid and not key.endswith("_tokens")
    }
    return json.dumps(data, default=str, ensure_ascii=False, separators=(",", ":"))


def unpack(data: str) -> Document:
    values = json.loads(data)
    for key, value in values.items():
        if isinstance(value, list):
            values[key] = tuple(tuple(each) if isinstance(each, list) else each for each in value)
        elif key in ("checked_on", "visible_from", "visible_to"):
            values[key] = date.fromisoformat(value)
    if "place" in values:
        values["place"] = Place(**values["place"])
    return Document(**values)


class Store:
    """The files of one embedded index. One connection per thread, reopened when the pointer names another generation."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pointer = folder / "current"
        self._local = threading.local()

    def generation(self) -> str:
        """The name of the current file, or "" before the first rebuild."""
        try:
            return self.pointer.read_text().strip()
        except FileNotFoundError:
            return ""

    def connection(self) -> sqlite3.Connection:
        """A connection to the current generation; an empty one is made only where there really is none yet."""
        for _ in range(SWAPS_AT_MOST):
            name = self.generation()
            current = (name, os.getpid())
            kept: tuple[tuple[str, int], sqlite3.Connection] | None = getattr(self._local, "kept", None)
            if kept is not None and kept[0] == current and name:
                return kept[1]
            self.close()
            connection = self._open(name) if name else None
            if connection is not None:
                self._local.kept = (current, connection)
                return connection
            # Two swaps since the pointer was read take the file away: that is no reason to begin an empty index.
            if self.generation() == name:
                with self.new_generation():
                    pass
        raise OSError(f"The search index in {self.folder} cannot be opened.")

    def close(self) -> None:
        """Close this thread's connection."""
        kept: tuple[tuple[str, int], sqlite3.Connection] | None = getattr(self._local, "kept", None)
        if kept is not None:
            kept[1].close()
            self._local.kept = None

    def _open(self, generation: str) -> sqlite3.Connection | None:
        """A connection, or None where the file is gone or was written by another version of this module (then it is built anew)."""
        if not (self.folder / generation).exists():
            return None
        try:
            connection = _connect(self.folder / generation, create=False)
        except sqlite3.OperationalError:
            return None
        known = connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
        if known is None or known[0] != FORMAT:
            connection.close()
            return None
        return connection

    @contextmanager
    def new_generation(self) -> Iterator[sqlite3.Connection]:
        """A connection to a new, empty index; when the block ends well the pointer is moved to it in one step."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"index-{time.time_ns()}.sqlite"
        connection = _connect(self.folder / name, create=True)
        try:
            connection.executescript(SCHEMA)
            connection.execute("INSERT INTO meta VALUES ('format', ?)", (FORMAT,))
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except BaseException:
            connection.close()
            self._remove(name)
            raise
        connection.close()
        beside = self.folder / f"current-{os.getpid()}-{threading.get_ident()}"
        beside.write_text(name)
        previous = self.generation()
        beside.replace(self.pointer)
        self._sweep(keep={name, previous})

    def _sweep(self, keep: set[str]) -> None:
        """Remove older generations; the one before stays for readers that have just read its name."""
        for old in self.folder.glob("index-*.sqlite"):
            if old.name not in keep and old.name < min(name for name in keep if name):
                self._remove(old.name)

    def _remove(self, name: str) -> None:
        for ending in ("", "-wal", "-shm"):
            (self.folder / (name + ending)).unlink(missing_ok=True)


def _connect(path: Path, *, create: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.as_uri()}?mode={'rwc' if create else 'rw'}", uri=True, timeout=20, isolation_level=None)
    connection.create_function("miles", 4, miles_between, deterministic=True)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute("PRAGMA cache_size=-16000")
    return connection


def add(connection: sqlite3.Connection, document: Document) -> None:
    """Write one document into the open transaction."""
    service = connection.execute(
        "INSERT INTO services (uuid, name, url) VALUES (?, ?, ?)"
        " ON CONFLICT (uuid) DO UPDATE SET name = excluded.name, url = excluded.url RETURNING id",
        (document.service, document.name, document.url),
    ).fetchone()[0]
    doc = connection.execute(
        "INSERT INTO docs (service, kind, free, min_age, max_age, visible_from, visible_to, limited, remote, data)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            service,
            document.kind,
            document.free,
            document.min_age,
            document.max_age,
            document.visible_from.isoformat() if document.visible_from else None,
            document.visible_to.isoformat() if document.visible_to else None,
            document.limited,
            bool(REMOTE.intersection(document.modes)),
            pack(document),
        ),
    ).fetchone()[0]
    if document.place is not None:
        x, y = tile(document.place.lat, document.place.lon)
        connection.execute("INSERT INTO places VALUES (?, ?, ?, ?, ?)", (doc, document.place.lat, document.place.lon, x, y))
    connection.executemany("INSERT OR IGNORE INTO circles VALUES (?, ?, ?, ?)", [(doc, *circle) for circle in document.circles])
    rows = [(field, value, doc, service) for field, value in tags(document)]
    connection.executemany("INSERT OR IGNORE INTO tags VALUES (?, ?, ?, ?)", rows)
    connection.execute(
        "INSERT INTO words (rowid, name, text) VALUES (?, ?, ?)",
        (doc, " ".join(map(term, document.name_tokens)), " ".join(map(term, document.text_tokens))),
    )
    written = tokens.written((document.name, document.organisation, document.summary))
    connection.executemany("INSERT OR IGNORE INTO written VALUES (?, ?)", list(written.items()))


def tags(document: Document) -> Iterator[tuple[str, str]]:
    """The filter values of a document, by field."""
    fields = {
        "need": document.needs,
        "mode": document.modes,
        "kind": (document.kind,) if document.kind else (),
        "free": ("yes",) if document.free else (),
        "access": tuple(fact.removesuffix(":yes") for fact in document.access if fact.endswith(":yes")),
        "language": document.languages,
        "who": document.who,
        "area": document.areas,
    }
    for field, values in fields.items():
        for value in values:
            yield field, value


def drop(connection: sqlite3.Connection, service: str) -> None:
    """Remove a service's documents in the open transaction."""
    row = connection.execute("SELECT id FROM services WHERE uuid = ?", (service,)).fetchone()
    if row is None:
        return
    for (doc,) in connection.execute("SELECT id FROM docs WHERE service = ?", row).fetchall():
        connection.execute("DELETE FROM tags WHERE doc = ?", (doc,))
        connection.execute("DELETE FROM circles WHERE doc = ?", (doc,))
        for table in ("places", "docs"):
            connection.execute(f"DELETE FROM {table} WHERE id = ?", (doc,))  # noqa: S608 - the two names above
        connection.execute("DELETE FROM words WHERE rowid = ?", (doc,))
    connection.execute("DELETE FROM services WHERE id = ?", row)
