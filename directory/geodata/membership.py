"""Which postcodes lie in which areas: point in polygon, worked out once when either is loaded, never while somebody waits."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from django.db.models import Max, Min

from directory.geodata.models import Area, AreaSet, Postcode, PostcodeArea

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

# Half the length of a usual street of 15 doors: an area whose line runs this close to a postcode's middle may hold some of them.
EDGE_METRES = 40
BATCH = 50_000
DEGREES = "EPSG:4326"
METRES = "EPSG:27700"

# A compact postcode, latitude, longitude.
Point = tuple[str, float, float]


def assign_set(area_set: AreaSet) -> int:
    """Work out the areas of one set for every postcode that is loaded. Returns how many postcodes lie in one of them."""
    PostcodeArea.objects.filter(area__in=area_set.areas.all()).delete()
    shapes = shapes_of(area_set)
    if shapes is None:
        return 0
    box = area_set.areas.aggregate(west=Min("west"), south=Min("south"), east=Max("east"), north=Max("north"))
    near = Postcode.objects.filter(
        lat__range=(box["south"] - 0.001, box["north"] + 0.001), lon__range=(box["west"] - 0.001, box["east"] + 0.001)
    )
    points = near.order_by("code").values_list("code", "lat", "lon").iterator(chunk_size=BATCH)
    return sum(assign(batch, shapes) for batch in _batches(points))


def assign(points: Iterable[Point], shapes: "GeoDataFrame | None") -> int:
    """Store the areas of postcodes that have none stored yet. Returns how many of them lie in an area."""
    points = list(points)
    if shapes is None or not points:
        return 0
    import geopandas

    codes, lats, lons = zip(*points, strict=True)
    places = geopandas.GeoDataFrame({"postcode": codes}, geometry=geopandas.points_from_xy(lons, lats), crs=DEGREES).to_crs(METRES)
    near = places.sjoin(shapes, predicate="dwithin", distance=EDGE_METRES)
    outlines = geopandas.GeoSeries(shapes.geometry.loc[near["index_right"]].values, index=near.index, crs=METRES)
    near["inside"] = near.geometry.distance(outlines) == 0
    near = near.sort_values(["postcode", "area_set", "inside", "code"], ascending=[True, True, False, True])
    # A position on a shared line is inside two areas of a set: the first by code is its main one.
    near["main"] = near["inside"] & ~near.duplicated(["postcode", "area_set"])
    rows = zip(near["postcode"], near["area"], near["main"].tolist(), strict=True)
    PostcodeArea.objects.bulk_create(
        (PostcodeArea(postcode_id=code, area_id=area, main=main) for code, area, main in rows), batch_size=5_000
    )
    return int(near.loc[near["main"], "postcode"].nunique())


def forget(codes: list[str]) -> None:
    """Take away the stored areas of postcodes that have moved."""
    for start in range(0, len(codes), 500):
        PostcodeArea.objects.filter(postcode_id__in=codes[start : start + 500]).delete()


def shapes_of(area_set: AreaSet | None = None) -> "GeoDataFrame | None":
    """The outlines of a set, or of all sets, in metres of the national grid; None when there is no area."""
    areas = Area.objects.filter(area_set=area_set) if area_set else Area.objects.all()
    rows = list(areas.values_list("pk", "area_set_id", "code", "geometry"))
    if not rows:
        return None
    import geopandas
    import shapely

    return geopandas.GeoDataFrame(
        {"area": [row[0] for row in rows], "area_set": [str(row[1]) for row in rows], "code": [row[2] for row in rows]},
        geometry=[shapely.from_wkb(bytes(row[3])) for row in rows],
        crs=DEGREES,
    ).to_crs(METRES)


def _batches(points: Iterator[Point]) -> Iterator[list[Point]]:
    while batch := list(islice(points, BATCH)):
        yield batch
