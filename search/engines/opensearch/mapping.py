"""What the index holds: one entry per service, for filters and counts; and its documents as they are shown.

What is said of a place stands in the entry itself where the service has one document, which most have, and in nested `places` where it has
several, since a service fits by any one of them as a whole. Which area it reaches stands in the entry also where all of several documents
say the same, which most do: asking nested documents takes the node several times as long. Fields hold our tokens; the engine's own analysis
has no say.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from math import cos, radians
from typing import Any

from elasticsearch.dsl import Mapping as Fields
from elasticsearch.dsl.field import (
    Binary,
    Boolean,
    Double,
    DoubleRange,
    Field,
    GeoPoint,
    Integer,
    IntegerRange,
    Keyword,
    Long,
    Nested,
    RankFeature,
    Text,
)

from search import tokens
from search.engines.columns import EPOCH
from search.engines.document import EVERYWHERE, Document
from search.engines.opensearch.stored import columns_of, documents_of
from search.engines.tiles import tile
from search.geometry import MILES_PER_DEGREE
from search.query import ACCESS_FACTS, DAYS, MODES
from search.reach import REMOTE
from search.scoring import FRESH_HALF_LIFE_DAYS, FRESHNESS, NEVER_CHECKED, OPEN_SPACE

# Raised, too, where what documents hold may not stay as it was written: 3, no circle around a secret place.
FORMAT = 3
# Pages far behind the last one are answers, too; the engine's own bound is 10,000.
PAGES_MAX = 1_000_000_000
PREFIX_MAX = 12
FRESH_DAY = date(2026, 1, 1).toordinal()
ALONE, SEVERAL = "", "places."
# How a service reaches every spot: by stating so, by working from afar, by having neither an area nor a place; best first.
OVER = ("everywhere", "afar", "anywhere")
# A feature of the node is never 0; every service has this one, so that something of every service is worth something.
NO_ROOM = 0.01

SETTINGS: Mapping[str, Any] = {
    "number_of_shards": 1,
    "auto_expand_replicas": "0-1",
    "refresh_interval": "-1",
    "max_result_window": PAGES_MAX,
    "gc_deletes": "1h",
}
MARK_SETTINGS: Mapping[str, Any] = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}


def _words(**options: Any) -> Field:
    return Text(analyzer="whitespace", index_options="docs", norms=False, **options)


def _reach_fields() -> dict[str, Field]:
    """Where one document, or every document of a service, reaches.

    Who states no area is found by `free_geo` and `free_village`, or `anywhere` where it works from afar or has no place; so every rule
    about reach asks for something that is there, never for what is not.
    """
    return {
        "free_geo": GeoPoint(),
        "free_village": Keyword(),
        "anywhere": Boolean(),
        "area": Keyword(),
        "circle": Keyword(index=False),
        "circle_lat": DoubleRange(),
        "circle_lon": DoubleRange(),
    }


def _place_fields() -> dict[str, Field]:
    """What one document says of its place. `cell` is its square of the map, `spot` its position as text.

    `mixed` are the documents of services that have several which do not all reach the same.
    """
    return {
        "mixed": Boolean(),
        "placed": Boolean(),
        "lat": Double(),
        "lon": Double(),
        "geo": GeoPoint(),
        "cell": Long(index=False),
        "spot": Keyword(),
        "yes": Keyword(doc_values=False),
        "no": Keyword(doc_values=False),
        "fact": Keyword(),
        **_reach_fields(),
    }


def _service_fields() -> dict[str, Field]:
    """What is said of a service. `columns` are id, name and the columns of search.engines.columns, `data` the documents: see `stored`.

    For facets `way` and `week` hold in one value what otherwise would be several, and `choice` needs and languages behind the names of
    their fields. `over` is set where any document reaches every spot, and says how: OVER, the best of them. `fact` is what is known of
    access at any of its documents, or surely not (`no`) at all that say something.
    """
    return {
        "alone": Boolean(),
        "over": Keyword(doc_values=False),
        "unplaced": Boolean(),
        "service": Keyword(),
        "sort": Keyword(),
        "tie": Long(index=False),
        "words": _words(),
        "name": _words(),
        "line": _words(index_prefixes={"min_chars": 1, "max_chars": PREFIX_MAX}),
        "heading": Keyword(),
        "headings": _words(index_prefixes={"min_chars": 1, "max_chars": PREFIX_MAX}),
        "way": Keyword(index=False),
        "week": Keyword(index=False),
        "choice": Keyword(index=False),
        "need": Keyword(doc_values=False),
        "mode": Keyword(),
        "kind": Keyword(),
        "free": Boolean(),
        "language": Keyword(),
        "who": Keyword(),
        "told": Boolean(),
        "min_age": Double(),
        "max_age": Double(),
        "days": Keyword(doc_values=False),
        # Without the node's values per service it makes one set of all that are open, and keeps that for the others who ask in this minute.
        "hours_sure": IntegerRange(doc_values=False),
        "hours_term": IntegerRange(doc_values=False),
        "hours_to": Integer(),
        "visible_from": Integer(),
        "visible_to": Integer(),
        "room": RankFeature(),
        "fresh": RankFeature(),
        "columns": Binary(doc_values=True),
        "data": Binary(doc_values=True),
        "near": GeoPoint(),
    }


def mapping() -> dict[str, Any]:
    """The fields of an index."""
    fields = Fields()
    fields.meta("dynamic", "strict")
    fields.meta("_source", enabled=False)
    for name, field in {**_service_fields(), **_place_fields()}.items():
        fields.field(name, field)
    fields.field("places", Nested(properties=_place_fields()))
    return dict(fields.to_dict())


def entry(documents: Sequence[Document]) -> dict[str, Any]:
    """A service as the index holds it; all its documents are given."""
    first = documents[0]
    names = dict.fromkeys(token for document in documents for token in document.name_tokens)
    words = dict.fromkeys(token for document in documents for token in (*document.name_tokens, *document.text_tokens))
    at = [_at_place(document) for document in documents]
    headings = list(dict.fromkeys(_headings(documents)))
    told: dict[str, Any] = {
        "alone": len(documents) == 1,
        "service": first.service,
        "sort": first.name.casefold(),
        "tie": _tie(first.service),
        "words": " ".join(words),
        "name": " ".join(names),
        "line": " ".join(dict.fromkeys((*tokens.split(first.name), *names))),
        "heading": headings,
        "headings": " ".join(word for each in headings for word in tokens.split(each.rpartition("\t")[2])),
        "way": way_of(first),
        "week": week_of(first),
        "choice": [*(f"need:{need}" for need in first.needs), *(f"language:{language}" for language in first.languages)],
        "need": first.needs,
        "mode": first.modes,
        "kind": first.kind,
        "free": first.free,
        "language": first.languages,
        "who": first.who,
        "told": bool(first.who) or first.min_age is not None or first.max_age is not None,
        "min_age": first.min_age,
        "max_age": first.max_age,
        "days": first.days,
        "hours_sure": [_span(start, end) for start, end, sure in first.hours if sure and end > start],
        "hours_term": [_span(start, end) for start, end, sure in first.hours if not sure and end > start],
        "hours_to": first.hours_to,
        "visible_from": _day(first.visible_from),
        "visible_to": _day(first.visible_to),
        "room": _room(first),
        "fresh": _fresh(first.checked_on),
        "columns": columns_of(documents),
        "data": documents_of(documents),
        "near": [each["geo"] for each in at if "geo" in each],
        "over": _over(documents),
        "unplaced": not any(each["placed"] for each in at),
    }
    if len(documents) == 1:
        told |= {"mixed": False, **at[0]}
    else:
        told |= _together(documents, at)
    return {name: value for name, value in told.items() if value not in (None, "", (), [])}


def _together(documents: Sequence[Document], at: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What several documents say of their service, and each of them of itself."""
    # Without any condition about places every document of a service fits: then what they say together is what counts.
    told: dict[str, Any] = {"fact": list(_facts(documents)), "mixed": not _alike(documents)}
    if not told["mixed"]:
        for name in _reach_fields():
            said = [each[name] for each in at if name in each]
            # Lists stand for the same areas in all of them; points, villages and flags are each document's own.
            whole = said[0] if said and name in _AREAS else list({str(each): each for each in said}.values())
            told |= {name: whole} if said else {}
    # Of two places, one may say yes and the other no: what is known stands apart, so that a service is counted once.
    facts = [[*(f"yes:{fact}" for fact in each.get("yes", ())), *(f"known:{fact}" for fact in _known(each))] for each in at]
    return told | {"places": [{**each, "mixed": told["mixed"], "fact": fact} for each, fact in zip(at, facts, strict=True)]}


