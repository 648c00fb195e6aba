"""The areas a service covers as outlines, for its map. A half postcode has none: nobody draws its line; nor what tells a secret place."""

from dataclasses import dataclass
from hashlib import blake2b
from math import cos, radians
from typing import TYPE_CHECKING

from directory.drawn_areas import METRES_IN_A_DEGREE, METRES_IN_A_MILE
from directory.models import Service, ServiceArea
from directory.secret_places import told_areas

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class Served:
    """One part of the area, in WGS84 degrees."""

    name: str
    shape: "BaseGeometry"


def outlines_of(service: Service) -> list[Served]:
    """What can be drawn of the area a service covers (loaded with its areas and places); one query more where some of it was drawn."""
    rows = told_areas(service)
    if any(row.drawn for row in rows):
        drawn = dict(ServiceArea.objects.filter(service=service).exclude(drawn="").values_list("pk", "outline"))
        for row in rows:
            row.outline = drawn.get(row.pk)
    shapes = ((str(row), outline_of_row(row)) for row in rows if not row.drawn or row.outline)
    return [Served(name, shape) for name, shape in shapes if shape is not None]


def extent_digest(service: Service) -> str:
    """A short text that changes with what is drawn of the area it covers (loaded with its areas and places); empty where nothing can be."""
    rows = [row for row in told_areas(service) if row.drawn or row.area_id or row.miles]
    if not rows:
        return ""
    told = sorted(f"{row.drawn}|{row.area_id}|{row.lat}|{row.lon}|{row.miles}" for row in rows)
    return blake2b("\n".join(told).encode(), digest_size=8).hexdigest()


def outline_of_row(row: ServiceArea) -> "BaseGeometry | None":
    """One part as a shapely polygon or multipolygon; None where nobody draws its line."""
    if row.drawn:
        return row.shape
    if row.area is not None:
        return row.area.outline
    if row.lat is not None and row.lon is not None and row.miles:
        return circle(row.lat, row.lon, row.miles)
    return None


def circle(lat: float, lon: float, miles: float) -> "BaseGeometry":
    """So many miles around a position, as a polygon in WGS84 degrees."""
    from shapely import Point
    from shapely.affinity import scale

    high = miles * METRES_IN_A_MILE / METRES_IN_A_DEGREE
    return scale(Point(lon, lat).buffer(high), 1 / cos(radians(lat)), 1.0)
