"""The same requests and volunteers shared out in other ways: first come first served, and the best pair first."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from matching.rounds.problem import Judged
from matching.rounds.solving import NOBODY


@dataclass(frozen=True)
class Figures:
    """Of one way to share out: people and requests served, the mean way in km (None where no way is known), and how the work is spread.

    `helping`: volunteers who help; `busiest`: the most requests for one of them.
    """

    people: int
    served: int
    km: float | None
    helping: int
    busiest: int


def compare(judged: Judged, proposed: Sequence[int], arrival: Sequence[int]) -> dict[str, dict[str, Any]]:
    """Figures of the round as proposed, of first come first served and of the best pair first. arrival: rows, who asked first comes first."""
    ways = {"round": proposed, "arrival": by_arrival(judged, arrival), "best_pair": best_pair_first(judged)}
    return {name: asdict(figures_of(judged, given)) for name, given in ways.items()}


def by_arrival(judged: Judged, arrival: Iterable[int]) -> list[int]:
    """One request after the other, each with the best volunteer who still has room: per row a column, or NOBODY."""
    room, given = np.array(judged.room), [NOBODY] * len(judged.problem.asks)
    for row in arrival:
        free = judged.allowed[row] & (room > 0)
        if free.any():
            column = int(np.where(free, judged.points[row], np.iinfo(np.int64).min).argmax())
            given[row] = column
            room[column] -= 1
    return given


def best_pair_first(judged: Judged) -> list[int]:
    """Always the pair with the most points of those that are left: per row a column, or NOBODY."""
    room, given = list(judged.room), [NOBODY] * len(judged.problem.asks)
    rows, columns = np.nonzero(judged.allowed)
    order = np.argsort(-judged.points[rows, columns], kind="stable")
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        if given[row] == NOBODY and room[column] > 0:
            given[row] = column
            room[column] -= 1
    return given


def figures_of(judged: Judged, given: Sequence[int]) -> Figures:
    """What came of it. given: per row a column, or NOBODY."""
    pairs = [(row, column) for row, column in enumerate(given) if column != NOBODY]
    ways = [km for pair in pairs if (km := km_of(judged, *pair)) is not None]
    helped, people = Counter(column for _, column in pairs), {judged.problem.asks[row].person for row, _ in pairs}
    return Figures(len(people), len(pairs), round(sum(ways) / len(ways), 2) if ways else None, len(helped), max(helped.values(), default=0))


def km_of(judged: Judged, row: int, column: int) -> float | None:
    """How far the volunteer goes; None where nobody goes anywhere, or an address is not known."""
    ask = judged.problem.asks[row]
    if ask.remote or not judged.problem.rules[ask.activity].distance_matters:
        return None
    person = judged.problem.people[ask.person]
    return judged.problem.columns.km_to(column, person.lat, person.lon)
