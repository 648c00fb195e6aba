"""Distances on the ground, in miles."""

from math import asin, cos, radians, sin, sqrt

EARTH_MILES = 6371.0088 / 1.609344
MILES_PER_DEGREE = EARTH_MILES * radians(1)


def miles_between(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle miles between two WGS84 positions in degrees."""
    north, east = radians(lat2 - lat1) / 2, radians(lon2 - lon1) / 2
    half = sin(north) ** 2 + cos(radians(lat1)) * cos(radians(lat2)) * sin(east) ** 2
    return 2 * EARTH_MILES * asin(min(1.0, sqrt(half)))


def degrees_around(lat: float, miles: float) -> tuple[float, float]:
    """Half the height and width, in degrees, of a box that surely holds everything within `miles` of a latitude."""
    height = miles / MILES_PER_DEGREE * 1.001
    width = height / max(0.01, cos(radians(min(89.0, abs(lat) + height))))
    return height, min(360.0, width)
