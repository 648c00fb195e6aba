"""How well a volunteer who may take a request fits it: named parts in whole points, added up; over columns, and for one pair in words.

Age, ethnicity, faith, disability and sex are not among the facts that are looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from matching.eligibility.columns import VolunteerColumns, kilometres
from matching.eligibility.distance import KM_IN_A_MILE
from matching.eligibility.facts import AskFacts, PersonFacts
from matching.eligibility.parts import Part
from matching.eligibility.rule import ActivityRule
from matching.eligibility.words import OneWord, Rows, Whole, Words

DISTANCE = 300
CONTINUITY = 200
INTEREST = 60
INTERESTS_MOST = 180
LOAD = 120
VILLAGE = 100
WAITING_MOST = 100
WAITING_A_DAY = 2


@dataclass(frozen=True)
class SoftAsk:
    """The request's and the person's side of what counts beside the hard facts; `known_to`: ids of volunteers who helped them before."""

    interests: frozenset[str] = frozenset()
    village: str = ""
    waiting_days: int = 0
    known_to: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class SoftColumns:
    """The volunteers' side, in the rows of their VolunteerColumns."""

    interests: Words
    villages: OneWord

    @classmethod
    def of(cls, interests: Sequence[frozenset[str]], villages: Sequence[str]) -> "SoftColumns":
        """The columns of these volunteers, in their order; villages by their usual names, empty if not known."""
        return cls(Words.of(interests), OneWord.of(villages))

    def take(self, rows: Rows) -> "SoftColumns":
        """These rows only, each once, in this order."""
        return SoftColumns(self.interests.take(rows), self.villages.take(rows))

    def joined(self, more: "SoftColumns") -> "SoftColumns":
        """These volunteers, and others below them."""
        return SoftColumns(self.interests.joined(more.interests), self.villages.joined(more.villages))


class Points(NamedTuple):
    """The points of each part, by volunteer; the names of the parts are those of Part."""

    distance: Whole
    interests: Whole
    continuity: Whole
    load: Whole
    waiting: Whole
    village: Whole

    @property
    def total(self) -> Whole:
        """The score of each."""
        added: Whole = np.sum(self, axis=0)
        return added


def score_columns(
    ask: AskFacts,
    person: PersonFacts,
    rule: ActivityRule,
    volunteers: VolunteerColumns,
    soft: SoftAsk | None = None,
    theirs: SoftColumns | None = None,
) -> Points:
    """The points of all parts for each volunteer. What is left out adds nothing."""
    soft, count = soft or SoftAsk(), len(volunteers)
    nothing = np.zeros(count, dtype=np.int64)
    known = volunteers.named(soft.known_to) * np.int64(CONTINUITY) if soft.known_to else nothing
    return Points(
        distance=_distances(ask, person, rule, volunteers),
        interests=np.minimum(INTERESTS_MOST, INTEREST * theirs.interests.counted(soft.interests)) if theirs else nothing,
        continuity=known,
        load=_loads(volunteers),
        waiting=np.full(count, _waiting_points(soft.waiting_days), dtype=np.int64),
        village=theirs.villages.equal(soft.village) * np.int64(VILLAGE) if theirs else nothing,
    )


def parts_at(
    row: int,
    points: Points,
    ask: AskFacts,
    person: PersonFacts,
    rule: ActivityRule,
    volunteers: VolunteerColumns,
    soft: SoftAsk | None = None,
    theirs: SoftColumns | None = None,
) -> tuple[Part, ...]:
    """The six parts of one volunteer out of `score_columns` for the same facts, each with its reason as staff read it, or an empty text.

    Always the same six in the same order, those that add nothing with 0 points; their sum is the score.
    """
    soft = soft or SoftAsk()
    shared = sorted(theirs.interests.among(row, soft.interests)) if theirs else []
    days = max(0, soft.waiting_days)
    said = (
        _way(row, ask, person, rule, volunteers),
        f"Both like {', '.join(shared)}" if shared else "",
        "They know each other from before" if points.continuity[row] else "",
        _room(int(volunteers.active_matches[row]), int(volunteers.capacity[row])),
        f"Has waited {days} {'day' if days == 1 else 'days'}",
        f"Both in {soft.village}" if points.village[row] else "",
    )
    return tuple(Part(name, int(column[row]), text) for name, column, text in zip(Points._fields, points, said, strict=True))


def _way(row: int, ask: AskFacts, person: PersonFacts, rule: ActivityRule, volunteers: VolunteerColumns) -> str:
    if ask.remote or not rule.distance_matters:
        return ""
    km = volunteers.km_to(row, person.lat, person.lon)
    if km is None:
        return ""
    miles = f"{km / KM_IN_A_MILE:.1f}"
    return "Close by" if miles == "0.0" else f"{miles} miles away"


def _room(helped: int, capacity: int) -> str:
    return f"Helps {helped} {'person' if helped == 1 else 'people'} now, has room for {max(0, capacity - helped)} more"


def _distances(ask: AskFacts, person: PersonFacts, rule: ActivityRule, volunteers: VolunteerColumns) -> Whole:
    """All points next door, none at the end of what the volunteer goes; none where it does not matter or is not known."""
    if ask.remote or not rule.distance_matters:
        return np.zeros(len(volunteers), dtype=np.int64)
    limit = volunteers.max_km
    # Somebody whose limit is nought, or not known, and who is asked all the same, is not ranked by the way.
    ranked = np.isfinite(limit) & (limit != 0)
    km = kilometres(volunteers.chords(person.lat, person.lon))
    share = np.where(ranked, 1 - km / np.where(ranked, limit, 1.0), np.where(np.isnan(km), np.nan, 1.0))
    return np.rint(DISTANCE * np.nan_to_num(np.maximum(0.0, share), nan=0.0)).astype(np.int64)


def _loads(volunteers: VolunteerColumns) -> Whole:
    """The more room a volunteer has, for what they wish, the more points: so the work is spread."""
    free = np.maximum(0, volunteers.capacity - volunteers.active_matches)
    any_room = volunteers.capacity > 0
    return np.rint(LOAD * free / np.where(any_room, volunteers.capacity, 1)).astype(np.int64) * any_room


def _waiting_points(days: int) -> int:
    return min(WAITING_MOST, WAITING_A_DAY * max(0, days))
