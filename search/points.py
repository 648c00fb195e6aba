"""The parts of a result's score and their points, as editors see them on any result page."""

from dataclasses import dataclass
from typing import Any

from directory.accounts.policy import allowed
from directory.accounts.roles import Permission
from search.reasons import Part
from search.results import Result

PART_NAMES = {
    "need": "Need",
    "text": "Words",
    "reach": "Reach",
    "freshness": "Freshness",
    "open_space": "Open and space",
    "access": "Access, language, cost, who for",
}


@dataclass(frozen=True, slots=True)
class Points:
    """What components/points.html shows: the parts, each with its name, and their sum."""

    rows: tuple[tuple[str, Part], ...]
    total: int

    @property
    def cells(self) -> list[list[Any]]:
        """The rows of a table: name, points, in words."""
        return [[name, part.points, part.text or "–"] for name, part in self.rows]


def sees_points(user: Any) -> bool:
    """Whether somebody sees the points on result pages: editors and administrators."""
    return allowed(user, Permission.MODERATE)


def points_of(result: Result) -> Points:
    """The points of a result, for somebody who `sees_points`."""
    return Points(tuple((PART_NAMES.get(part.part, part.part), part) for part in result.why), result.score)
