"""Finding, from question to answer: understand, retrieve, score, page; near misses where little fits. Used by page and API alike."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from operator import itemgetter
from typing import Any

import numpy as np

from directory import clock
from directory.models import Need
from directory.needs import today
from search import engines
from search.engines.arrays import NO, YES
from search.engines.base import Box, Candidates, Engine, Map, Moved
from search.known import forget, words_of
from search.near_misses import BELOW, near_misses
from search.perhaps import perhaps
from search.query import BadQuery, Query, Sort
from search.reasons import explained
from search.results import Found, Result, result_of
from search.scoring import Scores, ranked, score
from search.understand import understand

# How often a question is asked again when the index changes between finding and reading.
TRIES = 5
_OPEN = {YES: True, NO: False}

__all__ = ["Found", "Result", "find", "map_of", "understood"]


def find(query: Query, *, engine: Engine | None = None, results_only: bool = False) -> Found:
    """The page of services that a query asks for, best first, each with its reasons.

    `query` comes from parse_query, or is put together in code. results_only: without near misses, what may fit, and counts of facets.
    Raises BadQuery for a place or a need that is not known.
    """
    engine = engine or engines.current()
    query = understood(query, engine=engine)
    if query.sort is Sort.DISTANCE and query.place is None:
        query = replace(query, sort=Sort.FIT)
    for _ in range(TRIES):
        try:
            return _found(query, engine, clock.today(), results_only)
        except Moved:
            continue
    raise BadQuery({"q": ["The listings are being changed at this moment: please ask again."]})


def _found(query: Query, engine: Engine, today: date, results_only: bool) -> Found:
    """One answer out of one state of the index. Raises Moved where that is gone before it was read."""
    candidates = engine.search(query, facets=not results_only)
    scores = score(candidates.rows, query, today=today)
    results = _page(candidates, scores, query)
    if results_only:
        return Found(query=query, total=candidates.total, results=results, near_misses=(), facets={}, sort=query.sort, perhaps=())
    few = candidates.total < BELOW and query.page == 1
    unsure = perhaps(query, engine, today=today) if query.page * query.page_size >= candidates.total else ()
    return Found(
        query=query,
        total=candidates.total,
        results=results,
        near_misses=near_misses(query, {result.id for result in (*results, *unsure)}, engine, today=today) if few else (),
        facets=_facets(candidates, engine),
        sort=query.sort,
        perhaps=unsure,
    )


def _page(candidates: Candidates, scores: Scores, query: Query) -> tuple[Result, ...]:
    """The page's services with their reasons; only these are read."""
    begin = (query.page - 1) * query.page_size - candidates.first
    rows = candidates.rows
    shown = ranked(scores, query.sort, begin, begin + query.page_size)
    at = np.array(shown, np.int64)
    results = []
    for each, documents, numbers, is_open in zip(
        shown, candidates.documents(shown), rows.numbers_of(at), rows.open[at].tolist(), strict=True
    ):
        fitting = tuple(documents[number] for number in numbers)
        results.append(result_of(fitting, explained(scores, each, documents[0], query), open_now=_OPEN.get(is_open)))
    return tuple(results)


def map_of(box: Box | None, zoom: int, query: Query, *, engine: Engine | None = None) -> Map:
    """What a map shows for a query: the same services as the list, inside the box. Raises BadQuery as `find` does."""
    engine = engine or engines.current()
    return engine.clusters(box, zoom, understood(query, engine=engine))


def understood(query: Query, *, engine: Engine | None = None) -> Query:
    """The query with everything filled in that its words mean today. Raises BadQuery for a place or a need that is not known."""
    words = words_of(engine or engines.current())
    unknown = [slug for slug in query.need if slug not in words.vocabulary.names]
    if unknown:
        # A link may still name a need that was merged into another.
        query = replace(query, need=tuple(today(query.need)))
        unknown = [slug for slug in query.need if slug not in words.vocabulary.names]
    if unknown:
        new = set(Need.objects.filter(pk__in=unknown).values_list("pk", flat=True))
        if missing := [slug for slug in unknown if slug not in new]:
            raise BadQuery({"need": [f"There is no need called {slug}." for slug in missing]})
        # A need that was added after the words were read.
        forget()
        words = words_of(engine or engines.current())
    now, called = clock.now(), tuple(words.vocabulary.names.get(slug, "") for slug in query.need)
    return replace(understand(query, words, now=now), called=called, on=clock.local(now).date(), minute=int(now.timestamp() // 60))


def _facets(candidates: Candidates, engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Most frequent first, then by name; words of whom it is for as people write them."""
    counted: dict[str, Mapping[str, int]] = dict(candidates.facets)
    if counted.get("who"):
        written = engine.lexicon().written_as(counted["who"])
        counted["who"] = {written[stem]: count for stem, count in counted["who"].items() if stem in written}
    return {
        field: [{"slug": value, "count": count} for value, count in sorted(sorted(counts.items()), key=itemgetter(1), reverse=True)]
        for field, counts in counted.items()
    }
