"""A short list of services inside another page: an editor's block, or a page about a need."""

from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from cms.presenting.addresses import Address
from cms.presenting.cards import Card, cards_of
from cms.presenting.finding import map_of_results
from cms.presenting.maps import Picture
from search.find import find
from search.query import BadQuery, parse_query


@dataclass(frozen=True)
class Listed:
    """`cards`, how many there are in all, the finder's address for all of them, and what was wrong with the place.

    `map` shows the same cards where one was asked for; `until` is the moment at which a card says something else.
    """

    cards: list[Card]
    total: int
    url: str
    place_error: str = ""
    map: Picture | None = None
    until: datetime | None = None


def listed_services(address: Address, *, state: str, most: int = 5, on_a_map: bool = False, points: bool = False) -> Listed:
    """The services that fit a question best, in this public state. A place or need that is not known (any more) gives no card and says why."""
    asked = address.replace(page_size=str(most))
    params = QueryDict(mutable=True)
    for name, value in asked.pairs():
        params.appendlist(name, value)
    try:
        found = find(parse_query(params))
    except BadQuery as error:
        return Listed([], 0, address.url(), place_error=" ".join(error.errors.get("place", [])))
    cards = cards_of(found.results, state=state, first=1 if on_a_map else None, keeps=True, points=points)
    return Listed(
        cards,
        found.total,
        address.url(),
        map=map_of_results(found, cards, address, state) if on_a_map else None,
        until=min((card.until for card in cards), default=None),
    )
