"""When little or nothing fits: what comes nearest, and plainly why it does not fit. Pure but for the engine passed in."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from search import tokens
from search.engines.base import Candidates, Document, Engine
from search.engines.rows import YES, Ints
from search.geometry import miles_between
from search.query import Query, Sort
from search.reach import OUT_OF_REACH, limit
from search.reasons import DAY_NAMES, explained, fact_not_known, fact_title, listed, miles_text
from search.results import Result, result_of
from search.scoring import Scores, score

BELOW = 3
MOST = 5
FARTHEST_MILES = 25.0
CONSIDERED = 40


def near_misses(query: Query, found: Collection[str], engine: Engine, *, today: date) -> tuple[Result, ...]:
    """At most MOST services that speak to the question but fail its place or filters, the nearest to fitting first. Raises Moved.

    Where nothing was asked but filters, there is nothing to speak to.
    """
    if not (query.asks or query.need or query.place):
        return ()
    wide = replace(
        query,
        mode=(),
        free=False,
        access=(),
        language="",
        who="",
        open="",
        days=(),
        during=None,
        wished=frozenset(),
        bbox=None,
        sort=Sort.FIT,
        page=1,
    )
    candidates = engine.search(wide, everywhere=True, facets=False)
    scores = score(candidates.rows, query=wide, today=today)
    at = _likeliest(scores, query)
    # Where only an access is not known, search.perhaps tells it.
    not_known = set() if "access" in query.wished else {fact_not_known(fact) for fact in query.access}
    missed = []
    for each, documents in zip(at.tolist(), candidates.documents(at), strict=True):
        reasons = why_not(documents, query, reaches=bool(scores.reach[each]), open_then=_open_then(candidates, each, documents, query))
        miles = _miles(documents, query)
        if documents[0].service in found or not reasons or not_known.issuperset(reasons) or (miles is not None and miles > FARTHEST_MILES):
            continue
        scored = explained(scores, each, documents[0], wide)
        order = (len(reasons), miles if miles is not None else 0.0, -scored.points, documents[0].name.casefold(), documents[0].service)
        opened = {1: True, 0: False}.get(int(candidates.rows.open[each]))
        missed.append((order, result_of(documents, scored, open_now=opened, why_not=". ".join(reasons))))
    return tuple(result for _, result in sorted(missed, key=lambda pair: pair[0])[:MOST])


def _likeliest(scores: Scores, query: Query) -> Ints:
    """Those that speak to a need in question, where any was understood (a stray word alone makes no near miss): the nearest of them first."""
    rows = scores.rows
    speaks = scores.parts[0] > 0 if query.needs else np.ones(len(rows), bool)
    miles = np.nan_to_num(rows.miles[scores.best])
    out = (scores.reach == OUT_OF_REACH).astype(np.int64) if query.place is not None else np.zeros(len(rows), np.int64)
    failed = out + (query.free & ~rows.free)
    at = np.flatnonzero(speaks & (miles <= FARTHEST_MILES))
    return at[np.lexsort((rows.order[at], -scores.points[at], miles[at], failed[at]))][:CONSIDERED]


def _open_then(candidates: Candidates, at: int, documents: Sequence[Document], query: Query) -> bool:
    """Whether it is surely open at the time asked for; of a part of a day (tonight), whether it may be."""
    if query.open == "now" and candidates.rows.open[at] != YES:
        return False
    if query.during is not None and documents[0].hours_to is not None:
        begins, ends = query.during
        return any(opens < ends and begins < closes for opens, closes, _ in documents[0].hours)
    days = {query.open} - {"now", ""} or set(query.days)
    return not days or bool(days.intersection(documents[0].days))


def why_not(documents: Sequence[Document], query: Query, *, reaches: bool = True, open_then: bool = True) -> list[str]:
    """Every reason why a service does not fit the place and the filters of a query, in plain words.

    `reaches`: does any of its documents reach the place; `open_then`: is it surely open at the time asked for.
    """
    document = documents[0]
    reasons = []
    if query.place is not None and not reaches:
        reasons.append(_out_of_reach(documents, query))
    if query.mode and not set(query.mode).intersection(document.modes):
        reasons.append(f"Not offered {listed([MODE_WORDS[mode] for mode in query.mode], 'or')}")
    if query.free and not document.free:
        reasons.append("Not known to be free" if document.free is None else "Not free")
    reasons += [_access(fact, documents) for fact in query.access if not any(f"{fact}:yes" in each.access for each in documents)]
    if query.language and query.language not in document.languages:
        reasons.append(f"{query.language.capitalize()} is not among its languages: phone to ask")
    reasons += _not_for(document, query)
    if not open_then:
        reasons.append(_closed(query))
    return reasons


MODE_WORDS = {"place": "at a place", "home": "at home", "online": "online", "phone": "by phone", "outreach": "as outreach"}


def _closed(query: Query) -> str:
    if query.open == "now":
        return "Not open now, or its times are not known"
    if query.during is not None:
        return f"Not open {next((wish.value for wish in query.wishes if wish.field == 'open'), 'then')}"
    return f"Not on {listed([DAY_NAMES[day] for day in ((query.open,) if query.open else query.days)], 'or')}"


def _miles(documents: Sequence[Document], query: Query) -> float | None:
    """How far away the service is: to its place, or beyond the edge of its circle."""
    spot = query.place
    if spot is None:
        return None
    ways = [miles_between(spot.lat, spot.lon, each.place.lat, each.place.lon) for each in documents if each.place is not None]
    return min([*ways, *_beyond(documents, query)], default=None)


def _beyond(documents: Sequence[Document], query: Query) -> list[float]:
    """Miles to the edges of its circles; 0 inside."""
    spot = query.place
    if spot is None:
        return []
    circles = (circle for each in documents for circle in each.circles)
    return [max(0.0, miles_between(spot.lat, spot.lon, lat, lon) - miles) for lat, lon, miles in circles]


def _out_of_reach(documents: Sequence[Document], query: Query) -> str:
    document = documents[0]
    circles = _beyond(documents, query)
    if circles:
        away = miles_text(min(circles)) if min(circles) >= 0.1 else "Just"
        return f"{away} outside their area: phone to ask"
    if document.limited:
        served = listed(document.area_names[:3], "or") or "another area"
        return f"Serves {served}: phone to ask"
    return f"{miles_text(_miles(documents, query) or 0.0)} away, further than {limit(query):g} {'mile' if limit(query) == 1 else 'miles'}"


def _access(fact: str, documents: Sequence[Document]) -> str:
    return f"{fact_title(fact)}: no" if any(f"{fact}:no" in document.access for document in documents) else fact_not_known(fact)


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
