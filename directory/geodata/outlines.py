"""Outlines of areas for maps: few points, neighbours along one line, as GeoJSON or as SVG paths."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from itertools import groupby
from math import cos, radians
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Max, Min

from directory.geodata.models import Area, AreaSet

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

# West, south, east, north in degrees.
Bounds = tuple[float, float, float, float]
# A drawn line may stray by this share of the map's larger side: about one pixel of a screen.
STRAY = 1 / 800
# In a picture by so much of its wider side: four of the 400 units of a drawn map.
STRAY_DRAWN = 1 / 100


@dataclass(frozen=True)
class Frame:
    """A map's sheet: which degrees it shows and how large it is, in the units of its picture. Made by `around`."""

    west: float
    north: float
    x_scale: float
    y_scale: float
    x_shift: float
    y_shift: float
    width: float
    height: float

    @classmethod
    def around(cls, bounds: Bounds, width: float = 400, height: float = 320, margin: float = 8) -> "Frame":
        """The sheet that holds these bounds as large as they go, in the middle, with true proportions for their latitude."""
        west, south, east, north = bounds
        squeeze = cos(radians((south + north) / 2))
        wide, high = max((east - west) * squeeze, 1e-6), max(north - south, 1e-6)
        scale = min((width - 2 * margin) / wide, (height - 2 * margin) / high)
        return cls(west, north, scale * squeeze, scale, (width - wide * scale) / 2, (height - high * scale) / 2, width, height)

    @property
    def box(self) -> Bounds:
        """The degrees that the whole sheet shows."""
        west, north = self.west - self.x_shift / self.x_scale, self.north + self.y_shift / self.y_scale
        return west, north - self.height / self.y_scale, west + self.width / self.x_scale, north

    def point(self, lat: float, lon: float) -> tuple[float, float]:
        """Where a position stands on the sheet, from its upper left corner, to a tenth."""
        return round(self.x_shift + (lon - self.west) * self.x_scale, 1), round(self.y_shift + (self.north - lat) * self.y_scale, 1)


@dataclass(frozen=True)
class SvgOutline:
    """An area as a path of an SVG, and the point where its name goes."""

    code: str
    name: str
    path: str
    x: float
    y: float


def simplified(shape: "BaseGeometry", bounds: Bounds) -> "BaseGeometry":
    """An outline with no more points than a map of these bounds shows, oriented as `svg_path` wants it."""
    import numpy
    import shapely

    west, south, east, north = bounds
    simple = shape.simplify(max(east - west, north - south) * STRAY)
    return shapely.orient_polygons(shapely.transform(simple, lambda points: numpy.round(points, 5)))


def bounds_of(area_set: AreaSet) -> Bounds | None:
    """The box around all areas of a set; None when it has none."""
    box = area_set.areas.aggregate(west=Min("west"), south=Min("south"), east=Max("east"), north=Max("north"))
    return None if box["west"] is None else (box["west"], box["south"], box["east"], box["north"])


def outlines_digest(area_set: AreaSet) -> str:
    """A short text that changes with the outlines of the set, for addresses that may be kept for long."""
    return blake2b(f"{area_set.pk}|{area_set.changed_at.isoformat()}".encode(), digest_size=8).hexdigest()


def simplified_outlines(area_set: AreaSet) -> dict[str, Any]:
    """A GeoJSON FeatureCollection of the set, with the properties id, code and name. It is shared: read it only."""
    return _collection(area_set.pk, area_set.changed_at)


def svg_outlines(area_set: AreaSet, frame: Frame) -> list[SvgOutline]:
    """The areas of a set that this sheet shows, cut at its edges, in the order of their names. The list is shared: read it only."""
    return _drawn(area_set.pk, area_set.changed_at, frame)


@lru_cache(maxsize=8)
def _collection(pk: UUID, changed_at: datetime) -> dict[str, Any]:
    import shapely

    features = [
        {"type": "Feature", "properties": {"id": str(area.pk), "code": area.code, "name": area.name}, "geometry": json.loads(outline)}
        for area, shape in _simplified(pk, changed_at)
        if (outline := shapely.to_geojson(shape))
    ]
    return {"type": "FeatureCollection", "features": features}


@lru_cache(maxsize=256)
def _drawn(pk: UUID, changed_at: datetime, frame: Frame) -> list[SvgOutline]:
    import numpy
    import shapely

    west, south, east, north = frame.box
    box = shapely.box(west, south, east, north)
    near = [(area, shape) for area, shape in _simplified(pk, changed_at) if shape.intersects(box)]
    if not near:
        return []
    simple = shapely.coverage_simplify(numpy.array([shape for _, shape in near]), max(east - west, north - south) * STRAY_DRAWN)
    cut = zip((area for area, _ in near), shapely.orient_polygons(shapely.clip_by_rect(simple, west, south, east, north)), strict=True)
    return [
        SvgOutline(area.code, area.name, svg_path(shape, frame, round), *frame.point(middle.y, middle.x))
        for area, shape in cut
        if shape.geom_type in ("Polygon", "MultiPolygon") and not shape.is_empty and (middle := shape.point_on_surface())
    ]


@lru_cache(maxsize=8)
def _simplified(pk: UUID, changed_at: datetime) -> "list[tuple[Area, BaseGeometry]]":
    """Read once per state of the set: `changed_at` is only part of the key."""
    import numpy
    import shapely

    areas = list(Area.objects.filter(area_set_id=pk))
    if not areas:
        return []
    shapes = numpy.array([area.outline for area in areas])
    west, south, east, north = shapely.total_bounds(shapes)
    simple = shapely.coverage_simplify(shapes, max(east - west, north - south) * STRAY)
    rounded = shapely.orient_polygons(shapely.transform(simple, lambda points: numpy.round(points, 5)))
    return list(zip(areas, rounded, strict=True))


def svg_path(shape: "BaseGeometry", frame: Frame, rounded: Callable[[float], float] = float) -> str:
    """An oriented polygon or multipolygon as it is drawn on this sheet, with its numbers `rounded`.

    Rings run in opposite directions outside and inside, so that holes stay open under either fill rule.
    """
    rings = [ring for polygon in getattr(shape, "geoms", [shape]) for ring in (polygon.exterior, *polygon.interiors)]
    drawn = ((frame.point(lat, lon) for lon, lat in ring.coords[:-1]) for ring in rings)
    return "".join(f"M{'L'.join(point for point, _ in groupby(f'{rounded(x):g} {rounded(y):g}' for x, y in ring))}Z" for ring in drawn)
