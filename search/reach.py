"""How a service reaches someone at a place: four honest classes. An address that is missing neither hides nor lifts a service.

One rule for a batch of documents, whichever engine they come from; `way` puts one document through it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from search.engines.arrays import Bools, Floats, Ints
from search.engines.columns import Columns, Labels, pack
from search.engines.document import EVERYWHERE, Document
from search.query import MODES, Query, Spot
from search.valleys import road_miles

# What people in the valleys travel to a group or a shop, in miles, where they did not say.
TRAVEL_MILES = 5.0
# As far as a half postcode goes from its middle: a circle that holds the middle may end before that.
HALF_POSTCODE_MILES = 4.0
COMING = frozenset({"home", "outreach"})
REMOTE = frozenset({"online", "phone"})


class Reach(StrEnum):
    COMES_TO_YOU = "comes_to_you"
    COVERS_YOU = "covers_you"
    NEAR_YOU = "near_you"
    ANYWHERE = "anywhere"


# The classes as `classes` numbers them; 0 is: does not reach.
OUT_OF_REACH, COMES, COVERS, NEAR, ANYWHERE = np.arange(5, dtype=np.int8)
_CLASSES = (None, *Reach)


@dataclass(frozen=True, slots=True)
class Way:
    """How one document reaches a spot.

    `miles` is the way there (`by_road`, or as the crow flies), None without an address; `stated` whether an area is named at all;
    not `sure` is an area that holds only a part of what the spot may be (a half postcode, a village on a border).
    """

    reach: Reach
    miles: float | None
    stated: bool = True
    by_road: bool = False
    sure: bool = True


def classes(*, covered: Bools, limited: Bools, miles: Floats, coming: Bools, remote: Bools, near: float) -> Ints:
    """How each of many documents reaches a place: the rule itself. `near` is how many miles still count as near."""
    close = miles <= near
    # Each class is met by its own documents only: their sum is found several times faster than one choice inside another.
    open_to_all = NEAR * close + ANYWHERE * (~close & (remote | np.isnan(miles)))
    found: Ints = COMES * (covered & coming) + COVERS * (covered & ~coming) + ~(covered | limited) * open_to_all
    return found


def way_of(reach: int, *, miles: float, by_road: bool, remote: bool, maybe: bool) -> Way | None:
    """One of `classes` in words; None for what does not reach."""
    kind = _CLASSES[reach]
    if kind is None:
        return None
    return Way(kind, None if np.isnan(miles) else float(miles), reach != ANYWHERE or remote, by_road, not maybe)


def way(document: Document, query: Query) -> Way | None:
    """How a document reaches the query's place; None where it does not (or no place was given)."""
    if query.place is None:
        return None
    labels = Labels()
    alone = Columns.of([1], [pack([document])], labels)
    miles, by_road = distances(alone, labels, query.place, limit(query))
    coming, remote = offered(alone)
    inside, maybe = covered(alone, labels, query.place)
    (found,) = classes(covered=inside, limited=limited(alone), miles=miles, coming=coming, remote=remote, near=limit(query))
    return way_of(found, miles=miles[0], by_road=bool(by_road[0]), remote=bool(remote[0]), maybe=bool(maybe[0]))


def codes(spot: Spot) -> tuple[str, ...]:
    """Every area code that a served area may name for this spot."""
    return (EVERYWHERE, *spot.areas, *(f"district:{district}" for district in spot.districts))


def limit(query: Query) -> float:
    """How many miles away still counts as near."""
    return query.radius or TRAVEL_MILES


def covered(columns: Columns, labels: Labels, spot: Spot) -> tuple[Bools, Bools]:
    """Whose stated area holds the spot, edges included; and of these, whose does so only perhaps."""
    surely = _within(columns, labels, (code for code in codes(spot) if code not in spot.areas_maybe))
    maybe = _within(columns, labels, spot.areas_maybe)
    around = columns.circles.items
    if len(around):
        miles = columns.middles.miles_from(spot.lat, spot.lon, around[:, 2])
        surely |= columns.circles.having(miles + (HALF_POSTCODE_MILES if spot.kind == "half_postcode" else 0.0) <= around[:, 2])
        maybe |= columns.circles.having(miles <= around[:, 2])
    maybe &= ~surely
    return surely | maybe, maybe


def _within(columns: Columns, labels: Labels, areas: Iterable[str]) -> Bools:
    known = [number for number in (labels.number("area", code) for code in areas) if number >= 0]
    return columns.areas.holding(known) if known else np.zeros(len(columns.owner), bool)


def limited(columns: Columns) -> Bools:
    """Which documents state what area they serve."""
    return (columns.areas.lengths + columns.circles.lengths) > 0


def distances(columns: Columns, labels: Labels, spot: Spot, near: float) -> tuple[Floats, Bools]:
    """Miles from the spot to each document's place (nan without one), and whether they are by road: where the table of roads knows both.

    They are right to the last bit where they are about as far as what still counts as near.
    """
    places = columns.places
    miles = columns.standing.miles_from(spot.lat, spot.lon, near)
    roads = {labels.number("locality", locality): road for locality, road in road_miles(spot.locality).items()}
    if not roads:
        return miles, np.zeros(len(miles), bool)
    known = np.full(max(len(labels), 1), np.nan)
    for number, road in roads.items():
        if number >= 0:
            known[number] = road
    away = known[places["locality"]]
    by_road: Bools = ~(np.isnan(away) | np.isnan(miles))
    # A place beyond its village is not nearer by road than the crow flies.
    return np.where(by_road, np.fmax(miles, away), miles), by_road


def offered(columns: Columns) -> tuple[Bools, Bools]:
    """Which services come to people, and which work from afar."""
    modes = columns.head["modes"]
    coming, remote = (sum(1 << MODES.index(mode) for mode in some) for some in (COMING, REMOTE))
    return (modes & coming) > 0, (modes & remote) > 0
