"""A round as eligibility and the solver see it: the facts of everybody in it, every pair judged, and the proposal that follows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt

from matching.eligibility import (
    ActivityRule,
    AskFacts,
    Code,
    PersonFacts,
    SoftAsk,
    SoftColumns,
    VolunteerColumns,
    nearest_miss_of,
    refusal_masks,
    score_columns,
)
from matching.eligibility.refusing import Masks
from matching.eligibility.score import Points
from matching.rounds.solving import Pair, Solution, solve

LOAD_PENALTY = 20  # points that the second person of one volunteer in a round costs; the third costs twice as much

Named = tuple[str, str]  # (request, volunteer)


@dataclass(frozen=True)
class Problem:
    """All that decides about a round. Priorities (higher first) are all different.

    `given`: points by request and volunteer, in the place of our own; what is not in it is 0. `soft` and `theirs` count only without it.
    `most`: of volunteers who take fewer requests now than they have room for, because nobody is asked too often; 0 is a rest.
    """

    on: date
    asks: Sequence[AskFacts]
    people: Mapping[str, PersonFacts]
    columns: VolunteerColumns
    rules: Mapping[str, ActivityRule]
    given: Mapping[str, Mapping[str, int]] | None = None
    load_penalty: int = LOAD_PENALTY
    soft: Mapping[str, SoftAsk] | None = None
    theirs: SoftColumns | None = None
    most: Mapping[str, int] = field(default_factory=dict)
    pins: Iterable[Named] = ()
    strikes: Iterable[Named] = ()


@dataclass(frozen=True, eq=False)
class Judged:
    """Every pair of a problem: rows are its requests, columns its volunteers. A mask of 0 says that they may."""

    problem: Problem
    masks: Masks
    points: npt.NDArray[np.int64]

    @cached_property
    def allowed(self) -> npt.NDArray[np.bool_]:
        """Who may take what, pairs that were struck and volunteers who have a rest left out."""
        may: npt.NDArray[np.bool_] = (self.masks == 0) & ~self.resting
        for ask, volunteer in self.places(self.problem.strikes):
            may[ask, volunteer] = False
        return may

    @cached_property
    def resting(self) -> npt.NDArray[np.bool_]:
        """Volunteers whom nobody asks now."""
        return np.array([self.problem.most.get(name) == 0 for name in self.names], dtype=np.bool_)

    @cached_property
    def room(self) -> list[int]:
        """How many people more each volunteer takes."""
        room = np.maximum(0, self.problem.columns.capacity - self.problem.columns.active_matches).tolist()
        return [min(places, self.problem.most.get(name, places)) for name, places in zip(self.names, room, strict=True)]

    @cached_property
    def names(self) -> list[str]:
        """The ids of the volunteers, by column."""
        names: list[str] = self.problem.columns.ids.tolist()
        return names

    def places(self, pairs: Iterable[Named]) -> list[Pair]:
        """Rows and columns of these pairs; those of strangers are left out."""
        ask_of = {ask.id: row for row, ask in enumerate(self.problem.asks)}
        column_of = self.problem.columns.row_of
        return [(ask_of[ask], column_of[volunteer]) for ask, volunteer in pairs if ask in ask_of and volunteer in column_of]

    def nearest_miss(self, row: int) -> Code | None:
        """The one code that, dropped, would open most volunteers to this request."""
        return nearest_miss_of(self.masks[row])

    def gaps(self) -> list[int]:
        """Rows for which no volunteer is allowed, in the order of priority."""
        return [row for row in self.by_priority if not (self.masks[row] == 0).any()]

    @cached_property
    def by_priority(self) -> list[int]:
        """The rows, the most urgent first."""
        return sorted(range(len(self.problem.asks)), key=lambda row: -self.problem.asks[row].priority)


def judge(problem: Problem) -> Judged:
    """Ask of every pair whether it may be, and how well it fits. Raises KeyError for a person or an activity that is not in the problem."""
    count, columns = len(problem.asks), problem.columns
    masks = np.zeros((count, len(columns)), dtype=np.uint32)
    points = np.zeros((count, len(columns)), dtype=np.int64)
    for row, ask in enumerate(problem.asks):
        person, rule = problem.people[ask.person], problem.rules[ask.activity]
        masks[row] = refusal_masks(ask, person, rule, columns, on=problem.on)
        if problem.given is None:
            points[row] = points_of(problem, ask).total
        else:
            for volunteer, worth in problem.given.get(ask.id, {}).items():
                if (column := columns.row_of.get(volunteer)) is not None:
                    points[row, column] = worth
    return Judged(problem, masks, points)


def points_of(problem: Problem, ask: AskFacts) -> Points:
    """Our own points for one request, by part and volunteer."""
    soft = problem.soft.get(ask.id) if problem.soft else None
    return score_columns(ask, problem.people[ask.person], problem.rules[ask.activity], problem.columns, soft, problem.theirs)


def propose(judged: Judged) -> Solution:
    """Who is served by whom. Raises ValueError for a pin that is not allowed or for which there is no room."""
    problem = judged.problem
    return solve(
        judged.allowed,
        judged.points,
        priority=[ask.priority for ask in problem.asks],
        room=judged.room,
        unit=problem.load_penalty,
        pins=judged.places(problem.pins),
    )


def loads(judged: Judged, solution: Solution) -> dict[str, int]:
    """How many requests of this round each volunteer takes, nobody left out."""
    counted = np.bincount(np.array([column for _, column in solution.pairs], dtype=np.intp), minlength=len(judged.room))
    return dict(zip(judged.problem.columns.ids.tolist(), counted.tolist(), strict=True))
