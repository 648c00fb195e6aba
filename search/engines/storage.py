"""The embedded index on disk: its tables, one file per generation, and the pointer file that names the current one."""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

# `columns` are those of search.engines.columns, `gone` the numbers of services that were dropped, each with the write that did it:
# with both, columns in memory are brought level by what changed only. `names` and `titles` are what is suggested while typing.
SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE services (id INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL UNIQUE, name TEXT NOT NULL, url TEXT NOT NULL, data TEXT NOT NULL);
CREATE TABLE columns (id INTEGER PRIMARY KEY, written INTEGER NOT NULL, hours_to INTEGER, head BLOB, places BLOB, lists BLOB, place_lists BLOB);
CREATE INDEX columns_written ON columns (written);
CREATE TABLE gone (id INTEGER PRIMARY KEY, written INTEGER NOT NULL);
CREATE INDEX gone_written ON gone (written);
CREATE TABLE labels (key INTEGER PRIMARY KEY, name TEXT NOT NULL, written INTEGER NOT NULL);
CREATE INDEX labels_written ON labels (written);
CREATE TABLE names (sort TEXT, uuid TEXT, id INTEGER NOT NULL, line TEXT NOT NULL, PRIMARY KEY (sort, uuid)) WITHOUT ROWID;
CREATE TABLE titles (kind TEXT, sort TEXT, name TEXT, line TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (kind, sort, name)) WITHOUT ROWID;
CREATE TABLE spellings (word TEXT PRIMARY KEY, stem TEXT NOT NULL, count INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX spellings_stem ON spellings (stem);
CREATE TABLE slips (less TEXT, word TEXT, PRIMARY KEY (less, word)) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5 (name, text, tokenize = 'ascii', detail = 'column');
"""
# Raised, too, where what documents hold may not stay as it was written: 3, no circle around a secret place.
FORMAT = 3
SWAPS_AT_MOST = 20
NAME_MOST = 200


class Opened(NamedTuple):
    """A connection, and the name of the generation that it reads."""

    generation: str
    connection: sqlite3.Connection


def term(token: str) -> str:
    """A token as the full-text table holds it: words of other scripts in hexadecimal, so that no tokenizer of SQLite's has a say."""
    return token if token.isascii() else "0x" + token.encode().hex()


class Store:
    """The files of one embedded index. One connection per thread, reopened when the pointer names another generation."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pointer = folder / "current"
        self._local = threading.local()

    def generation(self) -> str:
        """The name of the current file, or "" before the first rebuild."""
        try:
            pointer = os.open(self.pointer, os.O_RDONLY)
        except FileNotFoundError:
            return ""
        # Every question reads it several times: without the layers of a text file that takes a fifth of the time.
        try:
            return os.read(pointer, NAME_MOST).decode().strip()
        finally:
            os.close(pointer)

    def opened(self) -> Opened:
        """A connection to the current generation; an empty one is made only where there really is none yet."""
        for _ in range(SWAPS_AT_MOST):
            name = self.generation()
            kept: tuple[int, Opened] | None = getattr(self._local, "kept", None)
            if kept is not None and kept[0] == os.getpid() and kept[1].generation == name and name:
                return kept[1]
            self.close()
            connection = self._open(name) if name else None
            if connection is not None:
                opened = Opened(name, connection)
                self._local.kept = (os.getpid(), opened)
                return opened
            # Two swaps since the pointer was read take the file away: that is no reason to begin an empty index.
            if self.generation() == name:
                with self.new_generation():
                    pass
        raise OSError(f"The search index in {self.folder} cannot be opened.")

    def close(self) -> None:
        """Close this thread's connection."""
        kept: tuple[int, Opened] | None = getattr(self._local, "kept", None)
        if kept is not None:
            kept[1].connection.close()
            self._local.kept = None

    def _open(self, generation: str) -> sqlite3.Connection | None:
        """A connection, or None where the file is gone or was written by another version of this module (then it is built anew)."""
        if not (self.folder / generation).exists():
            return None
        try:
            connection = _connect(self.folder / generation, create=False)
        except sqlite3.OperationalError:
            return None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
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
            # Nobody reads the file before it is whole, and where that fails it is thrown away: it needs no journal yet.
            connection.execute("PRAGMA journal_mode=OFF")
            connection.execute("PRAGMA synchronous=OFF")
            connection.executescript(SCHEMA)
            connection.execute("INSERT INTO meta VALUES ('format', ?)", (FORMAT,))
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
            connection.execute("PRAGMA journal_mode=WAL")
        except BaseException:
            connection.close()
            self._remove(name)
            raise
        connection.close()
        with (self.folder / name).open("rb") as whole:
            os.fsync(whole.fileno())
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
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute("PRAGMA cache_size=-16000")
    return connection
