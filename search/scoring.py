"""One formula for both engines: a score is the sum of named parts, whole points of 1,000, worked out for many services at once.

The need comes first (hand-mapped by people), the words break ties, distance fades and never divides, age of a check fades gently.
What each part says in words stands in search.reasons.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np

from search.engines.arrays import NO, YES, Floats, Ints
from search.engines.columns import EPOCH
from search.engines.rows import Rows
from search.query import Query, Sort
from search.reach import OUT_OF_REACH, Way, limit, way_of
from search.textscore import text_scores

NEED = 450
TEXT = 150
REACH = 200
FRESHNESS = 50
OPEN_SPACE = 50
ACCESS = 100
PARTS = ("need", "text", "reach", "freshness", "open_space", "access")

# How much a name that is what was typed counts beside a need that was asked for.
NAMED = 0.95

FRESH_HALF_LIFE_DAYS = 365
NEVER_CHECKED = 5
# By then nothing of the freshness is left.
FADED_DAYS = 20 * 365
# What of the reach part each class gets; near fades by so much until the limit, and what covers only perhaps counts so much of it.
COVERED, COVERED_FAR, NEAREST, NEAR_FADES, REMOTE_STATED, NOT_STATED = 0.95, 0.6, 0.95, 0.45, 0.4, 0.2
PERHAPS = 0.75
# In miles: beyond, no distance tells equals apart.
FARTHEST = 10.0


@dataclass(frozen=True, slots=True)
class Scores:
    """The points of each part for S services (in the order of PARTS), and the document of each that reaches the place best.

    `best` is an index into the documents of the rows.
    """

    rows: Rows
    parts: Ints
    best: Ints

    @property
    def reach(self) -> Ints:
        """The class in which each service reaches the place best."""
        return self.rows.reach[self.best]

    @property
    def points(self) -> Ints:
        total: Ints = self.parts.sum(axis=0)
        return total

    def way(self, at: int) -> Way | None:
        """How one service reaches the place; None where no place was given or it does not."""
        rows, best = self.rows, self.best[at]
        return way_of(
            int(rows.reach[best]),
            miles=float(rows.miles[best]),
            by_road=bool(rows.by_road[best]),
            remote=bool(rows.remote[at]),
            maybe=bool(rows.maybe[best]),
        )


def score(rows: Rows, query: Query, *, today: date) -> Scores:
    """How well each of many services answers the query."""
    reach_points = _reach(rows, query)
    best = _best(rows, reach_points)
    parts = np.stack(
        (
            _need(rows, query),
            np.rint(TEXT * text_scores(rows.weights, rows.in_name, rows.in_text)).astype(np.int64),
            reach_points[best],
            _freshness(rows.checked, today),
            _open_space(rows, query),
            _access(rows, best, query),
        )
    )
    return Scores(rows, parts, best)


def ranked(scores: Scores, sort: Sort, begin: int, end: int) -> list[int]:
    """The services from one place to before another in the order asked for.

    What is equal goes by distance where a place was given, then by name and id, so that pages never overlap. Who has no place stands
    with those at half of FARTHEST: neither lifted nor hidden.
    """
    rows = scores.rows
    # Points (fewer than 2^11), tenths of a mile (2^13) and the order of names (2^32) in one number sort several times faster than three.
    miles = np.nan_to_num(rows.miles[scores.best], nan=FARTHEST / 2).clip(0, FARTHEST)
    fit = (-scores.points << np.int64(45)) + ((miles * 10).astype(np.int64) << np.int64(32)) + rows.order
    if sort is Sort.DISTANCE:
        miles = np.where(scores.reach == OUT_OF_REACH, np.nan, rows.miles[scores.best])
        return np.lexsort((fit, miles))[begin:end].tolist()
    sought = rows.order if sort is Sort.NAME else fit
    if end < len(sought):
        first = np.argpartition(sought, end)[:end]
        return first[np.argsort(sought[first])][begin:].tolist()
    return np.argsort(sought)[begin:end].tolist()


def _best(rows: Rows, reach_points: Ints) -> Ints:
    """Of each service the document that reaches the place best: most points, then nearest, then the first."""
    first = np.flatnonzero(np.diff(rows.owner, prepend=-1))
    if len(rows.owner) == len(rows):
        return first
    # Points (fewer than 2^10), millionths of miles (2^35) and the place in the service (2^16) in one number: the least is the best.
    places = np.arange(len(rows.owner)) - first[rows.owner]
    miles = (np.nan_to_num(rows.miles) * 1e6).astype(np.int64)
    worth = (REACH - reach_points) << np.int64(51) | miles << np.int64(16) | places
    best: Ints = first + (np.minimum.reduceat(worth, first) & 0xFFFF)
    return best


def _need(rows: Rows, query: Query) -> Ints:
    """A need chosen counts whole; those understood as surely as they were. Who types a name wants what is called so, whatever its needs."""
    doubt = np.ones(len(rows))
    for guess in query.needs:
        doubt *= np.where(rows.needs[rows.slugs.index(guess.slug)], 1 - guess.confidence, 1.0)
    for slug in query.need:
        doubt[rows.needs[rows.slugs.index(slug)]] = 0.0
    if query.names:
        doubt = np.where(rows.in_name.all(axis=0), np.minimum(doubt, 1 - NAMED), doubt)
    return np.rint(NEED * (1 - doubt)).astype(np.int64)


def _reach(rows: Rows, query: Query) -> Ints:
    """The points of each document: coming is whole, near fades to half, covered but far counts less."""
    if query.place is None:
        return np.zeros(len(rows.owner), np.int64)
    near, miles = limit(query), np.nan_to_num(rows.miles)
    remote = np.where(rows.remote, REMOTE_STATED, NOT_STATED)[rows.owner]
    by_class = (
        np.zeros(len(miles)),
        np.ones(len(miles)),
        np.where(miles > near, COVERED_FAR, COVERED),
        NEAREST - NEAR_FADES * miles / near,
    )
    share = np.choose(rows.reach, (*by_class, remote))
    return np.rint(REACH * share * np.where(rows.maybe, PERHAPS, 1.0)).astype(np.int64)


def _freshness(checked: Ints, today: date) -> Ints:
    days = today.toordinal() - EPOCH - checked.astype(np.int64)
    points: Ints = _fading()[np.clip(days, 0, FADED_DAYS)]
    return points


@lru_cache(maxsize=1)
def _fading() -> Ints:
    """The freshness points after each number of days; the last is also that of what was never checked."""
    fading = np.rint((FRESHNESS - NEVER_CHECKED) * 0.5 ** (np.arange(FADED_DAYS + 1) / FRESH_HALF_LIFE_DAYS))
    return NEVER_CHECKED + fading.astype(np.int64)


def _open_space(rows: Rows, query: Query) -> Ints:
    """Spaces lift a little, a full group sinks a little; open at the time asked for counts only where it was asked."""
    spaces = np.select([rows.spaces == YES, rows.spaces == NO], [OPEN_SPACE // 2, 0], OPEN_SPACE // 4)
    return np.where(rows.paused, 0, spaces + rows.opens * (OPEN_SPACE // 2)).astype(np.int64)


def _access(rows: Rows, best: Ints, query: Query) -> Ints:
    """Each thing that was asked and is surely there counts; nothing asked, nothing counted."""
    asked = asked_of(query)
    known: Floats = rows.access[:, best].sum(axis=0) + rows.language * bool(query.language)
    known = known + rows.free * query.free + rows.told * bool(query.who)
    return np.rint(ACCESS * known / max(1, asked)).astype(np.int64)


def asked_of(query: Query) -> int:
    """How many things of the access part were asked."""
    return len(query.access) + bool(query.language) + query.free + bool(query.who)
