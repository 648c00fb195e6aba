"""The order in which the node looks for the likeliest: the points of search.scoring, as near as the node works them out without a script.

The last word on the order is that of search.scoring, which goes over the services that come up here.
"""

from typing import Any

from directory import clock
from search.engines.opensearch.mapping import ALONE, FRESH_DAY, SEVERAL, faded
from search.engines.opensearch.queries import Asked, Clause, any_of, every, near, none_of, one_of, there
from search.engines.opensearch.queries import covered as held_by
from search.engines.rows import Floats
from search.query import Query, Sort
from search.reach import limit
from search.scoring import (
    ACCESS,
    COVERED,
    COVERED_FAR,
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
    """How the node sorts; what is equal goes by name, then by id."""
    if sort is Sort.NAME:
        return TIES
    if sort is Sort.DISTANCE and query.place is not None:
        here = {"lat": query.place.lat, "lon": query.place.lon}
        return [{"_geo_distance": {"near": here, "order": "asc", "unit": "mi", "mode": "min"}}, *TIES]
    return ["_score", *TIES]


def likeliest(asked: Asked, weights: Floats, sort: Sort) -> Clause:
    """The query whose score is about that of search.scoring; without a score where something else sorts. Its words are named, n0 and w0 on."""
    query = asked.query
    words = _words(query, weights)
    if sort is not Sort.FIT:
        # Which words are held is asked of the few that come up only.
        return {"bool": {"filter": asked.clauses(), "should": words}}
    should = [*_needs(query), *words, *_reach(asked), *_wishes(asked)]
    today = clock.today().toordinal()
    return {
        "function_score": {
            "query": {"bool": {"filter": asked.clauses(), "should": should}} if should else every(asked.clauses()),
            "functions": [
                {"field_value_factor": {"field": "room", "missing": 0}},
                {"field_value_factor": {"field": "fresh", "factor": faded(today - FRESH_DAY), "missing": 0}},
            ],
            "score_mode": "sum",
            "boost_mode": "sum" if should else "replace",
        }
    }


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
    alone = {"bool": {"filter": [{"term": {"alone": True}}], "must": [_reach_of(query, ALONE)]}}
    fitting = [each(SEVERAL) for each in asked.documents()]
    several = {"bool": {"filter": fitting, "must": [_reach_of(query, SEVERAL)]}}
    return [alone, {"nested": {"path": "places", "score_mode": "max", "query": several}}]


def _reach_of(query: Query, at: str) -> Clause:
    assert query.place is not None
    spot, miles = query.place, limit(query)
    inside, close = held_by(spot, at), near(spot, miles, at)
    coming, remote, placed, limited = ({"term": {f"{at}{name}": True}} for name in ("coming", "remote", "placed", "limited"))
    fading = {
        "function_score": {
            "query": every((close, none_of(limited))),
            "linear": {
                f"{at}geo": {"origin": {"lat": spot.lat, "lon": spot.lon}, "scale": f"{miles}mi", "decay": 1 - NEAR_FADES / NEAREST}
            },
            "boost": REACH * NEAREST,
            "boost_mode": "multiply",
        }
    }
    return {
        "dis_max": {
            "queries": [
                _worth(REACH, every((inside, coming))),
                _worth(REACH * COVERED, every((inside, any_of(close, none_of(placed))))),
                _worth(REACH * COVERED_FAR, inside),
                fading,
                _worth(REACH * REMOTE_STATED, every((remote, none_of(limited, close)))),
                _worth(REACH * NOT_STATED, none_of(limited, close, remote)),
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
