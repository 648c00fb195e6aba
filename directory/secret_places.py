"""What of the area that a service covers would tell where a secret place is. Two answers: one for this site, a stricter one for open data."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, radians

from directory.drawn_areas import METRES_IN_A_DEGREE, METRES_IN_A_MILE
from directory.geodata.locating import miles
from directory.geodata.spelling import compact
from directory.models import Location, Service, ServiceArea

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Care:
    """How much of an area may be told: a circle whose middle lies further away than `middle_miles` from the place; an area that holds the
    place where the box around it has `square_km`; a half postcode, or not."""

    middle_miles: float
    square_km: float
    districts: bool


# Who reads this site learns whom the service is for, in words and as a line. The middle of a circle is as good as an address.
ON_THIS_SITE = Care(middle_miles=1.0, square_km=10.0, districts=True)
# What left as open data is laid beside other data, for ever: of a council's area nobody learns where in it a refuge is, of a ward's they do.
IN_OPEN_DATA = Care(middle_miles=6.0, square_km=200.0, districts=False)


def told_areas(service: Service) -> list[ServiceArea]:
    """The parts of its area that visitors of this site read and find by (loaded with its places and areas)."""
    rows = list(service.areas.all())
    secret = [at.location for at in service.at_locations.all() if at.location.masked]
    return [row for row in rows if not tells(row, secret, ON_THIS_SITE)] if secret else rows


def tells(row: ServiceArea, secret: Iterable[Location], care: Care) -> bool:
    """Would this part of an area tell anybody where one of these places is?"""
    return not row.everywhere and any(_tells(row, place, care) for place in secret)


def _tells(row: ServiceArea, place: Location, care: Care) -> bool:
    if row.district:
        code = compact(place.postcode)
        return not care.districts and (not code or code[:-3] == row.district.upper())
    if row.miles is not None and row.lat is not None and row.lon is not None:
        near = place.lat is None or place.lon is None or miles(row.lat, row.lon, place.lat, place.lon) <= care.middle_miles
        return near or _is_small_around(_around(row.lat, row.lon, row.miles), place, care)
    box = row if row.drawn else row.area
    assert box is not None
    return _is_small_around((box.west or 0.0, box.south or 0.0, box.east or 0.0, box.north or 0.0), place, care)


def _is_small_around(box: Box, place: Location, care: Care) -> bool:
    """Is the place in a box that is small? One whose position nobody knows may be in any."""
    west, south, east, north = box
    high = (north - south) * METRES_IN_A_DEGREE / 1000
    wide = (east - west) * METRES_IN_A_DEGREE / 1000 * cos(radians((north + south) / 2))
    inside = place.lat is None or place.lon is None or (south <= place.lat <= north and west <= place.lon <= east)
    return inside and high * wide < care.square_km


def _around(lat: float, lon: float, reach: float) -> Box:
    high = reach * METRES_IN_A_MILE / METRES_IN_A_DEGREE
    wide = high / cos(radians(lat))
    return lon - wide, lat - high, lon + wide, lat + high
