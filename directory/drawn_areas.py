"""Areas drawn on a map, as listings keep them: their columns and size, and which of them lie around, at or over positions."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.db import connection

from directory.geojson import Position, shape_of, steady
from directory.models import ServiceArea

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

METRES_IN_A_DEGREE = 111_195.0
METRES_IN_A_MILE = 1609.344
# As the index of their boxes says it, so that SQLite finds it.
_AROUND = (
    "SELECT DISTINCT drawn FROM directory_servicearea"
    " WHERE NOT (drawn = '') AND west <= %s AND east >= %s AND south <= %s AND north >= %s ORDER BY drawn"
)


def outline_of(area: ServiceArea) -> dict[str, Any]:
    """The steady form of a drawn area that is stored."""
    import shapely

    return steady(list(shapely.get_parts(area.shape)))


def size_words(outline: Mapping[str, Any]) -> str:
    """ "drawn, 12 corners, about 3.4 square miles"."""
    import shapely

    shape = shape_of(outline)
    degrees = shape.area * math.cos(math.radians(shape.centroid.y))
    miles = degrees * (METRES_IN_A_DEGREE / METRES_IN_A_MILE) ** 2
    corners = shapely.get_num_coordinates(shape) - sum(1 + len(part.interiors) for part in shapely.get_parts(shape))
    size = f"{miles:,.0f}" if miles >= 10 else f"{miles:.2g}"
    return f"drawn, {corners:,} corners, about {size} square miles"


def columns_of(outline: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of ServiceArea that hold an outline in its steady form. Equal outlines have equal codes, whosever they are."""
    shape = shape_of(outline)
    west, south, east, north = shape.bounds
    digest = sha256(json.dumps(outline, sort_keys=True).encode()).hexdigest()[:32]
    return {"drawn": f"drawn:{digest}", "outline": shape.wkb, "west": west, "south": south, "east": east, "north": north}


def drawn_around(west: float, south: float, east: float, north: float) -> tuple[str, ...]:
    """The codes of drawn areas whose box meets this one, in a steady order: what was worked out from them holds while they are the same.

    Every question with a place asks this, so that what a partner draws counts at once.
    """
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, (east, west, north, south))
        return tuple(code for (code,) in cursor.fetchall())


def drawn_at(lat: float, lon: float, edge: float = 0.0, *, among: Sequence[str] | None = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The codes of drawn areas that hold a position, edges included, and of those whose line runs within `edge` metres outside of it.

    `among`: those of `drawn_around` a box that holds the position with its edge, where they are known already.
    """
    if among is None:
        high, wide = edge / METRES_IN_A_DEGREE, edge / METRES_IN_A_DEGREE / math.cos(math.radians(lat))
        among = drawn_around(lon - wide, lat - high, lon + wide, lat + high)
    if not among:
        return (), ()
    from shapely import Point

    inside, beside = [], []
    for code, shape in _shapes(among):
        if shape.covers(Point(lon, lat)):
            inside.append(code)
        elif edge and _metres_to(shape, lat, lon) <= edge:
            beside.append(code)
    return tuple(inside), tuple(beside)


def shares_of_drawn(positions: Sequence[Position], *, among: Sequence[str] | None = None) -> dict[str, float]:
    """Of many positions (lat, lon), the share that lies in each drawn area that holds any of them. `among` as of `drawn_at`."""
    import numpy
    import shapely

    if not positions or among is not None and not among:
        return {}
    lats, lons = numpy.array(positions).T
    if among is None:
        among = drawn_around(lons.min(), lats.min(), lons.max(), lats.max())
    found = {}
    for code, shape in _shapes(among):
        shapely.prepare(shape)
        if share := float(shapely.intersects_xy(shape, lons, lats).mean()):
            found[code] = share
    return found


def _shapes(codes: Iterable[str]) -> "Iterator[tuple[str, BaseGeometry]]":
    for code in codes:
        try:
            yield code, _shape_called(code)
        except ServiceArea.DoesNotExist:
            continue  # Taken away a moment ago.


@lru_cache(maxsize=256)
def _shape_called(code: str) -> "BaseGeometry":
    """A code stands for one outline for ever, so that what was read once holds."""
    import shapely

    outline = ServiceArea.objects.filter(drawn=code).values_list("outline", flat=True)[:1].get()
    assert outline is not None
    return shapely.from_wkb(bytes(outline))


def _metres_to(shape: "BaseGeometry", lat: float, lon: float) -> float:
    """From a position to the nearest point of an outline, on a sheet that is flat around the position."""
    import numpy
    import shapely

    scale = numpy.array([math.cos(math.radians(lat)), 1.0]) * METRES_IN_A_DEGREE
    flat = shapely.transform(shape, lambda points: (points - [lon, lat]) * scale)
    return float(flat.distance(shapely.Point(0, 0)))
