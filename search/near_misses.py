"""When little or nothing fits: what comes nearest, and plainly why it does not fit. Pure but for the engine passed in."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

import numpy as np

from search import tokens
from search.engines.arrays import NO, YES, Bools, Floats, Ints
from search.engines.base import Candidates, Engine
from search.engines.columns import Columns
from search.engines.document import Document
from search.engines.filters import fact_bit, opens, service_filters
from search.geometry import miles_between, miles_from
from search.query import Query, Sort
from search.reach import OUT_OF_REACH, limit
from search.reasons import DAY_NAMES, explained, fact_not_known, fact_title, listed, miles_text
from search.results import Result, result_of
from search.scoring import Scores, score

BELOW = 3
MOST = 5
FARTHEST_MILES = 25.0
CONSIDERED = 40
# So many are read at once: those that are shown, and a few for those that stand in the list itself.
READ = MOST + BELOW


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
    failing = _failing(scores, at, query)
    return tuple(islice(_told(candidates, scores, at, failing, query, wide, found), MOST))


def _told(
    candidates: Candidates, scores: Scores, at: Ints, failing: "_Failing", query: Query, wide: Query, found: Collection[str]
) -> Iterator[Result]:
    """The near misses among these services, the nearest to fitting first; they are read a few at a time."""
    rows = candidates.rows
    near = np.flatnonzero(failing.tells & ~(failing.miles > FARTHEST_MILES))
    order = (rows.order[at], -scores.points[at], np.nan_to_num(failing.miles), failing.many)
    near = near[np.lexsort([each[near] for each in order])]
    for begin in range(0, len(near), READ):
        some = near[begin : begin + READ]
        for number, documents in zip(some.tolist(), candidates.documents(at[some]), strict=True):
            each = int(at[number])
            if documents[0].service in found:
                continue
            reasons = why_not(documents, query, reaches=bool(scores.reach[each]), open_then=not failing.shut[number])
            opened = {YES: True, NO: False}.get(int(rows.open[each]))
            yield result_of(documents, explained(scores, each, documents[0], wide), open_now=opened, why_not=". ".join(reasons))


@dataclass(frozen=True, slots=True)
class _Failing:
    """For a few services: how many reasons `why_not` gives, whether it is `shut` at the time asked for, and how far away it is (or nan).

    `tells`: there is a reason, and another than that an access is not known, which search.perhaps tells.
    """

    many: Ints
    tells: Bools
    shut: Bools
    miles: Floats


def _failing(scores: Scores, at: Ints, query: Query) -> _Failing:
    """What `why_not` would say, counted in columns: most of the services that are considered need not be read."""
    rows = scores.rows
    few, open_now = rows.columns.some(rows.services[at]), rows.open[at]
    surely = replace(query, wished=frozenset(), need=(), kind=(), open="", days=(), during=None)
    failed = [~passed for _, passed in service_filters(few, rows.labels, surely, open_now)]
    if query.place is not None:
        failed.append(scores.reach[at] == OUT_OF_REACH)
    shut = np.zeros(len(at), bool)
    if query.open or query.days or query.during:
        state = opens(few, query, open_now)
        # Of a part of a day (tonight) it counts whether it may be open.
        shut = state == NO if query.during is not None else state != YES
    yes, no = ([few.any_of((few.places[name] & fact_bit(fact)) > 0) for fact in query.access] for name in ("yes", "no"))
    many = sum([*failed, shut, *(~there for there in yes)], np.zeros(len(at), np.int64))
    not_known = sum((~there & ~lacking for there, lacking in zip(yes, no, strict=True)), np.zeros(len(at), np.int64))
    tells = many > (0 if "access" in query.wished else not_known)
    return _Failing(many, tells, shut, _miles_to(few, query))


def _miles_to(few: Columns, query: Query) -> Floats:
    """What `_miles` gives for each service."""
    spot = query.place
    if spot is None or not len(few):
        return np.full(len(few), np.nan)
    miles = miles_from(spot.lat, spot.lon, few.places["lat"], few.places["lon"])
    around = few.circles.items
    beyond = np.maximum(0.0, miles_from(spot.lat, spot.lon, around[:, 0], around[:, 1]) - around[:, 2])
    np.fmin.at(miles, few.circles.owner, beyond)
    nearest: Floats = np.fmin.reduceat(miles, few.first[:-1])
    return nearest


def _likeliest(scores: Scores, query: Query) -> Ints:
    """Those that speak to a need in question, where any was understood (a stray word alone makes no near miss): the nearest of them first."""
    rows = scores.rows
    speaks = scores.parts[0] > 0 if query.needs else np.ones(len(rows), bool)
    miles = np.nan_to_num(rows.miles[scores.best])
    out = (scores.reach == OUT_OF_REACH).astype(np.int64) if query.place is not None else np.zeros(len(rows), np.int64)
    failed = out + (query.free & ~rows.free)
    at = np.flatnonzero(speaks & (miles <= FARTHEST_MILES))
    return at[np.lexsort((rows.order[at], -scores.points[at], miles[at], failed[at]))][:CONSIDERED]


def why_not(documents: Sequence[Document], query: Query, *, reaches: bool = True, open_then: bool = True) -> list[str]:
    """Every reason why a service does not fit the place and the filters of a query, in plain words.

    `reaches`: does any of its documents reach the place; `open_then`: is it surely open at the time asked for, or may be in a part of a day.
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
    circles = _beyond(documents, query)
    if circles:
        away = miles_text(min(circles)) if min(circles) >= 0.1 else "Just"
        return f"{away} outside their area: phone to ask"
    # Of several places, the one without a stated area is the one that is too far.
    if all(document.limited for document in documents):
        names = dict.fromkeys(name for document in documents for name in document.area_names)
        served = listed(list(names)[:3], "or") or "another area"
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
