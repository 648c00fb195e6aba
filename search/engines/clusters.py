"""What a map shows of a selection: single points, or where there are many, clusters by the squares of a grid."""

from collections.abc import Callable, Sequence

import numpy as np

from search.engines.arrays import Ints
from search.engines.base import POINTS_MAX, Cluster, Map, Point
from search.engines.selection import Selection
from search.engines.tiles import TILE_ZOOM, grid_zoom
from search.query import Box

Names = Callable[[Sequence[int]], Sequence[tuple[str, str]]]


def map_of(chosen: Selection, box: Box | None, zoom: int, order: Ints, names: Names) -> Map:
    """The map of a box (the whole world for None). `names` tells the id and the name of services by their numbers."""
    columns = chosen.columns
    box = box or Box(-180, -90, 180, 90)
    fitting = chosen.services()
    shown = chosen.documents() & fitting[columns.owner]
    lat, lon = columns.places["lat"], columns.places["lon"]
    placed = shown & ~np.isnan(lat)
    inside = placed & (lat >= box.south) & (lat <= box.north) & (lon >= box.west) & (lon <= box.east)
    at: Ints = np.flatnonzero(inside)
    clusters: tuple[Cluster, ...] = ()
    if len(at) > POINTS_MAX:
        clusters, at = _gathered(chosen, at, grid_zoom(box, zoom))
    at = at[np.lexsort((at, order[columns.owner[at]]))]
    told = names(columns.ids[columns.owner[at]].tolist())
    points = (Point(*name, *position) for name, position in zip(told, zip(lat[at].tolist(), lon[at].tolist(), strict=True), strict=True))
    without = np.count_nonzero(fitting & ~columns.any_of(placed))
    return Map(clusters, tuple(points), int(without))


def _gathered(chosen: Selection, at: Ints, grid: int) -> tuple[tuple[Cluster, ...], Ints]:
    """The clusters of some documents, the largest first, and those that stand alone in their square."""
    places = {name: chosen.columns.places[name][at] for name in ("x", "y", "lat", "lon")}
    shift = TILE_ZOOM - grid
    squares = (places["x"].astype(np.int64) >> shift) << TILE_ZOOM | (places["y"].astype(np.int64) >> shift)
    _, square, counts = np.unique(squares, return_inverse=True, return_counts=True)
    by_square = np.argsort(square, kind="stable")
    begin = np.cumsum(counts) - counts
    lat, lon = places["lat"][by_square], places["lon"][by_square]
    # A mean may lie a hair outside of what it is the mean of.
    edges = [edge.reduceat(values, begin) for values, edge in ((lon, np.minimum), (lat, np.minimum), (lon, np.maximum), (lat, np.maximum))]
    west, south, east, north = edges
    middle = np.clip(np.add.reduceat(lat, begin) / counts, south, north), np.clip(np.add.reduceat(lon, begin) / counts, west, east)
    many = np.flatnonzero(counts > 1)
    many = many[np.argsort(-counts[many], kind="stable")]
    rows = zip(*(values[many].tolist() for values in (*middle, counts, *edges)), strict=True)
    clusters = tuple(Cluster(lat, lon, count, Box(*bounds)) for lat, lon, count, *bounds in rows)
    return clusters, at[by_square[begin[counts == 1]]]
