"""Distances on the ground, in miles."""

from math import asin, cos, radians, sin, sqrt

import numpy as np

from search.engines.rows import Floats

EARTH_MILES = 6371.0088 / 1.609344
MILES_PER_DEGREE = EARTH_MILES * radians(1)


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