def _known(at: dict[str, Any]) -> set[str]:
    return {*at.get("yes", ()), *at.get("no", ())}


def _over(documents: Sequence[Document]) -> str:
    """How it reaches every spot there is; "" where it does not."""
    if any(EVERYWHERE in document.areas for document in documents):
        return OVER[0]
    free = [document for document in documents if not document.limited]
    if free and REMOTE.intersection(documents[0].modes):
        return OVER[1]
    return OVER[2] if any(document.place is None for document in free) else ""


_AREAS = ("area", "circle", "circle_lat", "circle_lon")


def _alike(documents: Sequence[Document]) -> bool:
    """Whether all documents of a service reach the same spots: they state the same area, or all are found from anywhere."""
    if any(document.limited for document in documents):
        first = documents[0]
        return all(document.areas == first.areas and document.circles == first.circles for document in documents)
    return bool(REMOTE.intersection(documents[0].modes)) or all(document.place is None for document in documents)


def _headings(documents: Sequence[Document]) -> Iterator[str]:
    """The names of the organisation and of the places, so written that the node sorts them by kind, then by name."""
    named = [("organisation", documents[0].organisation)]
    named += [("place", document.place.name) for document in documents if document.place is not None]
    for kind, name in named:
        if name:
            yield f"{kind}\t{name.casefold()}\t{name}"


