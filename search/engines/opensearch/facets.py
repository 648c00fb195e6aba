"""How many services each further choice would leave, counted by the node: every field under all filters but its own."""

from collections.abc import Iterable, Mapping
from typing import Any

from search.engines.base import FACETS, WHO_MOST
from search.engines.opensearch.mapping import SEVERAL
from search.engines.opensearch.queries import Asked, every, none_of, open_during, there
from search.query import ACCESS_FACTS

# There are fewer needs, kinds and languages than this.
VALUES_MOST = 2000
# Fields whose facets are counted together, since one filter is theirs.
_ALIKE = {"access_unknown": "access"}
_ACCESS = frozenset(("access", "access_unknown"))

Counts = Mapping[str, Mapping[str, int]]


def requests(asked: Asked) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
    """(fields, request) for as few requests as there are different filters to be left out."""
    by_filter: dict[str, list[str]] = {}
    for field in FACETS:
        own = _ALIKE.get(field, field)
        by_filter.setdefault(own if own in asked.services or own in asked.places else "", []).append(field)
    return [(tuple(fields), _request(asked, own, fields)) for own, fields in by_filter.items()]


def _request(asked: Asked, own: str, fields: Iterable[str]) -> dict[str, Any]:
    aggregations: dict[str, Any] = {}
    for field in fields:
        aggregations |= _aggregations(asked, field)
    return {"size": 0, "track_total_hits": True, "query": every(asked.clauses(own)), "aggs": aggregations}


def _aggregations(asked: Asked, field: str) -> dict[str, Any]:
    if field == "open":
        minute = asked.query.minute
        now = {"now": {"filter": open_during(minute, minute + 1)}} if minute is not None else {}
        return {"days": _terms("days"), **now}
    if field == "who":
        return {"who": _terms("who", WHO_MOST), "silent": {"filter": none_of(there("who"))}}
    if field in _ACCESS:
        return _access(asked, "yes" if field == "access" else "known")
    return {field: _terms(field)}


def _access(asked: Asked, told: str) -> dict[str, Any]:
    """Who has, or says, a fact at any place that fits; where nothing is asked of places, all of them do."""
    places = asked.documents("access")
    if not places:
        return {told: _terms(told)}
    inside = {
        "filter": every(each(SEVERAL) for each in places),
        "aggs": {"facts": {**_terms(f"{SEVERAL}{told}"), "aggs": {"of": {"reverse_nested": {}}}}},
    }
    return {
        told: {"filter": {"term": {"alone": True}}, "aggs": {"facts": _terms(told)}},
        f"{told}_several": {"nested": {"path": "places"}, "aggs": {"inside": inside}},
    }


def _terms(field: str, most: int = VALUES_MOST) -> dict[str, Any]:
    return {"terms": {"field": field, "size": most, "order": [{"_count": "desc"}, {"_key": "asc"}]}}


def read(asked: Asked, fields: Iterable[str], answer: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """The counts out of the answer to one of `requests`."""
    found = answer.get("aggregations")
    if found is None:
        return {field: {} for field in fields}
    total = int(answer["hits"]["total"]["value"])
    return {field: _counted(field, found, total) for field in fields}


def _counted(field: str, found: Mapping[str, Any], total: int) -> dict[str, int]:
    if field == "open":
        now = found.get("now", {}).get("doc_count", 0)
        return ({"now": now} if now else {}) | _buckets(found["days"])
    if field == "who":
        silent = found["silent"]["doc_count"]
        return {word: count + silent for word, count in _buckets(found["who"]).items()}
    if field == "access":
        return _facts(found, "yes")
    if field == "access_unknown":
        known = _facts(found, "known")
        return {fact: total - known.get(fact, 0) for fact in ACCESS_FACTS if total > known.get(fact, 0)}
    if field == "free":
        free = _buckets(found["free"]).get("true", 0)
        return {"yes": free} if free else {}
    return _buckets(found[field])


def _facts(found: Mapping[str, Any], told: str) -> dict[str, int]:
    if f"{told}_several" not in found:
        return _buckets(found[told])
    counts = _buckets(found[told]["facts"])
    for bucket in found[f"{told}_several"]["inside"]["facts"]["buckets"]:
        counts[bucket["key"]] = counts.get(bucket["key"], 0) + bucket["of"]["doc_count"]
    return counts


def _buckets(found: Mapping[str, Any]) -> dict[str, int]:
    return {str(bucket.get("key_as_string", bucket["key"])): int(bucket["doc_count"]) for bucket in found["buckets"]}
