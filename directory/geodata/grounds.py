"""Which areas of every set hold what people name: a position, a postcode on a line, a half postcode, a village. A village is no point.

Areas are named `<id of the set>:<code>`, as the finder names them. Everybody who asks for a place waits for this, so that it is asked for in
few queries, and in SQL: to put them together from models takes many times as long as to answer them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import cos, radians
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from directory.geodata.localities import MILES_IN_A_DEGREE, MOST_MILES, NOWHERE, Localities
from directory.geodata.locating import PlaceName, half_of, normalise_postcode, shown_postcode

# Of the postcodes of a village, this share makes it lie in a half postcode; fewer are a slip of the nearest-village rule.
SOME = 0.1
CHUNK = 500

# A compact postcode, latitude, longitude.
Row = tuple[str, float, float]

_POSTCODE = (
    "SELECT p.lat, p.lon, p.live, a.area_set_id, a.code FROM geodata_postcode p"
    " LEFT JOIN geodata_postcodearea m ON m.postcode_id = p.code AND NOT m.main LEFT JOIN geodata_area a ON a.id = m.area_id"
    " WHERE p.code = %s ORDER BY a.area_set_id, a.code"
)
_AREAS = (
    "SELECT area_set_id, code, geometry FROM geodata_area WHERE west <= %s AND east >= %s AND south <= %s AND north >= %s"
    " ORDER BY area_set_id, code"
)
# The length keeps HD10 out of HD1: between "HD10AA" and "HD19ZZ" stand codes of both.
_HALF = "SELECT code, lat, lon FROM geodata_postcode WHERE code >= %s AND code <= %s AND LENGTH(code) = %s AND live ORDER BY code"
_NEAR = "SELECT code, lat, lon FROM geodata_postcode WHERE lat BETWEEN %s AND %s AND lon BETWEEN %s AND %s AND live ORDER BY code"
_HOLDING = (
    "SELECT a.area_set_id, a.code, m.many FROM geodata_area a JOIN"
    " (SELECT area_id, COUNT(*) AS many FROM geodata_postcodearea WHERE main AND postcode_id IN ({}) GROUP BY area_id) m ON m.area_id = a.id"
    " ORDER BY a.area_set_id, a.code"
)


class Stand(NamedTuple):
    """A postcode's position, in WGS84 degrees, and the areas whose line runs so close by that some of its doors may be inside."""

    name: str
    district: str
    lat: float
    lon: float
    live: bool
    beside: tuple[str, ...]


@dataclass(frozen=True)
class Ground:
    """What a name on a map stands for: the positions (lat, lon) of its live postcodes, none where no postcodes are loaded.

    `shares`: of these postcodes, the share that lies in each area; `districts`: their half postcodes, the most frequent first.
    """

    positions: tuple[tuple[float, float], ...] = ()
    districts: tuple[str, ...] = ()
    shares: Mapping[str, float] = field(default_factory=dict)


def stand_of(text: str) -> Stand | None:
    """Where the full postcode in a text is, or was while it was in use; None when it is none or not loaded."""
    code = normalise_postcode(text)
    rows = _asked(_POSTCODE, code) if code else []
    if not code or not rows:
        return None
    lat, lon, live = rows[0][:3]
    return Stand(shown_postcode(code), code[:-3], lat, lon, bool(live), tuple(_named(*row[3:]) for row in rows if row[3] is not None))


def areas_at(lat: float, lon: float) -> tuple[str, ...]:
    """The areas of every set, the installed one or not, that hold a position; edges count as inside."""
    import shapely

    point = shapely.Point(lon, lat)
    boxes = _asked(_AREAS, lon, lon, lat, lat)
    return tuple(_named(area_set, code) for area_set, code, outline in boxes if shapely.from_wkb(bytes(outline)).covers(point))


def ground_of_half(text: str) -> Ground:
    """The ground of a half postcode (HD7), or of one with the next digit (HD7 5)."""
    half = half_of(text)
    rows = _asked(_HALF, half.first, half.last, half.length) if half else []
    return Ground(_positions(rows), tuple(_districts(rows)), _shares(rows))


def ground_of_place(place: PlaceName, villages: Localities) -> Ground:
    """The ground of a town or village: the postcodes that are nearer to its middle than to that of any other of the villages.

    Half postcodes in which only a few of them lie are left out; its own one, of the gazetteer, always counts.
    """
    rows = _postcodes_nearest(place, villages)
    some = (district for district, many in _districts(rows).items() if many >= SOME * len(rows))
    return Ground(_positions(rows), tuple(dict.fromkeys([place.postcode_district, *some])), _shares(rows))


def _positions(rows: Sequence[Row]) -> tuple[tuple[float, float], ...]:
    return tuple((lat, lon) for _, lat, lon in rows)


def _districts(rows: Sequence[Row]) -> dict[str, int]:
    """How many of the postcodes lie in each half postcode, the most frequent first."""
    return dict(Counter(code[:-3] for code, _, _ in rows).most_common())


def _shares(rows: Sequence[Row]) -> dict[str, float]:
    counts: Counter[str] = Counter()
    for start in range(0, len(rows), CHUNK):
        codes = [code for code, _, _ in rows[start : start + CHUNK]]
        holding = _asked(_HOLDING.format(",".join(["%s"] * len(codes))), *codes)
        counts.update({_named(area_set, code): many for area_set, code, many in holding})
    return {code: found / len(rows) for code, found in counts.items()}


def _postcodes_nearest(place: PlaceName, villages: Localities) -> list[Row]:
    """Code, latitude and longitude of each live postcode that belongs to a place rather than to the one beside it."""
    high = MOST_MILES / MILES_IN_A_DEGREE
    wide = high / cos(radians(place.lat))
    rows: list[Row] = _asked(_NEAR, place.lat - high, place.lat + high, place.lon - wide, place.lon + wide)
    numbers = villages.numbers_at([lat for _, lat, _ in rows], [lon for _, _, lon in rows]).tolist()
    return [row for row, number in zip(rows, numbers, strict=True) if number != NOWHERE and villages.names[number] == place.name]


def _asked(query: str, *values: str | float) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


@lru_cache(maxsize=10_000)
def _named(area_set: UUID | str, code: str) -> str:
    """SQLite gives a UUID as 32 letters."""
    return f"{area_set if isinstance(area_set, UUID) else UUID(area_set)}:{code}"
