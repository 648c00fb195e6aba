"""How many services each further choice would leave, counted by the node: every field under all filters but its own."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from search.engines.base import FACETS, WHO_MOST
from search.engines.opensearch.mapping import SEVERAL
from search.engines.opensearch.queries import Asked, every, open_during
from search.query import ACCESS_FACTS, DAYS, MODES

# There are fewer needs and languages together, or ways and weeks, than this.
CHOICES_MOST = 3000
_FACTS = ("access", "access_unknown")
# In what each field is counted, where it is not the field of that name.
_COUNTED_IN = {
    "need": ("choice",),
    "language": ("choice",),
    "mode": ("way",),
    "free": ("way",),
    "open": ("week", "now"),
    "who": ("way", "who"),
}


def requests(asked: Asked) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
    """(fields, request) for as few requests as there are different filters to be left out; the first leaves none out."""
    by_filter: dict[str, list[str]] = {"": []}
    for field in FACETS:
        own = "access" if field in _FACTS else field
        by_filter.setdefault(own if own in asked.services or own in asked.places else "", []).append(field)
    return [(tuple(fields), _request(asked, own, fields)) for own, fields in by_filter.items()]


def _request(asked: Asked, own: str, fields: Collection[str]) -> dict[str, Any]:
    aggregations: dict[str, Any] = {}
    for name in dict.fromkeys(name for field in fields if field not in _FACTS for name in _COUNTED_IN.get(field, (field,))):
        if name != "now":
            aggregations[name] = _terms(name, WHO_MOST if name == "who" else CHOICES_MOST)
        elif asked.query.minute is not None:
            aggregations[name] = {"filter": open_during(asked.query.minute, asked.query.minute + 1)}
    if "access" in fields:
        aggregations |= _facts(asked)
    return {"size": 0, "track_total_hits": True, "query": every(asked.clauses(own)), "aggs": aggregations}


def _facts(asked: Asked) -> dict[str, Any]:
    """Who has, or says, a fact at any place that fits; where nothing is asked of places, all of them do."""
    places = asked.documents("access")
    if not places:
        return {"fact": _terms("fact")}
    said = {**_terms(f"{SEVERAL}fact"), "aggs": {"of": {"reverse_nested": {}}}}
    several: dict[str, Any] = {
        "nested": {"path": "places"},
        "aggs": {"inside": {"filter": every(each(SEVERAL) for each in places), "aggs": {"fact": said}}},
    }
    # Where all documents of a service reach the same and nothing else is asked of them, all of them fit.
    field, value = ("mixed", False) if asked.places.keys() - {"access"} == {"reach"} else ("alone", True)
    return {
        "whole": {"filter": {"term": {field: value}}, "aggs": {"fact": _terms("fact")}},
        "parts": {"filter": {"term": {field: not value}}, "aggs": {"several": several}},
    }


def _terms(field: str, most: int = 3 * len(ACCESS_FACTS)) -> dict[str, Any]:
    return {"terms": {"field": field, "size": most, "order": [{"_count": "desc"}, {"_key": "asc"}]}}


def read(fields: Iterable[str], answer: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """The counts out of the answer to one of `requests`."""
    found = answer.get("aggregations")
    if found is None:  # an index without a single service
        return {field: {} for field in fields}
    counted: dict[str, dict[str, int]] = {"kind": _counts(found.get("kind"))}
    for each, count in _counts(found.get("choice")).items():
        field, _, value = each.partition(":")
        counted.setdefault(field, {})[value] = count
    _read_ways(_counts(found.get("way")), _counts(found.get("who")), counted)
    if found.get("now", {}).get("doc_count"):
        counted["open"] = {"now": found["now"]["doc_count"]}
    counted["open"] = {**counted.get("open", {}), **_summed(DAYS, ((week.split(), n) for week, n in _counts(found.get("week")).items()))}
    if "access" in fields:
        _read_facts(found, int(answer["hits"]["total"]["value"]), counted)
    return {field: counted.get(field, {}) for field in fields}


def _counts(terms: Mapping[str, Any] | None) -> dict[str, int]:
    return {bucket["key"]: bucket["doc_count"] for bucket in terms["buckets"]} if terms else {}


def _read_ways(ways: Mapping[str, int], who: Mapping[str, int], counted: dict[str, dict[str, int]]) -> None:
    """Mode, free and who, of what `way_of` put together; a word of whom it is for counts those, too, who say nothing of it."""
    told = [(way.split(), count) for way, count in ways.items()]
    counted["mode"] = _summed(
        MODES, (([mode for mode, has in zip(MODES, way[0], strict=True) if has == "1"], count) for way, count in told)
    )
    free, silent = (sum(count for way, count in told if word in way) for word in ("free", "silent"))
    counted["free"] = {"yes": free} if free else {}
    counted["who"] = {word: count + silent for word, count in who.items()}


def _summed(names: Iterable[str], told: Iterable[tuple[Collection[str], int]]) -> dict[str, int]:
    sums = dict.fromkeys(names, 0)
    for each, count in told:
        for name in each:
            sums[name] += count
    return {name: count for name, count in sums.items() if count}


def _read_facts(found: Mapping[str, Any], everybody: int, counted: dict[str, dict[str, int]]) -> None:
    """How many have a fact, and of how many it is not known."""
    whole = found.get("fact") or found.get("whole", {}).get("fact", {"buckets": ()})
    parts = found.get("parts", {}).get("several", {}).get("inside", {}).get("fact", {"buckets": ()})
    has, known = dict.fromkeys(ACCESS_FACTS, 0), dict.fromkeys(ACCESS_FACTS, 0)
    for bucket in whole["buckets"]:
        said, _, fact = bucket["key"].partition(":")
        known[fact] += bucket["doc_count"]
        has[fact] += bucket["doc_count"] * (said == "yes")
    for bucket in parts["buckets"]:
        said, _, fact = bucket["key"].partition(":")
        (has if said == "yes" else known)[fact] += bucket["of"]["doc_count"]
    counted["access"] = {fact: count for fact, count in has.items() if count}
    counted["access_unknown"] = {fact: everybody - count for fact, count in known.items() if everybody > count}
