"""A score is the sum of named parts, each with its reason in plain words."""

from typing import NamedTuple


class Part(NamedTuple):
    """One part of a score: its code, whole points, and the reason as staff read it."""

    part: str
    points: int
    text: str
