"""Which village of the table of roads a position belongs to."""

from functools import lru_cache

from directory.geodata.locating import locate
from search.geometry import miles_between
from search.valleys import villages

# Farther from the middle of a village than this, a road from its middle says little.
MOST_MILES = 1.0


def locality_at(lat: float, lon: float) -> str:
    """The nearest village of the table whose middle is at most MOST_MILES away; "" where there is none."""
    away = ((miles_between(lat, lon, *middle), name) for name, middle in _middles().items())
    miles, name = min(away, default=(MOST_MILES + 1, ""))
    return name if miles <= MOST_MILES else ""


def forget() -> None:
    """Read the villages anew (after loading places)."""
    _middles.cache_clear()


@lru_cache(maxsize=1)
def _middles() -> dict[str, tuple[float, float]]:
    found = ((name, locate(name)) for name in villages())
    return {name: (place.lat, place.lon) for name, place in found if place is not None}
