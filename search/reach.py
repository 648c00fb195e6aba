"""How a service reaches someone at a place: four honest classes. An address that is missing neither hides nor lifts a service."""

from dataclasses import dataclass
from enum import StrEnum

from search.engines.base import EVERYWHERE, Document
from search.geometry import miles_between
from search.query import Query, Spot

# What people in the valleys travel to a group or a shop, in miles, where they did not say.
TRAVEL_MILES = 5.0
COMING = frozenset({"home", "outreach"})
REMOTE = frozenset({"online", "phone"})


class Reach(StrEnum):
    COMES_TO_YOU = "comes_to_you"
    COVERS_YOU = "covers_you"
    NEAR_YOU = "near_you"
    ANYWHERE = "anywhere"


@dataclass(frozen=True, slots=True)
class Way:
    """How one document reaches a spot. `miles` is the way there, None without an address; `stated` whether an area is named at all."""

    reach: Reach
    miles: float | None
    stated: bool = True


def codes(spot: Spot) -> tuple[str, ...]:
    """Every area code that a served area may name for this spot."""
    return (EVERYWHERE, *spot.areas, *(f"district:{district}" for district in spot.districts))


def miles_to(document: Document, spot: Spot) -> float | None:
    if document.place is None:
        return None
    return miles_between(spot.lat, spot.lon, document.place.lat, document.place.lon)


def covers(document: Document, spot: Spot) -> bool:
    """Whether the stated area holds the spot; edges included."""
    if any(miles_between(spot.lat, spot.lon, lat, lon) <= miles for lat, lon, miles in document.circles):
        return True
    return bool(set(document.areas).intersection(codes(spot)))


def limit(query: Query) -> float:
    """How many miles away still counts as near."""
    return query.radius or TRAVEL_MILES


def way(document: Document, query: Query) -> Way | None:
    """How a document reaches the query's place; None where it does not (or no place was given)."""
    if query.place is None:
        return None
    miles = miles_to(document, query.place)
    if covers(document, query.place):
        return Way(Reach.COMES_TO_YOU if COMING.intersection(document.modes) else Reach.COVERS_YOU, miles)
    if document.limited:
        return None
    if miles is not None and miles <= limit(query):
        return Way(Reach.NEAR_YOU, miles)
    if REMOTE.intersection(document.modes):
        return Way(Reach.ANYWHERE, miles)
    if miles is None:
        return Way(Reach.ANYWHERE, None, stated=False)
    return None
