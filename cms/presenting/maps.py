"""The map beside a list, drawn on the server: pins with the numbers of the list on the outlines of the areas."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, cos, floor, pi, sin
from typing import Any

from django.conf import settings
from django.urls import reverse

from cms.presenting.words import counted, listed
from cms.public_state import once, remember
from directory.geodata.locating import installed_set
from directory.geodata.outlines import Frame, SvgOutline, outlines_digest, simplified, svg_outlines, svg_path
from directory.served import Served

WIDTH, HEIGHT = 400, 320
# What a letter of a name takes, and the height of its line.
LETTER, LINE = 8.6, 18.0
_CODE = re.compile(r" \([A-Z0-9 ]+\)$")
# Pins are 32 wide: nearer than this they would hide each other's numbers.
APART = 30.0
# Degrees around everything that is shown: about a kilometre and a half.
MARGIN_LAT, MARGIN_LON = 0.013, 0.022
# Edges lie on lines so far apart, so that many questions share one drawing of the ground.
GRID = 0.01

# West, south, east, north.
Bounds = tuple[float, float, float, float]

ground = once(installed_set)


class Picture(dict[str, Any]):
    """The context of components/map.html, made once and shared: equal only to itself, so that it is drawn once, too."""

    __hash__ = object.__hash__  # type: ignore[assignment]
    __eq__ = object.__eq__  # type: ignore[assignment]


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


@lru_cache(maxsize=256)
def map_of(
    spots: tuple[Spot, ...],
    *,
    label: str,
    state: str,
    rest: str = "",
    home: Home | None = None,
    served: tuple[Served, ...] = (),
    ask: str = "",
    list_url: str = "",
) -> Picture | None:
    """The context of components/map.html; None where there is nothing to draw. It is shared: read it only. `served` are drawn over the ground, below the pins.

    `state` is the public state. `ask` is the address at which a living map asks for what lies in its window, `list_url` the finder's
    for the same question: with `bbox` behind it, the list of the window.
    """
    points = [(spot.lat, spot.lon) for spot in spots] + ([(home.lat, home.lon)] if home else [])
    points += [corner for each in served for corner in _corners(each.shape.bounds)]
    if not points:
        return None
    bounds = _around(points)
    frame = Frame.around(bounds, width=WIDTH, height=HEIGHT)
    area_set = ground(state)
    covered = [Served(each.name, simplified(each.shape, bounds)) for each in served]
    return Picture(
        label=label,
        width=WIDTH,
        height=HEIGHT,
        areas=[
            *(_named(svg_outlines(area_set, frame)) if area_set else []),
            *({"path": svg_path(each.shape, frame), "tone": "served"} for each in covered),
        ],
        pins=[_pin(spot, x, y) for spot, (x, y) in zip(spots, _beside(spots, home, frame), strict=True)],
        home=_drawn_home(home, frame) if home else None,
        rest=rest,
        data={
            **_living(spots, home, covered, bounds),
            "ground": reverse("area-ground", args=[area_set.slug, outlines_digest(area_set)]) if area_set else "",
            "ask": ask,
            "list": list_url,
        },
        tile_url=settings.TILE_URL,
        tile_attribution=settings.TILE_ATTRIBUTION,
    )


remember(map_of.cache_clear)


def _living(spots: Sequence[Spot], home: Home | None, covered: Sequence[Served], bounds: Bounds) -> dict[str, Any]:
    """What a script draws on a living map, in degrees."""
    west, south, east, north = bounds
    return {
        "pins": [_living_pin(spot) for spot in spots],
        "areas": _features(covered),
        "home": {"lat": home.lat, "lon": home.lon, "name": home.name} if home else None,
        "bounds": [[south, west], [north, east]],
    }


def _living_pin(spot: Spot) -> dict[str, Any]:
    pin = {"number": spot.number, "id": spot.id, "name": spot.name, "lat": round(spot.lat, 5), "lon": round(spot.lon, 5)}
    return {**pin, "url": spot.url} if spot.url else pin


def _features(served: Sequence[Served]) -> dict[str, Any]:
    """What is drawn over the ground, as GeoJSON."""
    import shapely

    features = [
        {"type": "Feature", "properties": {"tone": "served"}, "geometry": json.loads(shapely.to_geojson(each.shape))} for each in served
    ]
    return {"type": "FeatureCollection", "features": features}


def _corners(bounds: Bounds) -> list[tuple[float, float]]:
    west, south, east, north = bounds
    return [(south, west), (north, east)]


def rest_words(on_map: int, coming: int, elsewhere: int) -> str:
    """ "3 on the map. Not on it: 1 that comes to you, and 2 others."."""
    missing = [f"{coming} that {'comes' if coming == 1 else 'come'} to you"] if coming else []
    missing += [counted(elsewhere, "other") if coming else str(elsewhere)] if elsewhere else []
    return f"{on_map} on the map." + (f" Not on it: {listed(missing)}." if missing else "")


def _beside(spots: Sequence[Spot], home: Home | None, frame: Frame) -> list[tuple[float, float]]:
    """Where the numbers are drawn: not over each other, and not over the yellow dot."""
    return spread((frame.point(spot.lat, spot.lon) for spot in spots), [frame.point(home.lat, home.lon)] if home else [])


def spread(points: Iterable[tuple[float, float]], taken: Sequence[tuple[float, float]] = ()) -> list[tuple[float, float]]:
    """The same points moved apart, each as little as it takes, so that every number can be read and pressed; none of them over what is `taken`."""
    placed = list(taken)
    for x, y in points:
        placed.append(next(spot for spot in _around_point(x, y) if all(_apart(spot, other) for other in placed)))
    return placed[len(taken) :]


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


def _around(points: Sequence[tuple[float, float]]) -> Bounds:
    """West, south, east, north around all of them, with a margin, outwards to the next line of the grid."""
    lats, lons = [lat for lat, _ in points], [lon for _, lon in points]
    low = (min(lons) - MARGIN_LON, min(lats) - MARGIN_LAT)
    high = (max(lons) + MARGIN_LON, max(lats) + MARGIN_LAT)
    return (*(round(floor(edge / GRID) * GRID, 5) for edge in low), *(round(ceil(edge / GRID) * GRID, 5) for edge in high))  # type: ignore[return-value]


def _pin(spot: Spot, x: float, y: float) -> dict[str, Any]:
    return {"number": spot.number, "x": x, "y": y, "name": spot.name, "url": spot.url, "id": spot.id}


def _drawn_home(home: Home, frame: Frame) -> dict[str, Any]:
    x, y = frame.point(home.lat, home.lon)
    return {"x": round(x, 1), "y": round(y, 1), "name": home.name}


def _named(outlines: Sequence[SvgOutline]) -> list[dict[str, Any]]:
    """The areas to draw; a name that would hang out of the picture or over another is left away."""
    boxes: list[tuple[float, float, float]] = []
    drawn = []
    for outline in outlines:
        name = short_name(outline.name)
        half = len(name) * LETTER / 2
        fits = half <= outline.x <= WIDTH - half and LINE <= outline.y <= HEIGHT - LINE
        fits = fits and all(abs(outline.y - y) >= LINE or abs(outline.x - x) >= half + other for x, y, other in boxes)
        if fits:
            boxes.append((outline.x, outline.y, half))
        drawn.append({"path": outline.path, "name": name if fits else "", "x": outline.x, "y": outline.y})
    return drawn


def short_name(name: str) -> str:
    """ "Marsden (HD7 6)" as "Marsden"."""
    return _CODE.sub("", name)
