"""The map beside a list, drawn on the server: pins with the numbers of the list on the outlines of the areas."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Any

from django.conf import settings

from cms.presenting.words import counted
from directory.geodata.locating import installed_set
from directory.geodata.outlines import Frame, SvgOutline, simplified, simplified_outlines, svg_outlines, svg_path
from directory.served import Served

WIDTH, HEIGHT = 400, 320
# What a letter of a name takes, and the height of its line.
LETTER, LINE = 8.6, 18.0
_CODE = re.compile(r" \([A-Z0-9 ]+\)$")
# Pins are 32 wide: nearer than this they would hide each other's numbers.
APART = 30.0
# Degrees around everything that is shown: about a kilometre and a half.
MARGIN_LAT, MARGIN_LON = 0.013, 0.022


@dataclass(frozen=True)
class Spot:
    """One place to draw, with the number and id of its card."""

    number: int
    id: str
    name: str
    lat: float
    lon: float
    url: str = ""


@dataclass(frozen=True)
class Home:
    name: str
    lat: float
    lon: float


def map_of(
    spots: Sequence[Spot], *, label: str, rest: str = "", home: Home | None = None, served: Sequence[Served] = ()
) -> dict[str, Any] | None:
    """The context of components/map.html; None where there is nothing to draw. `served` are drawn over the ground, below the pins."""
    points = [(spot.lat, spot.lon) for spot in spots] + ([(home.lat, home.lon)] if home else [])
    points += [corner for each in served for corner in _corners(each.shape.bounds)]
    if not points:
        return None
    bounds = _around(points)
    frame = Frame.around(bounds, width=WIDTH, height=HEIGHT)
    ground = installed_set()
    areas = _near(simplified_outlines(ground), bounds) if ground else None
    codes = {feature["properties"]["code"] for feature in areas["features"]} if areas else set()
    covered = [Served(each.name, simplified(each.shape, bounds)) for each in served]
    return {
        "label": label,
        "width": WIDTH,
        "height": HEIGHT,
        "areas": [
            *(_named([outline for outline in svg_outlines(ground, frame) if outline.code in codes]) if ground else []),
            *({"path": svg_path(each.shape, frame), "tone": "served"} for each in covered),
        ],
        "pins": [_pin(spot, x, y) for spot, (x, y) in zip(spots, spread(frame.point(spot.lat, spot.lon) for spot in spots), strict=True)],
        "home": _drawn_home(home, frame) if home else None,
        "rest": rest,
        "data": {
            "pins": [
                {"number": spot.number, "id": spot.id, "name": spot.name, "url": spot.url, "lat": spot.lat, "lon": spot.lon}
                for spot in spots
            ],
            "areas": _with_served(areas, covered),
            "home": {"lat": home.lat, "lon": home.lon, "name": home.name} if home else None,
            "bounds": [[bounds[1], bounds[0]], [bounds[3], bounds[2]]],
        },
        "tile_url": settings.TILE_URL,
        "tile_attribution": settings.TILE_ATTRIBUTION,
    }


def _with_served(areas: dict[str, Any] | None, served: Sequence[Served]) -> dict[str, Any] | None:
    """The ground and what is drawn over it, as GeoJSON."""
    import shapely

    if not served:
        return areas
    over = [
        {"type": "Feature", "properties": {"tone": "served"}, "geometry": json.loads(shapely.to_geojson(each.shape))} for each in served
    ]
    return {"type": "FeatureCollection", "features": [*(areas["features"] if areas else []), *over]}


def _corners(bounds: tuple[float, float, float, float]) -> list[tuple[float, float]]:
    west, south, east, north = bounds
    return [(south, west), (north, east)]


def rest_words(on_map: int, coming: int, elsewhere: int) -> str:
    """ "3 on the map · 1 comes to you and has no place · 2 by phone or online"."""
    parts = [f"{on_map} on the map"]
    if coming:
        parts.append(f"{coming} {'comes to you and has' if coming == 1 else 'come to you and have'} no place")
    if elsewhere:
        parts.append(f"{counted(elsewhere, 'has', 'have')} no place we know")
    return " · ".join(parts)


def spread(points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same points moved apart, each as little as it takes, so that every number can be read and pressed."""
    placed: list[tuple[float, float]] = []
    for x, y in points:
        placed.append(next(spot for spot in _around_point(x, y) if all(_apart(spot, other) for other in placed)))
    return placed


