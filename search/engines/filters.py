"""The filters of a query as truths about columns: of services, and of documents. What is not known passes only where it was wished."""

from collections.abc import Iterator

import numpy as np

from search import tokens
from search.engines.arrays import NO, UNKNOWN, YES, Bools, Ints
from search.engines.columns import Columns, Labels
from search.engines.hours import open_during
from search.query import ACCESS_FACTS, DAYS, MODES, Query


def service_filters(columns: Columns, labels: Labels, query: Query, open_now: Ints) -> Iterator[tuple[str, Bools]]:
    """The filters of services that are set; for wishes, what is not known passes."""
    head = columns.head
    if query.need:
        yield "need", columns.needs.holding(labels.number("need", slug) for slug in query.need)
    if query.mode:
        modes = head["modes"]
        chosen = sum(1 << MODES.index(mode) for mode in query.mode)
        yield "mode", _wished((modes & chosen) > 0, modes == 0, "mode", query)
    if query.kind:
        yield "kind", np.isin(head["kind"], [labels.number("kind", kind) for kind in query.kind])
    if query.free:
        yield "free", _wished(head["free"] == YES, head["free"] == UNKNOWN, "free", query)
    if query.language:
        yield "language", _wished(speaks(columns, labels, query), columns.languages.lengths == 0, "language", query)
    if query.who:
        yield "who", _meant_for(columns, labels, query)
    if query.open or query.days or query.during:
        state = opens(columns, query, open_now)
        yield "open", _wished(state == YES, state == UNKNOWN, "open", query)


def place_filters(columns: Columns, query: Query, boxed: bool) -> Iterator[tuple[str, Bools]]:
    places = columns.places
    if query.access:
        known = places["yes"] | ~places["no"] if "access" in query.wished else places["yes"]
        wanted = sum(fact_bit(fact) for fact in query.access)
        yield "access", (known & wanted) == wanted
    if query.bbox is not None and boxed:
        box = query.bbox
        lat, lon = places["lat"], places["lon"]
        yield "bbox", np.isnan(lat) | ((lat >= box.south) & (lat <= box.north) & (lon >= box.west) & (lon <= box.east))


def opens(columns: Columns, query: Query, open_now: Ints) -> Ints:
    """Whether each service is open at the time that is asked for (all of what is asked): YES, NO or UNKNOWN; NO where no time is asked."""
    asked = []
    if query.open == "now":
        asked.append(open_now)
    for days in ((query.open,) if query.open in DAYS else (), query.days):
        if days:
            wanted = sum(1 << DAYS.index(day) for day in days)
            there = (columns.head["days"] & wanted) > 0
            asked.append(np.where(there, YES, np.where(columns.head["hours_to"] < 0, UNKNOWN, NO)))
    if query.during is not None:
        asked.append(open_during(columns, *query.during))
    if not asked:
        return np.zeros(len(columns), np.int8)
    together = np.stack(asked)
    state: Ints = np.where((together == NO).any(axis=0), NO, np.where((together == UNKNOWN).any(axis=0), UNKNOWN, YES))
    return state


def speaks(columns: Columns, labels: Labels, query: Query) -> Bools:
    return columns.languages.holding([labels.number("language", query.language)]) if query.language else np.zeros(len(columns), bool)


def fact_bit(fact: str) -> int:
    return 1 << ACCESS_FACTS.index(fact)


def _meant_for(columns: Columns, labels: Labels, query: Query) -> Bools:
    """An age must lie within the ages stated; words must be among those for whom it is. What is not stated shuts nobody out."""
    age = query.age
    if age is not None:
        return ~((columns.head["min_age"] > age) | (columns.head["max_age"] < age))
    words = tokens.tokens(query.who)[: tokens.QUERY_TOKENS_MAX]
    if not words:
        return np.ones(len(columns), bool)
    return columns.who.holding(labels.number("who", word) for word in words) | (columns.who.lengths == 0)


def _wished(surely: Bools, unknown: Bools, field: str, query: Query) -> Bools:
    return surely | unknown if field in query.wished else surely
