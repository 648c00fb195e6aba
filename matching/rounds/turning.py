"""Positions moved on the globe, all by the same turn: every distance stays as it is, and no place can be read from them."""

import secrets
from collections.abc import Iterable
from math import asin, atan2, cos, degrees, hypot, pi, radians, sin

import numpy as np
import numpy.typing as npt

Position = tuple[float, float]  # degrees of latitude and longitude

_DIGITS = 12  # far below the micrometre that a limit forgives


class Turn:
    """Brings the middle of these positions to 0° north, 0° east, and spins them there by a chance angle, which nobody keeps."""

    def __init__(self, positions: Iterable[Position]) -> None:
        """The positions of everybody in the round; without any nothing is moved."""
        points = [_point(*each) for each in positions]
        x, y, z = np.sum(points, axis=0) if points else (1.0, 0.0, 0.0)
        spin = secrets.randbelow(10**9) / 10**9 * 2 * pi
        self._turn = _about_x(spin) @ _about_y(atan2(z, hypot(x, y))) @ _about_z(-atan2(y, x))

    def of(self, lat: float | None, lon: float | None) -> tuple[float | None, float | None]:
        """A position where it lies after the turn; unknown stays unknown."""
        if lat is None or lon is None:
            return None, None
        x, y, z = self._turn @ _point(lat, lon)
        return round(degrees(asin(max(-1.0, min(1.0, z)))), _DIGITS), round(degrees(atan2(y, x)), _DIGITS)


def _point(lat: float, lon: float) -> npt.NDArray[np.float64]:
    phi, lam = radians(lat), radians(lon)
    return np.array([cos(phi) * cos(lam), cos(phi) * sin(lam), sin(phi)])


def _about_x(angle: float) -> npt.NDArray[np.float64]:
    return np.array([[1, 0, 0], [0, cos(angle), -sin(angle)], [0, sin(angle), cos(angle)]])


def _about_y(angle: float) -> npt.NDArray[np.float64]:
    return np.array([[cos(angle), 0, sin(angle)], [0, 1, 0], [-sin(angle), 0, cos(angle)]])


def _about_z(angle: float) -> npt.NDArray[np.float64]:
    return np.array([[cos(angle), -sin(angle), 0], [sin(angle), cos(angle), 0], [0, 0, 1]])
