"""Draws postcode sectors ("HD7 5") where no areas are at hand: what is nearer to a postcode of the sector than to any other."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from directory import clock
from directory.geodata.areas import SetDetails, Shape
from directory.geodata.codepoint import ATTRIBUTION
from directory.geodata.membership import DEGREES, METRES
from directory.geodata.models import AreaKind, Place, PlaceKind, Postcode

if TYPE_CHECKING:
    from geopandas import GeoDataFrame, GeoSeries
    from shapely.geometry.base import BaseGeometry

# More than this would take gigabytes: a whole country is not one co-op's area.
MOST_POSTCODES = 250_000
# A sector of fewer positions is a sorting office or a large firm, not a stretch of land: it goes to the sectors around it.
FEWEST_POSITIONS = 5
# How far the drawn land reaches beyond the outermost postcodes.
MARGIN_METRES = 400
# 0 follows every hollow of the outer line, 1 is the convex hull.
HOLLOWNESS = 0.1


class CannotDraw(Exception):
    """There are no postcodes to draw from, or too many; the message is a sentence for the operator."""


def sector_details() -> SetDetails:
    """The set that drawn sectors are stored in: one for each year, since postcodes come and go."""
    year = clock.today().year
    return SetDetails(
        f"postcode-sectors-{year}", "Postcode sectors", AreaKind.SECTOR, year, "Drawn from the positions of postcodes", ATTRIBUTION
    )


def draw_sectors(areas: Collection[str] = ()) -> list[Shape]:
    """The sectors of the live postcodes that are loaded, or of some postcode areas ("HD"), each named by its largest place.

    Raises CannotDraw.
    """
    import geopandas

    rows = list(_postcodes(areas).values_list("code", "lat", "lon")[: MOST_POSTCODES + 1])
    if len(rows) < 3 or len(rows) > MOST_POSTCODES:
        few = "There are no postcodes to draw sectors from: run load_postcodes first."
        many = f"More than {MOST_POSTCODES:,} postcodes are loaded: say which postcode areas to draw, such as --areas HD,HX."
        raise CannotDraw(few if len(rows) < 3 else many)
    points = geopandas.GeoDataFrame(
        {"sector": [f"{code[:-3]} {code[-3]}" for code, _, _ in rows]},
        geometry=geopandas.points_from_xy([lon for _, _, lon in rows], [lat for _, lat, _ in rows]),
        crs=DEGREES,
    ).to_crs(METRES)
    land = _land(points.geometry)
    sectors = _cells(points, land).dissolve(by="sector", method="coverage").clip(land, keep_geom_type=True).to_crs(DEGREES)
    named = _largest_places(sectors)
    return [
        Shape(sector, f"{named[sector]} ({sector})" if sector in named else sector, shape) for sector, shape in sectors.geometry.items()
    ]


def _postcodes(areas: Collection[str]) -> QuerySet[Postcode]:
    chosen = Q()
    for area in areas:
        chosen |= Q(code__range=(f"{area}0", f"{area}9ZZZZ"))
    return Postcode.objects.filter(chosen, live=True).order_by("code")


def _land(points: "GeoSeries") -> "BaseGeometry":
    """The land to share out: a line around all postcodes, with its hollows, and a margin."""
    import shapely

    return shapely.concave_hull(shapely.multipoints(points.values), ratio=HOLLOWNESS).buffer(MARGIN_METRES)


def _cells(points: "GeoDataFrame", land: "BaseGeometry") -> "GeoDataFrame":
    """What is nearest to each postcode. Of several at one position (a sorting office), the sector with most of them there has the cell."""
    import geopandas
    import shapely

    positions = points.drop_duplicates().groupby("sector").size()
    drawn = points[points["sector"].isin(positions.index[positions >= min(FEWEST_POSITIONS, positions.max())])]
    counted = drawn.assign(x=drawn.geometry.x, y=drawn.geometry.y).groupby(["x", "y", "sector"]).size().reset_index(name="many")
    chosen = counted.sort_values(["x", "y", "many", "sector"], ascending=[True, True, False, True]).drop_duplicates(["x", "y"])
    sites = shapely.multipoints(shapely.points(chosen["x"], chosen["y"]))
    cells = shapely.get_parts(shapely.voronoi_polygons(sites, extend_to=land, ordered=True))
    return geopandas.GeoDataFrame({"sector": chosen["sector"].values}, geometry=cells, crs=METRES)


def _largest_places(sectors: "GeoDataFrame") -> dict[str, str]:
    """The name of the largest place of the gazetteer in each sector that holds one; of equals the first by name."""
    import geopandas

    sizes = list(PlaceKind.values)
    rows = sorted(Place.objects.all(), key=lambda place: (sizes.index(place.kind), place.name), reverse=True)
    points = geopandas.points_from_xy([place.lon for place in rows], [place.lat for place in rows])
    places = geopandas.GeoDataFrame({"place": [place.name for place in rows]}, geometry=points, crs=DEGREES)
    inside = places.sjoin(sectors[["geometry"]], predicate="within")
    return dict(zip(inside["sector"], inside["place"], strict=True))
