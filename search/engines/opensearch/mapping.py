"""What the index holds: one entry per service, for filters and counts; and its documents as they are shown.

What is said of a place stands in the entry itself where the service has one document, which most have, and in nested `places` where it has
several, since a service fits by any one of them as a whole. Fields hold our tokens; the engine's own analysis has no say.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from itertools import accumulate, pairwise
from math import cos, radians
from struct import calcsize, unpack_from
from struct import pack as packed_numbers
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
from search.engines.base import Document
from search.engines.columns import EPOCH, Packed, pack
from search.engines.packing import pack_documents
from search.engines.tiles import tile
from search.geometry import MILES_PER_DEGREE
from search.reach import COMING, REMOTE
from search.scoring import FRESH_HALF_LIFE_DAYS, FRESHNESS, NEVER_CHECKED, OPEN_SPACE

FORMAT = 1
# Pages far behind the last one are answers, too; the engine's own bound is 10,000.
PAGES_MAX = 1_000_000_000
PREFIX_MAX = 12
FRESH_DAY = date(2026, 1, 1).toordinal()
ALONE, SEVERAL = "", "places."
SILENT = "silent:who"
_LENGTHS = "<6I"

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


def _place_fields() -> dict[str, Field]:
    """What one document says of its place.

    `cell` is its square of the map, `spot` its position as text. Who states no area is found by `free_geo` and `free_village`, or `anywhere`
    where it works from `afar` or has no place; so every rule about reach asks for something that is there, never for what is not.
    """
    return {
        "placed": Boolean(),
        "lat": Double(),
        "lon": Double(),
        "geo": GeoPoint(),
        "cell": Long(index=False),
        "spot": Keyword(),
        "free_geo": GeoPoint(),
        "free_village": Keyword(),
        "anywhere": Boolean(),
        "afar": Boolean(),
        "coming": Boolean(),
        "area": Keyword(),
        "circle": Keyword(index=False),
        "circle_lat": DoubleRange(),
        "circle_lon": DoubleRange(),
        "yes": Keyword(doc_values=False),
        "no": Keyword(doc_values=False),
        "fact": Keyword(index=False),
    }


def _service_fields() -> dict[str, Field]:
    """What is said of a service. `columns` are id, name and the columns of search.engines.columns, `data` the documents as text, the one thing in the source.

    `choice` holds what is counted for facets, each value behind the name of its field, so that one pass counts them all.
    """
    return {
        "alone": Boolean(),
        "service": Keyword(),
        "sort": Keyword(),
        "tie": Long(index=False),
        "words": _words(),
        "name": _words(),
        "line": _words(index_prefixes={"min_chars": 1, "max_chars": PREFIX_MAX}),
        "heading": Keyword(),
        "headings": _words(index_prefixes={"min_chars": 1, "max_chars": PREFIX_MAX}),
        "choice": Keyword(index=False),
        "need": Keyword(doc_values=False),
        "mode": Keyword(),
        "kind": Keyword(doc_values=False),
        "free": Boolean(),
        "language": Keyword(),
        "who": Keyword(),
        "min_age": Double(),
        "max_age": Double(),
        "days": Keyword(doc_values=False),
        "hours_sure": IntegerRange(),
        "hours_term": IntegerRange(),
        "hours_to": Integer(),
        "visible_from": Integer(),
        "visible_to": Integer(),
        "room": RankFeature(),
        "fresh": RankFeature(),
        "columns": Binary(doc_values=True),
        "data": Keyword(index=False, doc_values=False),
        "near": GeoPoint(),
    }


def mapping() -> dict[str, Any]:
    """The fields of an index."""
    fields = Fields()
    fields.meta("dynamic", "strict")
    fields.meta("_source", includes=["data"])
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
        "choice": list(_choices(first)),
        "need": first.needs,
        "mode": first.modes,
        "kind": first.kind,
        "free": first.free,
        "language": first.languages,
        "who": first.who,
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
        "columns": b64encode(joined(documents)).decode(),
        "data": pack_documents(documents),
        "near": [each["geo"] for each in at if "geo" in each],
    }
    if len(documents) == 1:
        told |= at[0]
    else:
        told["places"] = at
        # Without any condition about places every document of a service fits: then what they say together is what counts.
        told["fact"] = sorted({fact for each in at for fact in each.get("fact", ())})
    return {name: value for name, value in told.items() if value not in (None, "", (), [])}


def _headings(documents: Sequence[Document]) -> Iterator[str]:
    """The names of the organisation and of the places, so written that the node sorts them by kind, then by name."""
    named = [("organisation", documents[0].organisation)]
    named += [("place", document.place.name) for document in documents if document.place is not None]
    for kind, name in named:
        if name:
            yield f"{kind}\t{name.casefold()}\t{name}"


def _choices(first: Document) -> Iterator[str]:
    """What is counted of a service, each value behind the name of its field; SILENT where it does not say for whom it is."""
    fields = {"need": first.needs, "mode": first.modes, "language": first.languages, "open": first.days, "kind": (first.kind,)}
    for field, values in fields.items():
        yield from (f"{field}:{value}" for value in values if value)
    if first.free:
        yield "free:yes"
    if not first.who:
        yield SILENT


def _at_place(document: Document) -> dict[str, Any]:
    yes, no = ([fact.removesuffix(end) for fact in document.access if fact.endswith(end)] for end in (":yes", ":no"))
    remote, placed, limited = bool(REMOTE.intersection(document.modes)), document.place is not None, document.limited
    told: dict[str, Any] = {
        "placed": placed,
        "anywhere": not limited and (remote or not placed),
        "afar": not limited and remote,
        "coming": bool(COMING.intersection(document.modes)),
        "area": document.areas,
        "circle": [",".join(map(repr, map(float, circle))) for circle in document.circles],
        "circle_lat": [_around(*circle)[0] for circle in document.circles],
        "circle_lon": [_around(*circle)[1] for circle in document.circles],
        "yes": yes,
        "no": no,
        "fact": [*(f"access:{fact}" for fact in yes), *(f"known:{fact}" for fact in {*yes, *no})],
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


def _room(first: Document) -> int | None:
    """The points of search.scoring for spaces, which no query changes; a feature is never 0."""
    return None if first.paused or first.spaces is False else OPEN_SPACE // 2 if first.spaces else OPEN_SPACE // 4


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


def joined(documents: Sequence[Document]) -> bytes:
    """Id, name and packed columns of a service as one run of bytes."""
    parts = (documents[0].service.encode(), documents[0].name.encode(), *pack(documents))
    return packed_numbers(_LENGTHS, *map(len, parts)) + b"".join(parts)


def parted(text: str) -> tuple[str, str, Packed]:
    """What `joined` joined, as the index gives it back: without the signs that fill base64 up."""
    run = b64decode(text + "==")
    ends = accumulate(unpack_from(_LENGTHS, run), initial=calcsize(_LENGTHS))
    service, name, *parts = (run[begin:end] for begin, end in pairwise(ends))
    return service.decode(), name.decode(), Packed(*parts)
