"""Finding, from question to answer: understand, retrieve, score, page; near misses where little fits. Used by page and API alike."""

from dataclasses import replace
from datetime import date
from typing import Any

from directory import clock
from directory.models import Need
from search import engines
from search.engines.base import CANDIDATES_MAX, Box, Candidates, Engine, Hit, Map
from search.known import forget, words_of
from search.near_misses import BELOW, near_misses
from search.query import BadQuery, Query, Sort
from search.results import Found, Result, result_of
from search.scoring import Score, rank_key, score
from search.times import open_now, open_services
from search.understand import understand

BLOCK = CANDIDATES_MAX

__all__ = ["Found", "Result", "find", "map_of", "understood"]


def find(query: Query, *, engine: Engine | None = None) -> Found:
    """The page of services that a query asks for, best first, each with its reasons.

    `query` comes from parse_query, or is put together in code. Raises BadQuery for a place or a need that is not known.
    """
    engine = engine or engines.current()
    query = understood(query, engine=engine)
    sort = Sort.FIT if query.sort is Sort.DISTANCE and query.place is None else query.sort
    today = clock.today()
    candidates, shown = _page(query, sort, engine, today)
    opened = open_now(hit.service for hit, _ in shown) if shown else {}
    few = candidates.total < BELOW and query.page == 1
    return Found(
        query=replace(query, sort=sort),
        total=candidates.total,
        results=tuple(result_of(hit, points, open_now=opened.get(hit.service)) for hit, points in shown),
        near_misses=near_misses(query, {hit.service for hit, _ in shown}, engine, today=today) if few else (),
        facets=_facets(candidates),
        sort=sort,
    )


def _page(query: Query, sort: Sort, engine: Engine, today: date) -> tuple[Candidates, list[tuple[Hit, Score]]]:
    """The page's results in order. Very long answers are ordered in blocks of BLOCK candidates, so that no page repeats or drops one."""
    first = (query.page - 1) * query.page_size
    last = first + query.page_size - 1
    shown: list[tuple[Hit, Score]] = []
    for block in range(first // BLOCK, last // BLOCK + 1):
        candidates = engine.search(query, limit=BLOCK, offset=block * BLOCK)
        scored = [(hit, score(hit, query, today=today)) for hit in candidates.hits]
        scored.sort(key=lambda pair: _order(pair[0], pair[1], sort))
        shown += scored[max(0, first - block * BLOCK) : last + 1 - block * BLOCK]
        if block * BLOCK + len(scored) >= candidates.total:
            break
    return candidates, shown


def map_of(box: Box | None, zoom: int, query: Query, *, engine: Engine | None = None) -> Map:
    """What a map shows for a query: the same services as the list, inside the box. Raises BadQuery as `find` does."""
    engine = engine or engines.current()
    return engine.clusters(box, zoom, understood(query, engine=engine))


def understood(query: Query, *, engine: Engine | None = None) -> Query:
    """The query with everything filled in that its words mean today. Raises BadQuery for a place or a need that is not known."""
    words = words_of(engine or engines.current())
    unknown = [slug for slug in query.need if slug not in words.vocabulary.names]
    if unknown:
        new = set(Need.objects.filter(pk__in=unknown).values_list("pk", flat=True))
        if missing := [slug for slug in unknown if slug not in new]:
            raise BadQuery({"need": [f"There is no need called {slug}." for slug in missing]})
        # A need that was added after the words were read.
        forget()
        words = words_of(engine or engines.current())
    only = open_services(query.open) if query.open else None
    return replace(understand(query, words), only=only, on=clock.today())


def _order(hit: Hit, scored: Score, sort: Sort) -> tuple[Any, ...]:
    """The place of a result in the list; the id at its end makes it the same every time."""
    best = rank_key(hit, scored)
    if sort is Sort.NAME:
        return best[1:]
    if sort is Sort.DISTANCE:
        miles = scored.way.miles if scored.way else None
        return (miles is None, miles or 0.0, *best)
    return best


def _facets(candidates: Candidates) -> dict[str, list[dict[str, Any]]]:
    """Most frequent first, then by name."""
    return {
        field: [{"slug": value, "count": count} for value, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
        for field, counts in candidates.facets.items()
    }
