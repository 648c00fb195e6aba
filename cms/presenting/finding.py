"""A page of the finder: the list, what was understood, the ways to narrow it, what nearly fits, and the map of the same results."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cms.presenting.addresses import Address
from cms.presenting.cards import Card, cards_of
from cms.presenting.chips import Chip, chips_of
from cms.presenting.facets import Choice, Facet, facets_of, sorts_of
from cms.presenting.headline import headline
from cms.presenting.maps import Home, Spot, map_of, rest_words
from cms.presenting.place_errors import place_sentence
from cms.presenting.words import counted, inside
from directory.models import Need
from search.results import Found, Result

RADII = (1, 2, 5, 10, 20)
ERROR_FIELDS = {"q": "ask-q", "place": "ask-place", "need": "ask-need", "radius": "ask-radius"}


@dataclass(frozen=True)
class Finding:
    """What templates/cms/finder.html shows of an answer."""

    headline: str
    cards: list[Card]
    near_misses: list[Card]
    chips: list[Chip]
    facets: list[Facet]
    sorts: list[Choice]
    total: int
    map: dict[str, Any] | None
    map_first: bool
    other_view_url: str
    corrected: str
    retired: str
    previous_url: str
    next_url: str
    place_in_list: str
    empty_hint: str = ""


def finding(found: Found, address: Address, names: Mapping[str, str]) -> Finding:
    """An answer as the page shows it. `names` are those of the needs, by slug. A constant number of queries."""
    known = dict(names)
    first = (found.page - 1) * found.page_size + 1
    cards = cards_of(found.results, first=first)
    map_first = address.text("view") == "map"
    place = found.query.place
    chips = chips_of(found, address, known)
    return Finding(
        headline=headline(found, known),
        cards=cards,
        near_misses=cards_of(found.near_misses),
        chips=chips,
        facets=facets_of(found, address, known) if found.total else [],
        sorts=sorts_of(found, address) if found.total > 1 else [],
        total=found.total,
        map=_map(found, cards),
        map_first=map_first,
        other_view_url=address.replace(view="" if map_first else "map").url(found.page),
        corrected=found.query.corrected,
        retired=place.name if place is not None and place.retired else "",
        previous_url=address.url(found.page - 1) if found.page > 1 else "",
        next_url=address.url(found.page + 1) if found.page < found.pages else "",
        place_in_list=f"{first} to {first + len(found.results) - 1} of {found.total}" if found.results else "",
        empty_hint=_empty_hint(chips) if not found.total else "",
    )


def _empty_hint(chips: list[Chip]) -> str:
    return "Take away one of the parts above, or ask us: we know people who are on no list." if len(chips) > 1 else ""


def _map(found: Found, cards: list[Card]) -> dict[str, Any] | None:
    numbers = {card.id: card.number for card in cards}
    shown = [result for result in found.results if result.id in numbers]
    with_place = [result for result in shown if result.places]
    if not with_place:
        return None
    spots = [
        Spot(numbers[result.id] or 0, result.id, _pin_name(result, place.name), place.lat, place.lon)
        for result in with_place
        for place in result.places
    ]
    without = [result for result in shown if not result.places]
    coming = sum("home" in result.modes or "outreach" in result.modes for result in without)
    place = found.query.place
    return map_of(
        spots,
        label=f"Map of {counted(len(with_place), 'place')} in the list, with the same numbers",
        rest=rest_words(len(with_place), coming, len(without) - coming),
        home=Home(place.name if place.kind != "point" else "you", place.lat, place.lon) if place else None,
    )


def _pin_name(result: Result, place: str) -> str:
    return f"{result.name}, {place}" if len(result.places) > 1 and place else result.name


@dataclass(frozen=True)
class AskBox:
    """What components/ask_box.html takes, and the summary of what is not right yet."""

    q: str
    place: str
    needs: list[Need]
    need: str
    radii: tuple[int | float, ...]
    radius: int | float | str
    keep: list[tuple[str, str]]
    place_error: str = ""
    errors: list[dict[str, str]] = field(default_factory=list)


def ask_box(address: Address, needs: list[Need], errors: Mapping[str, list[str]] | None = None) -> AskBox:
    """The form with what was typed. A second need or an odd radius from a link is kept."""
    errors = errors or {}
    radius = _number(address.text("radius"))
    radii: list[int | float] = sorted({*RADII, *([radius] if isinstance(radius, (int, float)) and "radius" not in errors else [])})
    chosen = address.get("need")
    in_form = ("q", "place", "radius", *(() if len(chosen) > 1 else ("need",)))
    # A place that is typed anew takes the place of a position.
    keep = address.pairs(leave_out=(*in_form, "lat", "lon", "bbox"))
    place_error = place_sentence(address.text("place"), errors["place"][0]) if "place" in errors else ""
    return AskBox(
        q=address.text("q"),
        place=address.text("place"),
        needs=needs if len(chosen) <= 1 else [],
        need=chosen[0] if len(chosen) == 1 else "",
        radii=tuple(radii),
        radius=radius,
        keep=keep,
        place_error=place_error,
        errors=[_error(name, place_error if name == "place" else " ".join(texts)) for name, texts in errors.items()],
    )


def _error(name: str, text: str) -> dict[str, str]:
    field_id = ERROR_FIELDS.get(name, "")
    return {"text": text if field_id else f"{inside(name)}: {text}", "field_id": field_id}


def _number(text: str) -> int | float | str:
    try:
        number = float(text)
    except ValueError:
        return ""
    return int(number) if number.is_integer() else number
