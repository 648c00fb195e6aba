"""The map out of the node: single points by the columns of their services, many by counts per square of the same grid as in the embedded engine."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from search.engines.arrays import Floats
from search.engines.base import POINTS_MAX, Cluster, Map, Point
from search.engines.clusters import map_of as map_of_columns
from search.engines.opensearch.asking import Questions, found, hits, total
from search.engines.opensearch.mapping import ALONE, SEVERAL, spot
from search.engines.opensearch.queries import EDGE_DEGREES, Asked, Clause, PlaceClause, every, inside, none_of, one_of, points_in
from search.engines.opensearch.ranking import TIES
from search.engines.tiles import TILE_ZOOM, grid_zoom
from search.query import Box, Query

WORLD = Box(-180, -90, 180, 90)
LONELY_AT_ONCE = 10_000
NO_WEIGHTS: Floats = np.zeros(0)


@dataclass(frozen=True, slots=True)
class Square:
    """What lies in one square of the grid."""

    count: int
    lat: float
    lon: float
    box: Box


def requests(asked: Asked, box: Box | None, zoom: int) -> list[dict[str, Any]]:
    """Counts per square of the places in the box, of services with one document and of those with several; and the number of fitting
    services without a place, whatever the box.

    The node works at the three side by side, and the fewer conditions it has to look into while it counts, the faster it is.
    """
    fits, within_box = asked.clauses(), _inside(box)
    squares, nested = ({"squares": _squares(box or WORLD, zoom, at)} for at in (ALONE, SEVERAL))
    alone = {
        "size": 0,
        "track_total_hits": True,
        "query": every((*fits, {"term": {"alone": True}}, within_box(ALONE))),
        "aggs": squares,
    }
    inside_one = {"filter": every(each(SEVERAL) for each in (*asked.documents(), within_box)), "aggs": nested}
    # A bit wider than the box: the counts themselves look closer.
    around = [] if box is None else [points_in(box, EDGE_DEGREES, "near")]
    several = {
        "size": 0,
        "track_total_hits": False,
        "query": every((*fits, {"term": {"alone": False}}, *around)),
        "aggs": {"several": {"nested": {"path": "places"}, "aggs": {"inside": inside_one}}},
    }
    unplaced = none_of(*asked.at_places(_placed)) if asked.places else {"term": {"unplaced": True}}
    return [alone, several, {"size": 0, "track_total_hits": True, "query": every((*fits, unplaced))}]


def map_of(questions: Questions, asked: Asked, box: Box | None, zoom: int, answers: Sequence[Mapping[str, Any]]) -> Map:
    """The map for the answers to `requests`."""
    alone, several, unplaced = answers
    without = total(unplaced)
    if "aggregations" not in alone:  # an index without a single service
        return Map((), (), without)
    inside_one = several["aggregations"]["several"]["inside"]
    if total(alone) + inside_one["doc_count"] <= POINTS_MAX:
        return replace(_points(questions, asked, box, zoom), without_place=without)
    squares = _joined(alone["aggregations"]["squares"]["buckets"], inside_one["squares"]["buckets"])
    many = sorted((square for square in squares.values() if square.count > 1), key=lambda square: -square.count)
    clusters = tuple(Cluster(square.lat, square.lon, square.count, square.box) for square in many)
    lonely = sorted({spot(square.box.south, square.box.west) for square in squares.values() if square.count == 1})
    points = sorted(_alone(questions, asked, lonely), key=lambda point: (point.name.casefold(), point.service))
    return Map(clusters, tuple(points), without)


def _placed(at: str) -> Clause:
    return {"term": {f"{at}placed": True}}


def _inside(box: Box | None) -> PlaceClause:
    return _placed if box is None else lambda at: inside(box, at)


def _squares(box: Box, zoom: int, at: str) -> dict[str, Any]:
    return {
        "histogram": {"field": f"{at}cell", "interval": 4 ** (TILE_ZOOM - grid_zoom(box, zoom)), "min_doc_count": 1},
        "aggs": {"lat": {"stats": {"field": f"{at}lat"}}, "lon": {"stats": {"field": f"{at}lon"}}},
    }


def _joined(*answers: list[dict[str, Any]]) -> dict[float, Square]:
    squares: dict[float, Square] = {}
    for bucket in (bucket for buckets in answers for bucket in buckets):
        lat, lon, count = bucket["lat"], bucket["lon"], int(bucket["doc_count"])
        box = Box(lon["min"], lat["min"], lon["max"], lat["max"])
        square = Square(count, *_middle(lat["avg"], lon["avg"], box), box)
        known = squares.get(bucket["key"])
        squares[bucket["key"]] = square if known is None else _together(known, square)
    return squares


def _together(one: Square, other: Square) -> Square:
    count = one.count + other.count
    lat, lon = ((getattr(one, name) * one.count + getattr(other, name) * other.count) / count for name in ("lat", "lon"))
    box = Box(
        min(one.box.west, other.box.west),
        min(one.box.south, other.box.south),
        max(one.box.east, other.box.east),
        max(one.box.north, other.box.north),
    )
    return Square(count, *_middle(lat, lon, box), box)


def _middle(lat: float, lon: float, box: Box) -> tuple[float, float]:
    """A mean may lie a hair outside of what it is the mean of."""
    return min(max(lat, box.south), box.north), min(max(lon, box.west), box.east)


def _points(questions: Questions, asked: Asked, box: Box | None, zoom: int) -> Map:
    """Every place as a point."""
    fits: list[Clause] = [*asked.clauses(), *asked.at_places(_inside(box))]
    (answer,) = questions.ask([hits(every(fits), sort=TIES, size=POINTS_MAX)])
    came = found(answer, 0, NO_WEIGHTS)
    names = list(zip(came.services, came.titles, strict=True))
    chosen = came.selection(_wordless(asked), boxed=False)
    return map_of_columns(chosen, box, zoom, came.order, lambda ids: [names[each] for each in ids])


def _alone(questions: Questions, asked: Asked, spots: Sequence[str]) -> Iterator[Point]:
    """The places that stand alone in their square, by the names of their services."""
    for begin in range(0, len(spots), LONELY_AT_ONCE):
        some = spots[begin : begin + LONELY_AT_ONCE]
        fits = [*asked.clauses(), *asked.at_places(partial(_at_spots, some))]
        (answer,) = questions.ask([hits(every(fits), sort=TIES, size=LONELY_AT_ONCE)])
        came = found(answer, 0, NO_WEIGHTS)
        columns = came.columns
        for at in np.flatnonzero(came.selection(_wordless(asked), boxed=False).documents()):
            lat, lon = float(columns.places["lat"][at]), float(columns.places["lon"][at])
            if spot(lat, lon) in some:
                owner = int(columns.owner[at])
                yield Point(came.services[owner], came.titles[owner], lat, lon)


def _at_spots(spots: Sequence[str], at: str) -> Clause:
    return one_of(f"{at}spot", spots)


def _wordless(asked: Asked) -> Query:
    """The query for services that are known to hold its words."""
    return replace(asked.query, words=(), needs=())
