"""The two stages of a round, on plain arrays: first who is served, by strict priority; then who serves whom, by the best total."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import gcd

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Pair = tuple[int, int]

NOBODY = -1
MOST_POINTS = 10**12  # so that a sum over thousands of pairs is still exact in the solver's floating point
_SLOTS_AT_FIRST = 3


@dataclass(frozen=True)
class Solution:
    """Per request (as the rows were given) the column of its volunteer, or NOBODY. `objective`: points less what the load costs."""

    volunteers: tuple[int, ...]
    objective: int

    @property
    def pairs(self) -> list[Pair]:
        """(request, volunteer) of those who are served, in the order of the requests."""
        return [(ask, volunteer) for ask, volunteer in enumerate(self.volunteers) if volunteer != NOBODY]


def solve(
    allowed: np.ndarray,
    points: np.ndarray,
    *,
    priority: Sequence[float],
    room: Sequence[int],
    unit: int = 0,
    pins: Iterable[Pair] = (),
    strikes: Iterable[Pair] = (),
) -> Solution:
    """The proposal for these requests (rows) and volunteers (columns).

    allowed: who may take what; points: whole numbers, up to MOST_POINTS either way; priority: higher first, all different; room: how many
    people more each volunteer takes. unit: what the second person of one volunteer costs in points, the third twice as much, and so on.
    Pinned pairs stay; struck pairs are not made. Of equally good answers always the same one is given, whatever the order of the columns,
    but where two columns are alike. Raises ValueError: two priorities alike, a pin that is not allowed or for which there is no room.
    """
    if len(set(priority)) != len(priority):
        raise ValueError("Two requests have the same priority.")
    rows = np.array(sorted(range(len(priority)), key=lambda ask: -priority[ask]), dtype=np.intp)
    free = np.maximum(0, np.asarray(room, dtype=np.int64))
    may = np.array(allowed, dtype=bool)
    for ask, volunteer in strikes:
        may[ask, volunteer] = False
    worth = np.where(may, points, 0).astype(np.int64)[rows]
    columns = _canonical(may[rows], worth, free)
    fixed = _places(pins, rows, columns)
    given = _solve_ordered(may[np.ix_(rows, columns)], worth[:, columns], free[columns], unit, fixed)
    found = np.full(len(priority), NOBODY, dtype=np.intp)
    taken = given >= 0
    found[rows[taken]] = columns[given[taken]]
    volunteers = tuple(int(volunteer) for volunteer in found)
    return Solution(volunteers, objective_of(volunteers, points, unit))


def objective_of(volunteers: Sequence[int], points: np.ndarray, unit: int) -> int:
    """The points of these pairs, less unit * (0 + 1 + … ) for the people of each volunteer."""
    helped = [volunteer for volunteer in volunteers if volunteer != NOBODY]
    plain = sum(int(points[ask, volunteer]) for ask, volunteer in enumerate(volunteers) if volunteer != NOBODY)
    return plain - unit * sum(load * (load - 1) // 2 for load in Counter(helped).values())


def _canonical(may: np.ndarray, worth: np.ndarray, room: np.ndarray) -> np.ndarray:
    """The columns in an order that follows from what they hold and not from where they stood."""
    content = [(int(room[column]), may[:, column].tobytes(), worth[:, column].tobytes()) for column in range(len(room))]
    return np.array(sorted(range(len(room)), key=content.__getitem__), dtype=np.intp)


def _places(pins: Iterable[Pair], rows: np.ndarray, columns: np.ndarray) -> dict[int, int]:
    """The pins in the order of the solver."""
    row_of = {int(ask): place for place, ask in enumerate(rows)}
    column_of = {int(volunteer): place for place, volunteer in enumerate(columns)}
    fixed: dict[int, int] = {}
    for ask, volunteer in pins:
        if fixed.setdefault(row_of[ask], column_of[volunteer]) != column_of[volunteer]:
            raise ValueError("A request is pinned to two volunteers.")
    return fixed


def _solve_ordered(may: np.ndarray, worth: np.ndarray, room: np.ndarray, unit: int, fixed: dict[int, int]) -> np.ndarray:
    kept = np.bincount(list(fixed.values()), minlength=len(room)) if fixed else np.zeros(len(room), dtype=np.int64)
    if any(not may[ask, volunteer] for ask, volunteer in fixed.items()) or (kept > room).any():
        raise ValueError("A pin is not allowed, or there is no room for it.")
    given, blocks = _first_stage(may, room - kept, fixed)
    served = np.array([ask for ask in np.flatnonzero(given >= 0) if ask not in fixed], dtype=np.intp)
    for asks, volunteers in _parts(may[served], given[served], blocks):
        rows, left, before = served[asks], (room - kept)[volunteers], kept[volunteers]
        inside = np.ix_(rows, volunteers)
        held = np.searchsorted(volunteers, given[rows])
        given[rows] = volunteers[_second_stage(may[inside], worth[inside], left, before, held, unit)]
    return given


def _first_stage(may: np.ndarray, room: np.ndarray, fixed: dict[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Who is served, by whom for now: as many as can be, and none of them can make way for one of higher priority.

    Requests are taken by priority; each keeps its place once it has one (a transversal matroid), though not always with the same volunteer.
    Volunteers are bits of whole numbers. Whoever was reached by a search in vain is full for good, and is not looked at again: the second
    answer is the number of that search for each volunteer, NOBODY for those who were never reached in vain.
    """
    reach = [int.from_bytes(row.tobytes(), "little") for row in np.packbits(may, axis=1, bitorder="little")]
    left = [int(places) for places in room]
    free = sum(1 << volunteer for volunteer, places in enumerate(left) if places)
    given, holds = np.full(len(reach), NOBODY, dtype=np.intp), [set[int]() for _ in left]
    blocks = np.full(len(left), NOBODY, dtype=np.intp)
    for ask, volunteer in fixed.items():
        given[ask] = volunteer
    open_to = (1 << len(left)) - 1
    for ask in range(len(reach)):
        if ask in fixed:
            continue
        last, came_from, unseen = _search(ask, reach, holds, free, open_to)
        if last == NOBODY:
            blocks[list(_bits(open_to & ~unseen))] = ask
            open_to = unseen
            continue
        left[last] -= 1
        if not left[last]:
            free &= ~(1 << last)
        _shift(last, came_from, given, holds)
    return given, blocks


