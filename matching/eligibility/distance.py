"""Great-circle distances."""

from math import asin, cos, radians, sin, sqrt

EARTH_KM = 6371.0088  # mean radius (IUGG)
# Files and records hold kilometres, people read miles.
KM_IN_A_MILE = 1.609344


def km_between(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Kilometres between two positions in degrees (haversine on a sphere of EARTH_KM)."""
    phi, other_phi = radians(lat), radians(other_lat)
    half = sin((other_phi - phi) / 2) ** 2 + cos(phi) * cos(other_phi) * sin(radians(other_lon - lon) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))
