"""Areas drawn on a map, as listings keep them: their columns and size, and which of them lie around, at or over positions."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from directory.geojson import Position, shape_of, steady
from directory.models import ServiceArea

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

METRES_IN_A_DEGREE = 111_195.0
METRES_IN_A_MILE = 1609.344


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
    """The codes of drawn areas whose box meets this one, in a steady order: what was worked out from them holds while they are the same."""
    near = ServiceArea.objects.filter(~Q(drawn=""), west__lte=east, east__gte=west, south__lte=north, north__gte=south)
    return tuple(near.order_by("drawn").values_list("drawn", flat=True).distinct())


def drawn_at(lat: float, lon: float, edge: float = 0.0) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The codes of drawn areas that hold a position, edges included, and of those whose line runs within `edge` metres outside of it."""
    from shapely import Point

    high, wide = edge / METRES_IN_A_DEGREE, edge / METRES_IN_A_DEGREE / math.cos(math.radians(lat))
    inside, beside = [], []
    for code, shape in _around(lon - wide, lat - high, lon + wide, lat + high):
        if shape.covers(Point(lon, lat)):
            inside.append(code)
        elif edge and _metres_to(shape, lat, lon) <= edge:
            beside.append(code)
    return tuple(inside), tuple(beside)


def shares_of_drawn(positions: Sequence[Position]) -> dict[str, float]:
    """Of many positions (lat, lon), the share that lies in each drawn area that holds any of them."""
    import numpy
    import shapely

    if not positions:
        return {}
    lats, lons = numpy.array(positions).T
    found = {}
    for code, shape in _around(lons.min(), lats.min(), lons.max(), lats.max()):
        shapely.prepare(shape)
        if share := float(shapely.intersects_xy(shape, lons, lats).mean()):
            found[code] = share
    return found


def _around(west: float, south: float, east: float, north: float) -> "Iterator[tuple[str, BaseGeometry]]":
    for code in drawn_around(west, south, east, north):
        try:
            yield code, _shape_called(code)
        except ServiceArea.DoesNotExist:
            continue  # Taken away a moment ago.


@lru_cache(maxsize=256)
def _shape_called(code: str) -> "BaseGeometry":
    """A code stands for one outline for ever, so that what was read once holds."""
    return ServiceArea.objects.filter(drawn=code)[:1].get().shape


def _metres_to(shape: "BaseGeometry", lat: float, lon: float) -> float:
    """From a position to the nearest point of an outline, on a sheet that is flat around the position."""
    import numpy
    import shapely

    scale = numpy.array([math.cos(math.radians(lat)), 1.0]) * METRES_IN_A_DEGREE
    flat = shapely.transform(shape, lambda points: (points - [lon, lat]) * scale)
    return float(flat.distance(shapely.Point(0, 0)))