def way_of(first: Document) -> str:
    """How it is offered, whether it is free, and whether it says for whom it is, in one value: 10100 free silent."""
    modes = "".join(str(int(mode in first.modes)) for mode in MODES)
    return " ".join((modes, *(["free"] if first.free else []), *([] if first.who else ["silent"])))


def week_of(first: Document) -> str:
    """The days in one value: MO TU."""
    return " ".join(day for day in DAYS if day in first.days)


def _facts(documents: Sequence[Document]) -> Iterator[str]:
    """Per fact that any of the documents speaks of, `yes:` where one of them has it, `no:` otherwise."""
    said = {each for document in documents for each in document.access}
    for fact in ACCESS_FACTS:
        if f"{fact}:yes" in said:
            yield f"yes:{fact}"
        elif f"{fact}:no" in said:
            yield f"no:{fact}"


def _at_place(document: Document) -> dict[str, Any]:
    yes, no = ([fact.removesuffix(end) for fact in document.access if fact.endswith(end)] for end in (":yes", ":no"))
    remote, placed, limited = bool(REMOTE.intersection(document.modes)), document.place is not None, document.limited
    told: dict[str, Any] = {
        "placed": placed,
        "anywhere": not limited and (remote or not placed),
        "area": document.areas,
        "circle": [",".join(map(repr, map(float, circle))) for circle in document.circles],
        "circle_lat": [_around(*circle)[0] for circle in document.circles],
        "circle_lon": [_around(*circle)[1] for circle in document.circles],
        "yes": yes,
        "no": no,
        "fact": list(_facts([document])),
    }
    if document.place is not None:
        lat, lon = document.place.lat, document.place.lon
        told |= {"lat": lat, "lon": lon, "geo": {"lat": lat, "lon": lon}, "cell": cell(*tile(lat, lon)), "spot": spot(lat, lon)}
        if not limited:
            told |= {"free_geo": told["geo"], "free_village": document.locality}
    # 0 is a latitude; False says no more than a field that is left out, but for `placed`.
    return {name: value for name, value in told.items() if (value is not False or name == "placed") and value not in ("", (), [])}


def _tie(service: str) -> int:
    """A number by which services that are equal otherwise have one order in every request."""
    return int.from_bytes(blake2b(service.encode(), digest_size=7).digest())


def _around(lat: float, lon: float, miles: float) -> tuple[dict[str, float], dict[str, float]]:
    """Latitudes and longitudes between which a circle surely lies."""
    height = miles / MILES_PER_DEGREE * 1.001 + 1e-9
    width = height / max(0.01, cos(radians(min(89.0, abs(lat) + height))))
    west, east = (lon - width, lon + width) if lon - width >= -180 and lon + width <= 180 else (-180.0, 180.0)
    return {"gte": lat - height, "lte": lat + height}, {"gte": west, "lte": east}


def _span(start: int, end: int) -> dict[str, int]:
    return {"gte": start, "lt": end}


def _room(first: Document) -> float:
    """The points of search.scoring for spaces, which no query changes."""
    return NO_ROOM if first.paused or first.spaces is False else OPEN_SPACE // 2 if first.spaces else OPEN_SPACE // 4


def _fresh(checked: date | None) -> float | None:
    """The points of search.scoring for a check, as they would be on FRESH_DAY; `faded` says what share of them is left."""
    return None if checked is None else (FRESHNESS - NEVER_CHECKED) * faded(FRESH_DAY - checked.toordinal())


def faded(days: int) -> float:
    """What share of the points for a check is left after so many days."""
    return float(0.5 ** (days / FRESH_HALF_LIFE_DAYS))


def _day(day: date | None) -> int | None:
    return None if day is None else day.toordinal() - EPOCH


def cell(x: int, y: int) -> int:
    """One number for a square of the map, of which every two lower bits are one zoom."""
    return _spread(x) | _spread(y) << 1


def _spread(number: int) -> int:
    """The bits of a 24-bit number with a gap behind each."""
    return int(f"{number:b}", 4)


def spot(lat: float, lon: float) -> str:
    """A position as text, to the last bit."""
    return f"{float(lat)!r},{float(lon)!r}"
