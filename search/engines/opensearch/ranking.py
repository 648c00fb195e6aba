"""The order in which the node looks for the likeliest: the points of search.scoring, as near as the node works them out without a script.

The last word on the order is that of search.scoring, which goes over the services that come up here.
"""

from typing import Any

from directory import clock
from search.engines.arrays import Floats
from search.engines.opensearch.mapping import ALONE, FRESH_DAY, OVER, SEVERAL, faded
from search.engines.opensearch.queries import RING_MILES, Asked, Clause, any_of, around, circled, every, one_of, stated, there
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
    # Every service has some standing; that one clause must be met lets the node work through them in runs.
    return {"bool": {"filter": fits, "should": should, "minimum_should_match": 1}}


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
    """The points of the document that reaches the place best; or by how they reach every spot."""
    query = asked.query
    if query.place is None:
        return []
    # Where reach is left out, what lies beyond the limit goes by its distance, too.
    beyond = "reach" not in asked.places
    fits = [{"term": {f"{SEVERAL}mixed": True}}, *(each(SEVERAL) for field, each in asked.places.items() if field != "reach")]
    several = {"bool": {"filter": fits, "must": [_reach_of(query, SEVERAL, beyond=beyond)]}}
    over = [_worth(REACH * share, {"term": {"over": how}}) for how, share in zip(OVER, (COVERED, REMOTE_STATED, NOT_STATED), strict=True)]
    here = [_reach_of(query, ALONE, beyond=beyond), {"nested": {"path": "places", "score_mode": "max", "query": several}}]
    return [{"dis_max": {"queries": [*over, *here]}}]


def _reach_of(query: Query, at: str, *, beyond: bool) -> Clause:
    """Near fades by a curve that begins and, at the limit, ends where the straight line of search.scoring does.

    What covers the place from afar counts as much as what does from near by, and the corners of a circle's square as the circle:
    looking closer took the node longer than all the rest.
    """
    assert query.place is not None
    spot = query.place
    miles = limit(query)
    pivot = miles * (NEAREST - NEAR_FADES) / NEAR_FADES
    fading: Clause = {
        "distance_feature": {
            "field": f"{at}free_geo",
            "origin": [spot.lon, spot.lat],
            "pivot": f"{pivot!r}mi",
            "boost": REACH * NEAREST,
        }
    }
    if not beyond:
        # The node would look up the distance of everybody.
        fading = {"bool": {"filter": [around(spot, miles + RING_MILES, f"{at}free_geo")], "must": [fading]}}
    holds = any_of(stated(spot, at), every(circled(spot, at)))
    return {"dis_max": {"queries": [_worth(REACH * COVERED, holds), fading]}}


def _wishes(asked: Asked) -> list[Clause]:
    """What was asked of access, language, cost and for whom, where a filter lets others through, too; and open at the time asked for."""
    query = asked.query
    clauses = []
    each = ACCESS / max(1, asked_of(query))
    if query.who:
        clauses.append(_worth(each, {"term": {"told": True}}))
    if "language" in query.wished and query.language:
        clauses.append(_worth(each, {"term": {"language": query.language}}))
    if "free" in query.wished and query.free:
        clauses.append(_worth(each, {"term": {"free": True}}))
    if "access" in query.wished:
        clauses += [_worth(each, one_of("yes", [fact])) for fact in query.access]
    if "open" in query.wished and "open" in asked.services:
        clauses.append(_worth(OPEN_SPACE // 2, {"term": {"days": query.open}} if query.open != "now" else there("hours_sure")))
    return clauses
