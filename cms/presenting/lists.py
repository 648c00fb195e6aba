"""A short list of services inside another page: an editor's block, or a page about a need."""

from dataclasses import dataclass

from cms.presenting.addresses import Address
from cms.presenting.cards import Card, cards_of
from search.find import find
from search.query import BadQuery, Query


@dataclass(frozen=True)
class Listed:
    """`cards`, how many there are in all, the finder's address for all of them, and what was wrong with the place."""

    cards: list[Card]
    total: int
    url: str
    place_error: str = ""


def listed_services(*, need: str = "", words: str = "", place: str = "", most: int = 5) -> Listed:
    """The services that fit best. A place or need that is not known (any more) gives no card and says why."""
    address = Address().replace(need=need, q=words, place=place)
    try:
        found = find(Query(q=words, place_text=place, need=(need,) if need else (), page_size=most))
    except BadQuery as error:
        return Listed([], 0, address.url(), place_error=" ".join(error.errors.get("place", [])))
    return Listed(cards_of(found.results), found.total, address.url())
