"""When little or nothing fits: what comes nearest, and plainly why it does not fit. Pure but for the engine passed in."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from search import tokens
from search.engines.base import Document, Engine, Hit
from search.geometry import miles_between
from search.query import Query
from search.reach import limit, miles_to, way
from search.results import Result, result_of
from search.scoring import DAY_NAMES, miles_text, score

BELOW = 3
MOST = 5
FARTHEST_MILES = 25.0
CONSIDERED = 200


def near_misses(query: Query, found: Collection[str], engine: Engine, *, today: date) -> tuple[Result, ...]:
    """At most MOST services that speak to the question but fail its place or filters, the nearest to fitting first."""
    wide = replace(query, mode=(), free=False, access=(), language="", who="", only=None, bbox=None)
    missed = []
    for hit in engine.search(wide, limit=CONSIDERED, everywhere=True).hits:
        reasons = why_not(hit, query)
        miles = _miles(hit, query)
        if hit.service in found or not reasons or not _speaks_to(hit, query) or (miles is not None and miles > FARTHEST_MILES):
            continue
        scored = score(hit, query, today=today)
        order = (len(reasons), miles if miles is not None else 0.0, -scored.points, hit.documents[0].name.casefold(), hit.service)
        missed.append((order, result_of(hit, scored, why_not=". ".join(reasons))))
    return tuple(result for _, result in sorted(missed, key=lambda pair: pair[0])[:MOST])


def _speaks_to(hit: Hit, query: Query) -> bool:
    """Whether it meets a need in question, where any need was understood; a stray word alone makes no near miss."""
    return not query.needs or bool({guess.slug for guess in query.needs}.intersection(hit.documents[0].needs))


def why_not(hit: Hit, query: Query) -> list[str]:
    """Every reason why a service does not fit the place and the filters of a query, in plain words."""
    document = hit.documents[0]
    reasons = []
    if query.place is not None and not any(way(each, query) for each in hit.documents):
        reasons.append(_out_of_reach(hit, query))
    if query.mode and not set(query.mode).intersection(document.modes):
        reasons.append(f"Not offered {_listed([MODE_WORDS[mode] for mode in query.mode])}")
    if query.free and not document.free:
        reasons.append("Not known to be free")
    reasons += [_access(fact, hit) for fact in query.access if not any(f"{fact}:yes" in each.access for each in hit.documents)]
    if query.language and query.language not in document.languages:
        reasons.append(f"{query.language.capitalize()} is not among its languages: phone to ask")
    reasons += _not_for(document, query)
    if query.only is not None and hit.service not in query.only:
        reasons.append("Not open now, or its times are not known" if query.open == "now" else f"Not on {DAY_NAMES[query.open]}")
    return reasons


MODE_WORDS = {"place": "at a place", "home": "at home", "online": "online", "phone": "by phone", "outreach": "as outreach"}


def _miles(hit: Hit, query: Query) -> float | None:
    """How far away the service is: to its place, or beyond the edge of its circle."""
    spot = query.place
    if spot is None:
        return None
    ways = [miles_to(document, spot) for document in hit.documents]
    ways += [_beyond(document, query) for document in hit.documents]
    return min((miles for miles in ways if miles is not None), default=None)


def _beyond(document: Document, query: Query) -> float | None:
    """Miles to the nearest edge of its circles; None without any."""
    spot = query.place
    if spot is None or not document.circles:
        return None
    return min(max(0.0, miles_between(spot.lat, spot.lon, lat, lon) - miles) for lat, lon, miles in document.circles)


def _out_of_reach(hit: Hit, query: Query) -> str:
    document = hit.documents[0]
    circles = [miles for miles in (_beyond(each, query) for each in hit.documents) if miles is not None]
    if circles:
        away = miles_text(min(circles)).removesuffix(" away") if min(circles) >= 0.1 else "Just"
        return f"{away} outside their area: phone to ask"
    if document.limited:
        served = _listed(list(document.area_names[:3])) or "another area"
        return f"Serves {served}: phone to ask"
    miles = _miles(hit, query)
    return f"{miles_text(miles or 0.0)}, more than {limit(query):g} miles"


def _access(fact: str, hit: Hit) -> str:
    words = fact.replace("_", " ").replace("step free", "step-free access").capitalize()
    return f"{words}: no" if any(f"{fact}:no" in document.access for document in hit.documents) else f"{words}: not known, phone to ask"


def _not_for(document: Document, query: Query) -> list[str]:
    age = query.age
    if age is None:
        asked = set(tokens.tokens(query.who))
        return ["Meant for others: phone to ask"] if asked and document.who and not asked.intersection(document.who) else []
    if document.min_age is not None and age < document.min_age:
        return [f"From age {document.min_age:g}"]
    if document.max_age is not None and age > document.max_age:
        return [f"Up to age {document.max_age:g}"]
    return []


def _listed(words: list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
