"""GeoJSON as people draw or paste it: read, checked in plain words, mended where that hardly changes it, and put into one steady form. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

MOST_POINTS = 2_000
MOST_LETTERS = 500_000
# About a metre: nobody draws finer, and two tools that round differently draw the same area.
DECIMALS = 5
# West, south, east, north of Great Britain and its islands, in degrees.
BRITAIN = (-9.0, 49.0, 2.5, 61.0)
# A line that crosses itself is mended only where the area stays the same but for this share.
MENDED_SHARE = 0.01
# A slip of the hand crosses a few lines. Mending a scribble would take minutes: 500 corners cross 27,000 times.
MOST_MEETINGS = 100
# Parts that lie side by side meet at every corner they share, about five times each.
MOST_MEETINGS_OF_PARTS = 10 * MOST_POINTS

EXAMPLE = "[-1.88, 53.62]"
NO_JSON = (
    "This is not GeoJSON. Paste the whole text that your map tool gives, from the first curly bracket to the last; or draw the area anew."
)
NO_OUTLINE = "This holds no outline. It needs a Polygon or a MultiPolygon; a point or a line encloses nothing."
SWAPPED = f"Latitude and longitude look swapped: GeoJSON wants the longitude first, such as {EXAMPLE}."
GRID = f"These look like metres of the national grid. GeoJSON wants degrees, the longitude first, such as {EXAMPLE}."
OUTSIDE = f"The outline leaves Great Britain. GeoJSON wants degrees, the longitude first, such as {EXAMPLE}."
TOO_OFTEN = f"Its parts cross so often that more than {MOST_POINTS:,} points come of it. Draw it more simply."
TOO_FEW = "Each line of an outline needs at least three corners."

Position = tuple[float, float]
Ring = list[Position]


def read_outline(value: Any) -> dict[str, Any]:
    """A GeoJSON geometry, Feature or FeatureCollection (text or JSON) as one Polygon or MultiPolygon in its steady form.

    Holes and several parts are kept; what overlaps becomes one. Reading the result again gives it back unchanged.
    Raises ValidationError in plain words.
    """
    import shapely

    polygons = [_rings(polygon) for polygon in _polygons(_parsed(value))]
    if not polygons:
        raise ValidationError(NO_OUTLINE)
    points = [point for rings in polygons for ring in rings for point in ring]
    if len(points) > MOST_POINTS:
        raise ValidationError(f"The outline has {len(points):,} points; {MOST_POINTS:,} is the most. Draw it more simply.")
    _check_where(points)
    parts = [_valid(shapely.Polygon(rings[0], rings[1:])) for rings in polygons]
    if len(parts) > 1 and _meetings(parts) > MOST_MEETINGS_OF_PARTS:
        raise ValidationError(TOO_OFTEN)
    whole = shapely.set_precision(shapely.union_all(parts), 10**-DECIMALS)
    surfaces = [part for part in shapely.get_parts(whole) if part.geom_type == "Polygon" and part.area > 0]
    if not surfaces:
        raise ValidationError("The outline encloses nothing.")
    if _corners(surfaces) > MOST_POINTS:
        raise ValidationError(TOO_OFTEN)
    return steady(surfaces)


def shape_of(outline: Mapping[str, Any]) -> "BaseGeometry":
    """The steady form as a shapely polygon or multipolygon, in WGS84 degrees."""
    import shapely

    return shapely.from_geojson(json.dumps(outline))


def steady(surfaces: "Sequence[BaseGeometry]") -> dict[str, Any]:
    """Polygons as GeoJSON with the corners rounded, and rings and parts always in the same order."""
    import numpy
    import shapely

    whole = shapely.normalize(shapely.MultiPolygon(list(surfaces)))
    rounded = shapely.transform(whole, lambda points: numpy.round(points, DECIMALS) + 0.0)
    parts = [json.loads(shapely.to_geojson(part))["coordinates"] for part in rounded.geoms]
    return {"type": "Polygon", "coordinates": parts[0]} if len(parts) == 1 else {"type": "MultiPolygon", "coordinates": parts}


def _parsed(value: Any) -> Mapping[str, Any]:
    if isinstance(value, str):
        if len(value) > MOST_LETTERS:
            raise ValidationError(f"This is longer than {MOST_LETTERS:,} letters. Draw the area more simply.")
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise ValidationError(NO_JSON) from error
    if not isinstance(value, Mapping):
        raise ValidationError(NO_JSON)
    return value


def _polygons(value: Any, depth: int = 0) -> Iterator[Any]:
    """The coordinates of every polygon in a GeoJSON object."""
    kind = value.get("type") if isinstance(value, Mapping) and depth < 4 else None
    if kind == "Polygon":
        yield value.get("coordinates")
    elif kind == "MultiPolygon":
        yield from _list(value.get("coordinates"))
    elif kind == "Feature":
        yield from _polygons(value.get("geometry"), depth + 1)
    elif kind in ("FeatureCollection", "GeometryCollection"):
        for part in _list(value.get("features" if kind == "FeatureCollection" else "geometries")):
            yield from _polygons(part, depth + 1)
    else:
        raise ValidationError(NO_OUTLINE)


def _rings(coordinates: Any) -> list[Ring]:
    rings = [_ring(ring) for ring in _list(coordinates)]
    if not rings:
        raise ValidationError(NO_OUTLINE)
    return rings


def _ring(points: Any) -> Ring:
    """A line of corners, without the first one again at its end."""
    ring = [_position(point) for point in _list(points)]
    if len(ring) > 1 and ring[0] == ring[-1]:
        ring.pop()
    if len(set(ring)) < 3:
        raise ValidationError(TOO_FEW)
    return ring


def _position(point: Any) -> Position:
    if (
        not isinstance(point, list | tuple)
        or len(point) < 2
        or any(isinstance(x, bool) or not isinstance(x, int | float) for x in point[:2])
    ):
        raise ValidationError(f"Each corner is a pair of numbers, the longitude first, such as {EXAMPLE}.")
    # A whole number may be too long for a float; compared it can be.
    if not all(abs(x) < 1e9 for x in point[:2]):
        raise ValidationError(OUTSIDE)
    return float(point[0]), float(point[1])


def _list(value: Any) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise ValidationError("This GeoJSON is broken: coordinates are missing where they should stand.")
    return value


def _check_where(points: Iterable[Position]) -> None:
    """Every corner lies in Great Britain; if not, say why that might be."""
    points = list(points)
    if all(_in_britain(lon, lat) for lon, lat in points):
        return
    if all(_in_britain(lat, lon) for lon, lat in points):
        raise ValidationError(SWAPPED)
    if all(0 <= x <= 700_000 and 0 <= y <= 1_300_000 for x, y in points) and any(abs(x) > 180 or abs(y) > 90 for x, y in points):
        raise ValidationError(GRID)
    raise ValidationError(OUTSIDE)


def _in_britain(lon: float, lat: float) -> bool:
    west, south, east, north = BRITAIN
    return west <= lon <= east and south <= lat <= north


def _valid(polygon: "BaseGeometry") -> "BaseGeometry":
    """The polygon, mended where that hardly changes it. Raises ValidationError with the spot where its line goes wrong."""
    import shapely

    if polygon.is_valid:
        return polygon
    if polygon.area and _meetings([polygon]) <= MOST_MEETINGS:
        mended = shapely.make_valid(polygon)
        if abs(mended.area - polygon.area) <= MENDED_SHARE * polygon.area:
            return mended
    reason = shapely.is_valid_reason(polygon)
    what = "A hole leaves the outline" if "Hole" in reason or "holes" in reason else "The line crosses itself"
    spot = reason[reason.find("[") + 1 : -1].split() if reason.endswith("]") else []
    where = f" near {float(spot[1]):.4f}, {float(spot[0]):.4f} (latitude, longitude)" if len(spot) == 2 else ""
    raise ValidationError(f"{what}{where}. Move that corner, or draw the area anew.")


def _meetings(surfaces: "Sequence[BaseGeometry]") -> int:
    """How many pairs of their straight lines touch or cross, besides those that follow one another."""
    import numpy
    import shapely

    polygons = [part for part in shapely.get_parts(list(surfaces)) if part.geom_type == "Polygon"]
    rings = [numpy.array(ring.coords) for each in polygons for ring in (each.exterior, *each.interiors)]
    begin, end = numpy.concatenate([ring[:-1] for ring in rings]), numpy.concatenate([ring[1:] for ring in rings])
    low, high, along = numpy.minimum(begin, end), numpy.maximum(begin, end), end - begin

    def side(of: Any, to: Any) -> Any:
        return numpy.sign(of[..., 0] * to[..., 1] - of[..., 1] * to[..., 0])

    pairs = 0
    for at in range(len(begin) - 1):
        others = slice(at + 1, None)
        near = ((low[others] <= high[at]) & (high[others] >= low[at])).all(axis=1)
        divides = side(along[at], begin[others] - begin[at]) * side(along[at], end[others] - begin[at]) <= 0
        divided = side(along[others], begin[at] - begin[others]) * side(along[others], end[at] - begin[others]) <= 0
        pairs += int((near & divides & divided).sum())
    return pairs - len(begin)


def _corners(surfaces: "Sequence[BaseGeometry]") -> int:
    """The points of all lines, each line's first one counted once."""
    return sum(len(line.coords) - 1 for part in surfaces for line in (part.exterior, *part.interiors))
