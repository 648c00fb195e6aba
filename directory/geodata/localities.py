"""The nearest village of the gazetteer, for one position or for many: a table in memory."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Farther from the middle of every village than this, a position belongs to none.
MOST_MILES = 1.5
MILES_IN_A_DEGREE = 69.09
NOWHERE = -1


class Localities:
    """The villages with their middles, in WGS84 degrees; of two at the same spot the first counts."""

    def __init__(self, names: Sequence[str], lats: ArrayLike, lons: ArrayLike) -> None:
        self.names = tuple(names)
        self.lats, self.lons = np.asarray(lats, float), np.asarray(lons, float)

    def at(self, lat: float, lon: float) -> str:
        """The village of a position; "" far from all."""
        (number,) = self.numbers_at([lat], [lon])
        return "" if number == NOWHERE else self.names[number]

    def numbers_at(self, lats: ArrayLike, lons: ArrayLike) -> "NDArray[np.int64]":
        """For each of many positions the number of its village, NOWHERE far from all."""
        lats, lons = np.asarray(lats, float), np.asarray(lons, float)
        found = np.full(len(lats), NOWHERE, np.int64)
        near = self._near(lats, lons)
        if not len(near):
            return found
        high = self.lats[near][None, :] - lats[:, None]
        wide = (self.lons[near][None, :] - lons[:, None]) * np.cos(np.radians(lats))[:, None]
        miles = np.hypot(high, wide) * MILES_IN_A_DEGREE
        best = miles.argmin(axis=1)
        close = miles[np.arange(len(lats)), best] <= MOST_MILES
        found[close] = near[best[close]]
        return found

    def _near(self, lats: "NDArray[np.float64]", lons: "NDArray[np.float64]") -> "NDArray[np.int64]":
        """The numbers of the villages that may be the nearest of any of these positions."""
        if not len(lats):
            return np.array([], np.int64)
        high = MOST_MILES / MILES_IN_A_DEGREE
        wide = high / np.cos(np.radians(np.abs(lats).max()))
        south, north, west, east = lats.min() - high, lats.max() + high, lons.min() - wide, lons.max() + wide
        return np.flatnonzero((self.lats >= south) & (self.lats <= north) & (self.lons >= west) & (self.lons <= east))
