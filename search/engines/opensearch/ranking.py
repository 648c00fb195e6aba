"""The order in which the node looks for the likeliest: the points of search.scoring, as near as the node works them out without a script.

The last word on the order is that of search.scoring, which goes over the services that come up here.
"""

from typing import Any

from directory import clock
from search.engines.opensearch.mapping import ALONE, FRESH_DAY, SEVERAL, faded
from search.engines.opensearch.queries import Asked, Clause, any_of, one_of, there
from search.engines.opensearch.queries import covered as held_by
from search.engines.rows import Floats
from search.query import Query, Sort
from search.reach import limit
from search.scoring import (
    ACCESS,
    COVERED,
    NEAR_FADES,
    NEAREST,
    NEED,
    NOT_STATED,
    OPEN_SPACE,
    REACH,
    REMOTE_STATED,
    TEXT,
    asked_of,
)
from search.textscore import IN_NAME, IN_TEXT

TIES: list[Any] = ["sort", "service"]


def order(query: Query, sort: Sort) -> list[Any]:
    """How the node sorts; what is equal always goes the same way."""
    if sort is Sort.NAME:
        return TIES
    if sort is Sort.DISTANCE and query.place is not None:
        here = {"lat": query.place.lat, "lon": query.place.lon}
        return [{"_geo_distance": {"near": here, "order": "asc", "unit": "mi", "mode": "min"}}, "tie"]
    return ["_score", "tie"]


def likeliest(asked: Asked, weights: Floats, sort: Sort) -> Clause:
    """The query whose score is about that of search.scoring; without a score where something else sorts. Its words are named, n0 and w0 on."""
    query = asked.query
    words = _words(query, weights)
    # Without a filter, one of the others would have to be met.
    fits = asked.clauses() or [{"match_all": {}}]
    if sort is not Sort.FIT:
        # Which words are held is asked of the few that come up only.
        return {"bool": {"filter": fits, "should": words}}
    should = [*_needs(query), *words, *_reach(asked), *_wishes(asked), *_standing()]
    return {"bool": {"filter": fits, "should": should}}


def _standing() -> list[Clause]:
    """The points that nobody asks for: free spaces, and how long ago it was checked."""
    left = faded(clock.today().toordinal() - FRESH_DAY)
    return [{"rank_feature": {"field": field, "linear": {}, "boost": boost}} for field, boost in (("room", 1.0), ("fresh", left))]


def _worth(points: float, clause: Clause, name: str = "") -> Clause:
    """So many points for whoever passes."""
    named = {"_name": name} if name else {}
    return {"constant_score": {"filter": clause, "boost": max(points, 1e-6), **named}}


def _needs(query: Query) -> list[Clause]:
    """The likeliest need counts whole, each further one a part of what doubt is left."""
    if not query.needs:
        return []
    surest = max(guess.confidence for guess in query.needs)
    met = [_worth(NEED * guess.confidence, {"term": {"need": guess.slug}}) for guess in query.needs]
    return [{"dis_max": {"queries": met, "tie_breaker": 1 - surest}}]


def _words(query: Query, weights: Floats) -> list[Clause]:
    clauses = []
    for at, (word, weight) in enumerate(zip(query.words, weights.tolist(), strict=True)):
        clauses.append(_worth(TEXT * weight * IN_TEXT, {"term": {"words": word}}, f"w{at}"))
        clauses.append(_worth(TEXT * weight * (IN_NAME - IN_TEXT), {"term": {"name": word}}, f"n{at}"))
    return clauses


def _reach(asked: Asked) -> list[Clause]:
    """The points of the document that reaches the place best."""
    query = asked.query
    if query.place is None:
        return []
    several = {"bool": {"filter": [each(SEVERAL) for each in asked.documents()], "must": [_reach_of(query, SEVERAL)]}}
    return [_reach_of(query, ALONE), {"nested": {"path": "places", "score_mode": "max", "query": several}}]


def _reach_of(query: Query, at: str) -> Clause:
    """Near fades by a curve that begins and, at the limit, ends where the straight line of search.scoring does.

    What covers the place from afar counts as much as what does from near by: telling them apart took the node longer than all the rest.
    """
    assert query.place is not None
    spot = query.place
    pivot = limit(query) * (NEAREST - NEAR_FADES) / NEAR_FADES
    fading = {"field": f"{at}free_geo", "origin": [spot.lon, spot.lat], "pivot": f"{pivot!r}mi", "boost": REACH * NEAREST}
    return {
        "dis_max": {
            "queries": [
                _worth(REACH * COVERED, held_by(spot, at)),
                {"distance_feature": fading},
                _worth(REACH * REMOTE_STATED, {"term": {f"{at}afar": True}}),
                _worth(REACH * NOT_STATED, {"term": {f"{at}anywhere": True}}),
            ]
        }
    }


def _wishes(asked: Asked) -> list[Clause]:
    """What was asked of access, language, cost and for whom, where a filter lets others through, too; and open at the time asked for."""
    query = asked.query
    clauses = []
    each = ACCESS / max(1, asked_of(query))
    if query.who:
        clauses.append(_worth(each, any_of(there("who"), there("min_age"), there("max_age"))))
    if "language" in query.wished and query.language:
        clauses.append(_worth(each, {"term": {"language": query.language}}))
    if "free" in query.wished and query.free:
        clauses.append(_worth(each, {"term": {"free": True}}))
    if "access" in query.wished:
        clauses += [_worth(each, one_of("yes", [fact])) for fact in query.access]
    if "open" in query.wished and "open" in asked.services:
        clauses.append(_worth(OPEN_SPACE // 2, {"term": {"days": query.open}} if query.open != "now" else there("hours_sure")))
    return clauses
