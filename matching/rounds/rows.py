"""A solved round as it is kept and shown: rows of pairs with their points and warnings, and who is not served."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from matching.eligibility import windows
from matching.eligibility.times import runs
from matching.models import Volunteer
from matching.rounds.clashes import clashing
from matching.rounds.living import offers_waiting
from matching.rounds.problem import Judged, points_of
from matching.rounds.solving import NOBODY, Solution

AT_ONCE = "same_time"
ASKED_ALREADY = "offer_waiting"
SPREAD = "spread"


def rows_of(judged: Judged, solution: Solution, warnings: Mapping[str, set[str]] | None = None) -> list[dict[str, Any]]:
    """The pairs by priority. The parts of each add up to its points, and the points of all to the objective."""
    problem = judged.problem
    found: dict[int, dict[str, Any]] = {}
    for column, rows in _served(judged, solution).items():
        for before, row in enumerate(rows):
            ask = problem.asks[row]
            points = points_of(problem, ask)
            parts = [[name, int(part[column])] for name, part in zip(points._fields, points, strict=True) if part[column]]
            if before:
                parts.append([SPREAD, -problem.load_penalty * before])
            found[row] = {
                "ask": ask.id,
                "volunteer": judged.names[column],
                "points": sum(part for _, part in parts),
                "parts": parts,
                "flags": sorted((warnings or {}).get(ask.id, ())),
                "state": "proposed",
            }
    return [found[row] for row in judged.by_priority if row in found]


def gaps_of(judged: Judged, solution: Solution) -> list[dict[str, Any]]:
    """Who is not served, by priority.

    `may`: how many could take it who are all needed by others; `not_now`: who have a rest from being asked, said no, or were struck;
    `nearest_miss`: for the others.
    """
    left = [row for row in judged.by_priority if solution.volunteers[row] == NOBODY]
    return [
        {
            "ask": judged.problem.asks[row].id,
            "nearest_miss": judged.nearest_miss(row),
            "may": int(judged.allowed[row].sum()),
            "not_now": int(((judged.masks[row] == 0) & ~judged.allowed[row]).sum()),
        }
        for row in left
    ]


def _served(judged: Judged, solution: Solution) -> dict[int, list[int]]:
    """The requests of each volunteer, by priority."""
    served: dict[int, list[int]] = defaultdict(list)
    for row in judged.by_priority:
        if (column := solution.volunteers[row]) != NOBODY:
            served[column].append(row)
    return served


def warnings_of(judged: Judged, solution: Solution) -> dict[str, set[str]]:
    """What a coordinator should look at, by request, from the volunteers' rows as they are now."""
    names, asks, served = judged.names, judged.problem.asks, _served(judged, solution)
    keys = {column: UUID(names[column]) for column in served}
    asked = offers_waiting(keys.values())
    times = dict(Volunteer.objects.filter(pk__in=keys.values()).values_list("pk", "windows"))
    found: dict[str, set[str]] = defaultdict(set)
    for column, rows in served.items():
        theirs = [asks[row] for row in rows]
        for ask in clashing(theirs, runs(windows(times.get(keys[column], [])))):
            found[ask].add(AT_ONCE)
        if keys[column] in asked:
            for one in theirs:
                found[one.id].add(ASKED_ALREADY)
    return found
