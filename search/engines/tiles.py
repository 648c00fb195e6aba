"""The squares of a web map, by which places are gathered to clusters."""

from math import cos, floor, log, pi, radians, tan

TILE_ZOOM = 24


def tile(lat: float, lon: float) -> tuple[int, int]:
    """The web-map tile that holds a position, at TILE_ZOOM; shift both numbers right for smaller zooms."""
    side = 1 << TILE_ZOOM
    lat = max(-85.05, min(85.05, lat))
    x = floor((lon + 180) / 360 * side)
    y = floor((1 - log(tan(radians(lat)) + 1 / cos(radians(lat))) / pi) / 2 * side)
    return min(side - 1, max(0, x)), min(side - 1, max(0, y))