def _around_point(x: float, y: float) -> Iterable[tuple[float, float]]:
    """The point itself, then rings around it, inside the frame as long as there is room."""
    yield _inside(x, y)
    for ring in range(1, 60):
        for step in range(6 * ring):
            angle = 2 * pi * step / (6 * ring) - pi / 2
            yield _inside(x + ring * APART / 2 * cos(angle), y + ring * APART / 2 * sin(angle))
    outside = 0
    while True:
        outside += 1
        yield (WIDTH + outside * APART, y)


def _inside(x: float, y: float) -> tuple[float, float]:
    return (round(min(max(x, 18.0), WIDTH - 18.0), 1), round(min(max(y, 18.0), HEIGHT - 18.0), 1))


def _apart(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 >= APART**2


def _around(points: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    """West, south, east, north around all of them, with a margin."""
    lats, lons = [lat for lat, _ in points], [lon for _, lon in points]
    return (min(lons) - MARGIN_LON, min(lats) - MARGIN_LAT, max(lons) + MARGIN_LON, max(lats) + MARGIN_LAT)


def _pin(spot: Spot, x: float, y: float) -> dict[str, Any]:
    return {"number": spot.number, "x": x, "y": y, "name": spot.name, "url": spot.url, "id": spot.id}


def _drawn_home(home: Home, frame: Frame) -> dict[str, Any]:
    x, y = frame.point(home.lat, home.lon)
    return {"x": round(x, 1), "y": round(y, 1), "name": home.name}


def _near(outlines: dict[str, Any], bounds: tuple[float, float, float, float]) -> dict[str, Any]:
    """Only the areas that a reader of this map sees, and those beside it; their names without the code behind them."""
    west, south, east, north = bounds
    wide, high = (east - west) / 2, (north - south) / 2
    box = (west - wide, south - high, east + wide, north + high)
    near = [feature for feature in outlines["features"] if _touches(feature["geometry"], box)]
    return {
        **outlines,
        "features": [{**each, "properties": {**each["properties"], "name": _short(each["properties"]["name"])}} for each in near],
    }


def _named(outlines: Sequence[SvgOutline]) -> list[dict[str, Any]]:
    """The areas to draw; a name that would hang out of the picture or over another is left away."""
    boxes: list[tuple[float, float, float]] = []
    drawn = []
    for outline in outlines:
        name = _short(outline.name)
        half = len(name) * LETTER / 2
        fits = half <= outline.x <= WIDTH - half and LINE <= outline.y <= HEIGHT - LINE
        fits = fits and all(abs(outline.y - y) >= LINE or abs(outline.x - x) >= half + other for x, y, other in boxes)
        if fits:
            boxes.append((outline.x, outline.y, half))
        drawn.append({"path": outline.path, "name": name if fits else "", "x": outline.x, "y": outline.y})
    return drawn


def _short(name: str) -> str:
    """ "Marsden (HD7 6)" as "Marsden"."""
    return _CODE.sub("", name)


def _touches(geometry: dict[str, Any], box: tuple[float, float, float, float]) -> bool:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    corners = [corner for polygon in polygons for corner in polygon[0]]
    lons, lats = [corner[0] for corner in corners], [corner[1] for corner in corners]
    return max(lons) >= box[0] and min(lons) <= box[2] and max(lats) >= box[1] and min(lats) <= box[3]
