"""Many volunteers side by side: what eligibility knows about each, as columns, so that all are asked the same question at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from math import cos, nan, pi, radians, sin
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.eligibility.distance import EARTH_KM
from matching.eligibility.facts import Status, VolunteerFacts
from matching.eligibility.times import Flags, FreeTimes
from matching.eligibility.words import OneWord, Rows, Whole, Words

SLACK_KM = 1e-9  # a micrometre, so that a limit equal to the distance is kept whatever the rounding
NEVER = 2**31 - 1

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class VolunteerColumns:
    """The facts of many volunteers: row i of every column is volunteer `ids[i]`.

    Not known: nan for a number, no word for a word. `x`, `y`, `z`: the position as a point of the unit sphere; `limit`: the square of the
    longest chord to it that the volunteer goes (-1 where the limit is not known). `level`: the rank of the check; `recheck`: the day it is
    due (`date.toordinal`), NEVER without one.
    """

    ids: npt.NDArray[np.str_]
    active: Flags
    x: Numbers
    y: Numbers
    z: Numbers
    max_km: Numbers
    limit: Numbers
    age: Numbers
    gender: OneWord
    household: OneWord
    door: OneWord
    avoids_smoke: Flags
    visits_in_pair: Flags
    insured_car: Flags
    capacity: Whole
    active_matches: Whole
    level: npt.NDArray[np.int8]
    recheck: npt.NDArray[np.int32]
    languages: Words
    allergies: Words
    activities: Words
    trained_for: Words
    related_to: Words
    blocked_people: Words
    free: FreeTimes

    @classmethod
    def of(cls, volunteers: Sequence[VolunteerFacts]) -> "VolunteerColumns":
        """The columns of these volunteers, in their order."""
        points = [point(each.lat, each.lon) for each in volunteers]
        return cls(
            ids=np.array([each.id for each in volunteers], dtype=np.str_),
            active=_flags(each.status == Status.ACTIVE for each in volunteers),
            x=_numbers(x for x, _, _ in points),
            y=_numbers(y for _, y, _ in points),
            z=_numbers(z for _, _, z in points),
            max_km=_numbers(each.max_km for each in volunteers),
            limit=_numbers(_longest_chord(each.max_km) for each in volunteers),
            age=_numbers(each.age for each in volunteers),
            gender=OneWord.of(each.gender for each in volunteers),
            household=OneWord.of(each.household for each in volunteers),
            door=OneWord.of(each.door for each in volunteers),
            avoids_smoke=_flags(each.avoids_smoke for each in volunteers),
            visits_in_pair=_flags(each.visits_in_pair for each in volunteers),
            insured_car=_flags(each.has_car and each.car_insurance_ok for each in volunteers),
            capacity=np.array([each.capacity for each in volunteers], dtype=np.int64),
            active_matches=np.array([each.active_matches for each in volunteers], dtype=np.int64),
            level=np.array([each.dbs.rank for each in volunteers], dtype=np.int8),
            recheck=np.array([_ordinal(each) for each in volunteers], dtype=np.int32),
            languages=Words.of([each.languages for each in volunteers]),
            allergies=Words.of([each.allergies for each in volunteers]),
            activities=Words.of([each.activities for each in volunteers]),
            trained_for=Words.of([each.trained_for for each in volunteers]),
            related_to=Words.of([each.related_to for each in volunteers]),
            blocked_people=Words.of([each.blocked_people for each in volunteers]),
            free=FreeTimes.of([each.runs for each in volunteers]),
        )

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        """The row of each volunteer by their id."""
        return {volunteer: row for row, volunteer in enumerate(self.ids.tolist())}

    def named(self, ids: Iterable[str]) -> Flags:
        """Which rows are these volunteers'? Strangers among them are nobody's row."""
        found = np.zeros(len(self), dtype=np.bool_)
        for each in ids:
            if (row := self.row_of.get(each)) is not None:
                found[row] = True
        return found

    def chords(self, lat: float | None, lon: float | None) -> Numbers:
        """The square of the chord from each volunteer to a position, on the unit sphere; nan where one of the two is not known.

        Limits and points ask for the same one after the other, so the last answer is kept: read it only.
        """
        kept = self.__dict__.get("_chords")
        if kept is None or kept[0] != (lat, lon):
            x, y, z = point(lat, lon)
            east, north, up = self.x - x, self.y - y, self.z - z
            kept = self.__dict__["_chords"] = ((lat, lon), east * east + north * north + up * up)
        chords: Numbers = kept[1]
        return chords

    def km_to(self, row: int, lat: float | None, lon: float | None) -> float | None:
        """Great-circle kilometres from one volunteer to a position; None where one of the two is not known."""
        x, y, z = point(lat, lon)
        chord = (self.x[row] - x) ** 2 + (self.y[row] - y) ** 2 + (self.z[row] - z) ** 2
        return None if np.isnan(chord) else float(kilometres(np.array([chord]))[0])

    def take(self, rows: Rows) -> "VolunteerColumns":
        """These rows only, each once, in this order."""
        return VolunteerColumns(**{name: _taken(column, rows) for name, column in self._columns()})

    def joined(self, more: "VolunteerColumns") -> "VolunteerColumns":
        """These volunteers, and others below them."""
        return VolunteerColumns(**{name: _joined(column, getattr(more, name)) for name, column in self._columns()})

    def _columns(self) -> Iterable[tuple[str, Any]]:
        return ((field.name, getattr(self, field.name)) for field in fields(self))


def point(lat: float | None, lon: float | None) -> tuple[float, float, float]:
    """A position in degrees as a point of the unit sphere; three times nan where it is not known."""
    if lat is None or lon is None:
        return nan, nan, nan
    phi, lam = radians(lat), radians(lon)
    return cos(phi) * cos(lam), cos(phi) * sin(lam), sin(phi)


def kilometres(chords: Numbers) -> Numbers:
    """Great-circle kilometres for squares of chords of the unit sphere."""
    km: Numbers = 2 * EARTH_KM * np.arcsin(np.minimum(1.0, np.sqrt(chords) / 2))
    return km


def _longest_chord(km: float | None) -> float:
    """The square of the chord under a way of so many kilometres, and a micrometre; -1, which no chord is below, where it is not known."""
    if km is None or km + SLACK_KM < 0:
        return -1.0
    half = (km + SLACK_KM) / (2 * EARTH_KM)
    return 4.0 * sin(half) ** 2 if half < pi / 2 else 5.0


def _ordinal(volunteer: VolunteerFacts) -> int:
    return volunteer.dbs_review_due.toordinal() if volunteer.dbs_review_due is not None else NEVER


def _flags(each: Iterable[bool]) -> Flags:
    return np.fromiter(each, dtype=np.bool_)


def _numbers(each: Iterable[float | None]) -> Numbers:
    return np.array([nan if number is None else number for number in each], dtype=np.float64)


def _taken(column: Any, rows: Rows) -> Any:
    return column[rows] if isinstance(column, np.ndarray) else column.take(rows)


def _joined(above: Any, below: Any) -> Any:
    return np.concatenate([above, below]) if isinstance(above, np.ndarray) else above.joined(below)
