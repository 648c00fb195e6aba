"""Distances on the ground, in miles."""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

import numpy as np

from search.engines.arrays import Floats

EARTH_MILES = 6371.0088 / 1.609344
MILES_PER_DEGREE = EARTH_MILES * radians(1)
# So many miles around an edge, a distance is worked out anew to the last bit.
RING_MILES = 1e-3


def miles_between(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle miles between two WGS84 positions in degrees."""
    north, east = radians(lat2 - lat1) / 2, radians(lon2 - lon1) / 2
    half = sin(north) ** 2 + cos(radians(lat1)) * cos(radians(lat2)) * sin(east) ** 2
    return 2 * EARTH_MILES * asin(min(1.0, sqrt(half)))


def miles_from(lat: float, lon: float, lats: Floats, lons: Floats) -> Floats:
    """The same from one position to many; nan where there is none."""
    north, east = np.radians(lats - lat) / 2, np.radians(lons - lon) / 2
    half = np.sin(north) ** 2 + cos(radians(lat)) * np.cos(np.radians(lats)) * np.sin(east) ** 2
    miles: Floats = 2 * EARTH_MILES * np.arcsin(np.minimum(1.0, np.sqrt(half)))
    return miles


@dataclass(frozen=True, slots=True)
class Positions:
    """Many positions, to be asked again and again how far they are: with their points on a ball of radius 1, since sines take long."""

    lats: Floats
    lons: Floats
    points: tuple[Floats, Floats, Floats]

    @classmethod
    def of(cls, lats: Floats, lons: Floats) -> "Positions":
        """WGS84 degrees; nan where there is none."""
        north, east = np.radians(lats), np.radians(lons)
        wide = np.cos(north)
        return cls(lats, lons, (wide * np.cos(east), wide * np.sin(east), np.sin(north)))

    def miles_from(self, lat: float, lon: float, edge: float | Floats) -> Floats:
        """What the function of this name gives: to a few inches, and close to the edge (one for all, or one for each) to the last bit."""
        north, east = radians(lat), radians(lon)
        apart = np.zeros(len(self.lats))
        for here, there in zip((cos(north) * cos(east), cos(north) * sin(east), sin(north)), self.points, strict=True):
            way = there - here
            way *= way
            apart += way
        miles: Floats = 2 * EARTH_MILES * np.arcsin(np.minimum(1.0, np.sqrt(apart) / 2))
        close = np.flatnonzero(np.abs(miles - edge) < RING_MILES)
        if len(close):
            miles[close] = miles_from(lat, lon, self.lats[close], self.lons[close])
        return miles