def _search(ask: int, reach: list[int], holds: list[set[int]], free: int, unseen: int) -> tuple[int, dict[int, int], int]:
    """A free volunteer that can be reached by passing requests on, from whom each reached volunteer gets one, and who was not reached."""
    came_from: dict[int, int] = {}
    queue = [ask]
    for here in queue:
        new = reach[here] & unseen
        if hit := new & free:
            volunteer = next(_bits(hit))
            came_from[volunteer] = here
            return volunteer, came_from, unseen
        unseen &= ~new
        for volunteer in _bits(new):
            came_from[volunteer] = here
            queue.extend(sorted(holds[volunteer]))
    return NOBODY, came_from, unseen


def _shift(volunteer: int, came_from: dict[int, int], given: np.ndarray, holds: list[set[int]]) -> None:
    """Pass the requests on along the way that was found, each to the next volunteer."""
    while volunteer != NOBODY:
        ask = came_from[volunteer]
        before = int(given[ask])
        given[ask] = volunteer
        holds[volunteer].add(ask)
        if before != NOBODY:
            holds[before].remove(ask)
        volunteer = before


def _bits(number: int) -> Iterator[int]:
    while number:
        low = number & -number
        yield low.bit_length() - 1
        number ^= low


def _parts(may: np.ndarray, given: np.ndarray, blocks: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Requests (by row) and volunteers that can be shared out by themselves, which together is a small piece of work each.

    Volunteers who became full in one search in vain are filled by those whom they then held, who reach nobody else but earlier ones; so in
    every answer that serves the same requests they keep to each other. What is left falls apart where nobody reaches across.
    """
    asks, volunteers = np.nonzero(may & (blocks[given][:, None] == blocks[None, :]))
    count = len(may) + len(blocks)
    links = coo_array((np.ones(len(asks), dtype=np.int8), (asks, len(may) + volunteers)), shape=(count, count))
    _, part = connected_components(links, directed=False)
    for number in np.unique(part[: len(may)]):
        yield np.flatnonzero(part[: len(may)] == number), np.flatnonzero(part[len(may) :] == number)


def _second_stage(may: np.ndarray, worth: np.ndarray, room: np.ndarray, kept: np.ndarray, given: np.ndarray, unit: int) -> np.ndarray:
    """The best total over exactly these requests.

    Each volunteer is as many columns as they have places. A few places are tried first: where one more than is used is offered, still
    more would change nothing, because each costs at least as much as the one before.
    """
    most = np.minimum(room, may.sum(axis=0))
    used = np.bincount(given, minlength=len(room))
    slots = np.minimum(most, np.maximum(used, _SLOTS_AT_FIRST) + 1)
    asks, volunteers = np.nonzero(may)
    while True:
        given = _assign(asks, volunteers, worth[asks, volunteers], slots, kept, unit)
        tight = (np.bincount(given, minlength=len(room)) == slots) & (slots < most)
        if not tight.any():
            return given
        slots = np.where(tight, np.minimum(most, 2 * slots), slots)


def _assign(asks: np.ndarray, volunteers: np.ndarray, worth: np.ndarray, slots: np.ndarray, kept: np.ndarray, unit: int) -> np.ndarray:
    """The volunteer of each request, by the best total; whoever is kept from before counts for the load.

    scipy's sparse solver (min_weight_full_bipartite_matching) is not used: where people live along a valley its search for a full matching
    takes exponential time (scipy issue 26147). The dense one takes a fraction of a second for a few thousand.
    """
    owner = np.repeat(np.arange(len(slots)), slots)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(slots) - slots, slots)
    # The smallest whole numbers that say the same, so that the scale of the points cannot decide between equals.
    cost = worth.max() - worth
    scale = max(1, gcd(unit, int(np.gcd.reduce(cost))))
    matrix = np.full((int(asks.max()) + 1, len(slots)), np.inf)
    matrix[asks, volunteers] = cost // scale
    _, columns = linear_sum_assignment(matrix[:, owner] + (unit // scale) * (kept[owner] + place))
    return owner[columns]
