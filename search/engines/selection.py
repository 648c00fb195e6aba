"""The embedded engine's question in SQL: which documents fit the words, the needs and the place, and which filters each one passes.

The texts put together into SQL are all this module's own; whatever comes from outside is passed as a value.
"""
# ruff: noqa: S608

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from sqlite3 import Connection

from search import tokens
from search.engines.base import FACETS, FEW
from search.engines.storage import term
from search.geometry import degrees_around
from search.query import Query
from search.reach import codes, limit
from search.textscore import half

Values = list[object]


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter as an SQL truth (0 or 1) about docs `d` and places `p`, with its values."""

    field: str
    sql: str
    values: Values


@dataclass(frozen=True, slots=True)
class Selection:
    """The temporary table `base` of fitting documents: `passed` has a bit for every filter that lets the document through."""

    connection: Connection
    query: Query
    filters: tuple[Filter, ...]

    def rows(self, without: str = "") -> str:
        """The documents that pass all filters, or all but the one of a field, as a subquery."""
        bits = sum(1 << at for at, each in enumerate(self.filters) if each.field != without)
        return f"(SELECT doc, service FROM temp.base WHERE passed & {bits} = {bits})"

    def _number(self, sql: str, *values: object) -> int:
        return int(self.connection.execute(sql, values).fetchone()[0])

    def total(self) -> int:
        return self._number(f"SELECT COUNT(DISTINCT service) FROM {self.rows()}")

    def without_place(self) -> int:
        return self._number(
            f"SELECT COUNT(*) FROM (SELECT b.service FROM {self.rows()} b LEFT JOIN places p ON p.id = b.doc"
            " GROUP BY b.service HAVING COUNT(p.id) = 0)"
        )

    def documents(self) -> int:
        return self._number("SELECT COUNT(*) FROM docs")

    def count(self, written: str) -> int:
        """How many documents hold a word."""
        return self._number("SELECT COALESCE(SUM(doc), 0) FROM vocabulary WHERE term = ?", written)

    def facets(self) -> Mapping[str, Mapping[str, int]]:
        """Per field the values and the number of services that choosing each alone would give."""
        filtered = [each.field for each in self.filters if each.field in FACETS]
        counted: dict[str, dict[str, int]] = {field: {} for field in FACETS}
        for fields, rows in [(tuple(set(FACETS) - set(filtered)), self.rows())] + [((field,), self.rows(field)) for field in filtered]:
            marks = ", ".join("?" * len(fields))
            for field, value, count in self.connection.execute(
                f"SELECT t.field, t.value, COUNT(DISTINCT t.service) FROM {rows} b CROSS JOIN tags t ON t.doc = b.doc"
                f" WHERE t.field IN ({marks}) GROUP BY t.field, t.value",
                fields,
            ):
                counted[field][value] = count
        return counted

    def documents_of(self, part: tuple[int, int] | None) -> Iterator[tuple[str, str, str, str]]:
        """(service, document, name tokens, text tokens) of all services, or of a part of the likeliest: how many, after how many."""
        some: str = ""
        values: Values = []
        if part is not None:
            some, values = self._likeliest(*part)
        return self.connection.execute(
            f"SELECT s.uuid, d.data, w.name, w.text FROM {self.rows()} b CROSS JOIN docs d ON d.id = b.doc"
            f" CROSS JOIN words w ON w.rowid = b.doc CROSS JOIN services s ON s.id = b.service {some} ORDER BY b.service, b.doc",
            values,
        )

    def _likeliest(self, limit: int, offset: int) -> tuple[str, Values]:
        """Those that meet a need go first, then the better text, then the order of entry: the same for every page."""
        slugs = [guess.slug for guess in self.query.needs]
        needs = ", ".join("?" * len(slugs))
        text = " OR ".join(f'"{term(word)}"' for word in self.query.words)
        rank = "SELECT rowid, bm25(words, 3.0, 1.0) AS worth FROM words WHERE words MATCH ?" if text else "SELECT NULL AS rowid, 0 AS worth"
        meets = f"EXISTS (SELECT 1 FROM tags t WHERE t.field = 'need' AND t.value IN ({needs}) AND t.doc = c.doc)"
        return (
            f"WHERE b.service IN (SELECT c.service FROM {self.rows()} c LEFT JOIN ({rank}) r ON r.rowid = c.doc"
            f" GROUP BY c.service ORDER BY MAX({meets}) DESC, MIN(COALESCE(r.worth, 0)), c.service LIMIT ? OFFSET ?)",
            [*([text] if text else []), *slugs, limit, offset],
        )


@contextmanager
def select(connection: Connection, query: Query, *, everywhere: bool = False, boxed: bool = True) -> Iterator[Selection]:
    """The fitting documents of one moment of the index, for as long as the block lasts."""
    filters = tuple(_filters(query, boxed))
    connection.execute("BEGIN")
    try:
        connection.execute("CREATE TEMP TABLE base (doc INTEGER PRIMARY KEY, service INTEGER, passed INTEGER)")
        for match, values in _matches(query):
            _fill(connection, query, filters, match, values, everywhere)
        rare = len(query.words) > 1 and connection.execute("SELECT COUNT(DISTINCT service) FROM temp.base").fetchone()[0] < FEW
        if rare:
            _fill(connection, query, filters, *_half_of(query.words), everywhere)
        yield Selection(connection, query, filters)
    finally:
        connection.execute("ROLLBACK")


def _fill(connection: Connection, query: Query, filters: tuple[Filter, ...], match: str, values: Values, everywhere: bool) -> None:
    passed = " | ".join(f"(COALESCE({each.sql}, 0) << {at})" for at, each in enumerate(filters)) or "0"
    where, where_values = _visible(query)
    if query.place is not None and not everywhere:
        reached, reached_values = _reached(query)
        where, where_values = f"{where} AND ({reached})", where_values + reached_values
    connection.execute(
        f"INSERT OR IGNORE INTO temp.base SELECT d.id, d.service, {passed} FROM ({match}) m CROSS JOIN docs d ON d.id = m.doc"
        f" LEFT JOIN places p ON p.id = d.id WHERE {where}",
        [value for each in filters for value in each.values] + values + where_values,
    )


def _matches(query: Query) -> Iterator[tuple[str, Values]]:
    """The documents that meet a need in question or hold all of the words; without a question, all."""
    if not query.asks:
        yield "SELECT id AS doc FROM docs", []
    if query.needs:
        slugs: Values = [guess.slug for guess in query.needs]
        yield f"SELECT DISTINCT doc FROM tags WHERE field = 'need' AND value IN ({', '.join('?' * len(slugs))})", slugs
    if query.words:
        yield "SELECT rowid AS doc FROM words WHERE words MATCH ?", [" AND ".join(f'"{term(word)}"' for word in query.words)]


def _half_of(words: tuple[str, ...]) -> tuple[str, Values]:
    """The documents that hold at least half of the words."""
    each = " UNION ALL ".join(["SELECT rowid AS doc FROM words WHERE words MATCH ?"] * len(words))
    return f"SELECT doc FROM ({each}) GROUP BY doc HAVING COUNT(*) >= {half(len(words))}", [f'"{term(word)}"' for word in words]


def _visible(query: Query) -> tuple[str, Values]:
    if query.on is None:
        return "1", []
    day = query.on.isoformat()
    return "COALESCE(d.visible_from <= ?, 1) AND COALESCE(d.visible_to >= ?, 1)", [day, day]


def _reached(query: Query) -> tuple[str, Values]:
    """The rule of search.reach.way, in SQL."""
    assert query.place is not None
    lat, lon, areas = query.place.lat, query.place.lon, codes(query.place)
    height, width = degrees_around(lat, limit(query))
    return (
        f"EXISTS (SELECT 1 FROM tags t WHERE t.field = 'area' AND t.value IN ({', '.join('?' * len(areas))}) AND t.doc = d.id)"
        " OR EXISTS (SELECT 1 FROM circles c WHERE c.doc = d.id AND miles(?, ?, c.lat, c.lon) <= c.miles)"
        " OR (NOT d.limited AND (d.remote OR p.id IS NULL"
        " OR (p.lat BETWEEN ? AND ? AND p.lon BETWEEN ? AND ? AND miles(?, ?, p.lat, p.lon) <= ?)))",
        [*areas, lat, lon, lat - height, lat + height, lon - width, lon + width, lat, lon, limit(query)],
    )


def _any_of(field: str, values: tuple[str, ...]) -> Filter:
    marks = ", ".join("?" * len(values))
    return Filter(field, f"EXISTS (SELECT 1 FROM tags t WHERE t.field = '{field}' AND t.value IN ({marks}) AND t.doc = d.id)", list(values))


def _filters(query: Query, boxed: bool) -> Iterator[Filter]:
    """The filters that are set. Several values of one are joined by or, access facts by and."""
    for field, chosen in (("need", query.need), ("mode", query.mode), ("kind", query.kind)):
        if chosen:
            yield _any_of(field, chosen)
    if query.free:
        yield _any_of("free", ("yes",))
    if query.language:
        yield _any_of("language", (query.language,))
    if query.access:
        every = " AND ".join(_any_of("access", (fact,)).sql for fact in query.access)
        yield Filter("access", f"({every})", list(query.access))
    yield from _who(query)
    if query.bbox is not None and boxed:
        box = query.bbox
        inside = "(p.id IS NULL OR (p.lat BETWEEN ? AND ? AND p.lon BETWEEN ? AND ?))"
        yield Filter("bbox", inside, [box.south, box.north, box.west, box.east])
    if query.only is not None:
        among = "(d.service IN (SELECT id FROM services WHERE uuid IN (SELECT value FROM json_each(?))))"
        yield Filter("open", among, [json.dumps(sorted(query.only))])


def _who(query: Query) -> Iterator[Filter]:
    """An age must lie within the ages stated; words must be among those for whom it is. What is not stated shuts nobody out."""
    age = query.age
    if age is not None:
        yield Filter("who", "(COALESCE(d.min_age <= ?, 1) AND COALESCE(d.max_age >= ?, 1))", [age, age])
        return
    words = tuple(dict.fromkeys(tokens.tokens(query.who)))[: tokens.QUERY_TOKENS_MAX]
    if words:
        told = _any_of("who", words)
        yield Filter("who", f"({told.sql} OR NOT EXISTS (SELECT 1 FROM tags t WHERE t.field = 'who' AND t.doc = d.id))", told.values)
