"""The squares of a web map, by which places are gathered to clusters."""

from math import cos, floor, log, log2, pi, radians, tan

from search.query import Box

TILE_ZOOM = 24
# A cluster is what falls into a quarter of a map tile, each way: 64 pixels.
ZOOM_STEP = 2
# No screen shows more tiles side by side than this; a box that is larger than its zoom is gathered more coarsely.
TILES_MOST = 16


def tile(lat: float, lon: float) -> tuple[int, int]:
    """The web-map tile that holds a position, at TILE_ZOOM; shift both numbers right for smaller zooms."""
    side = 1 << TILE_ZOOM
    lat = max(-85.05, min(85.05, lat))
    x = floor((lon + 180) / 360 * side)
    y = floor((1 - log(tan(radians(lat)) + 1 / cos(radians(lat))) / pi) / 2 * side)
    return min(side - 1, max(0, x)), min(side - 1, max(0, y))


def grid_zoom(box: Box, zoom: int) -> int:
    """The zoom whose tiles are the squares of clusters in a box that is seen at a zoom."""
    widest = max((box.east - box.west) / 360, (box.north - box.south) / 180, 1e-9)
    return min(TILE_ZOOM, min(zoom, floor(log2(TILES_MOST / widest))) + ZOOM_STEP)
