"""How many services each further choice would leave, counted by the node: every field under all filters but its own."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from search.engines.base import FACETS, WHO_MOST
from search.engines.opensearch.mapping import SEVERAL
from search.engines.opensearch.queries import Asked, every, open_during
from search.query import ACCESS_FACTS

# There are fewer needs, modes, kinds, languages and days together than this.
CHOICES_MOST = 3000
_CHOICES = ("need", "mode", "kind", "free", "language")
_FACTS = ("access", "access_unknown")


def requests(asked: Asked) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
    """(fields, request) for as few requests as there are different filters to be left out; the first leaves none out."""
    by_filter: dict[str, list[str]] = {"": []}
    for field in FACETS:
        own = "access" if field in _FACTS else field
        by_filter.setdefault(own if own in asked.services or own in asked.places else "", []).append(field)
    return [(tuple(fields), _request(asked, own, fields)) for own, fields in by_filter.items()]


def _request(asked: Asked, own: str, fields: Collection[str]) -> dict[str, Any]:
    aggregations: dict[str, Any] = {}
    if not {"open", *_CHOICES}.isdisjoint(fields) or "who" in fields:
        aggregations["choice"] = _terms("choice", CHOICES_MOST)
    if "open" in fields and asked.query.minute is not None:
        aggregations["now"] = {"filter": open_during(asked.query.minute, asked.query.minute + 1)}
    if "who" in fields:
        aggregations["who"] = _terms("who", WHO_MOST)
    if "access" in fields:
        aggregations |= _facts(asked)
    return {"size": 0, "track_total_hits": True, "query": every(asked.clauses(own)), "aggs": aggregations}


def _facts(asked: Asked) -> dict[str, Any]:
    """Who has, or says, a fact at any place that fits; where nothing is asked of places, all of them do."""
    places = asked.documents("access")
    if not places:
        return {"fact": _terms("fact")}
    said = {**_terms(f"{SEVERAL}fact"), "aggs": {"of": {"reverse_nested": {}}}}
    inside = {"filter": every(each(SEVERAL) for each in places), "aggs": {"fact": said}}
    return {
        "alone": {"filter": {"term": {"alone": True}}, "aggs": {"fact": _terms("fact")}},
        "several": {"nested": {"path": "places"}, "aggs": {"inside": inside}},
    }


def _terms(field: str, most: int = 2 * len(ACCESS_FACTS)) -> dict[str, Any]:
    return {"terms": {"field": field, "size": most, "order": [{"_count": "desc"}, {"_key": "asc"}]}}


def read(fields: Iterable[str], answer: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """The counts out of the answer to one of `requests`."""
    found = answer.get("aggregations")
    if found is None:  # an index without a single service
        return {field: {} for field in fields}
    counted: dict[str, dict[str, int]] = {}
    for bucket in found.get("choice", {"buckets": ()})["buckets"]:
        field, _, value = bucket["key"].partition(":")
        counted.setdefault(field, {})[value] = bucket["doc_count"]
    if found.get("now", {}).get("doc_count"):
        counted["open"] = {"now": found["now"]["doc_count"], **counted.get("open", {})}
    if "who" in found:
        silent = sum(counted.get("silent", {}).values())
        counted["who"] = {bucket["key"]: bucket["doc_count"] + silent for bucket in found["who"]["buckets"]}
    facts = _told(found)
    everybody = int(answer["hits"]["total"]["value"])
    counted["access"] = facts["access"]
    counted["access_unknown"] = {
        fact: everybody - facts["known"].get(fact, 0) for fact in ACCESS_FACTS if everybody > facts["known"].get(fact, 0)
    }
    return {field: counted.get(field, {}) for field in fields}


def _told(found: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """How many have a fact, and of how many it is known."""
    alone = found.get("fact") or found.get("alone", {}).get("fact", {"buckets": ()})
    several = found.get("several", {}).get("inside", {}).get("fact", {"buckets": ()})
    told: dict[str, dict[str, int]] = {"access": {}, "known": {}}
    for bucket in (*alone["buckets"], *several["buckets"]):
        kind, _, fact = bucket["key"].partition(":")
        told[kind][fact] = told[kind].get(fact, 0) + bucket.get("of", bucket)["doc_count"]
    return told
