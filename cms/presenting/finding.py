"""A page of the finder: the list, what was understood, the ways to narrow it, what nearly fits, and the map of the same results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from cms.presenting.addresses import Address
from cms.presenting.asking import ask_url
from cms.presenting.cards import Card, cards_of
from cms.presenting.chips import Chip, chips_of
from cms.presenting.filters import RADII, Choice, Filters, filters_of, sorts_of
from cms.presenting.headline import headline
from cms.presenting.keeping import save_search_url
from cms.presenting.maps import Home, Picture, Spot, map_of, rest_words
from cms.presenting.place_errors import place_sentence
from cms.presenting.words import counted, inside
from directory.models import Need
from search.query import Query
from search.results import Found, Result

ERROR_FIELDS = {"q": "ask-q", "place": "ask-place", "need": "ask-need", "radius": "ask-radius"}
READINGS = 3


@dataclass(frozen=True)
class Reading:
    """One of the needs that a sentence may mean; `plain` says it in a sentence."""

    name: str
    plain: str
    url: str


@dataclass(frozen=True)
class Offer:
    """The sentence offers help: where to say so, and the same list for somebody who looks for help after all."""

    url: str
    not_url: str


@dataclass(frozen=True)
class Nothing:
    """What to do where nothing fits; `hint` where parts of the question could be taken away, `others` who else covers the place."""

    hint: str
    others_url: str
    others_place: str


@dataclass(frozen=True)
class Finding:
    """What templates/cms/finder.html shows of an answer. `until` is the moment at which a card says something else, where one does."""

    headline: str
    cards: list[Card]
    perhaps: list[Card]
    near_misses: list[Card]
    chips: tuple[Chip, ...]
    readings: list[Reading]
    offer: Offer | None
    filters: Filters | None
    sorts: tuple[Choice, ...]
    total: int
    map: Picture | None
    map_first: bool
    corrected: str
    typed: str
    as_typed_url: str
    retired: str
    previous_url: str
    next_url: str
    place_in_list: str
    ask_url: str
    save_search_url: str
    nothing: Nothing | None
    until: datetime | None


def finding(found: Found, address: Address, needs: Sequence[Need], *, state: str, points: bool = False) -> Finding:
    """An answer as the page shows it, in this public state; with the points of each score for whoever sees them. A constant number of queries."""
    names = {need.slug: need.name for need in needs}
    first = (found.page - 1) * found.page_size + 1
    cards = cards_of(found.results, state=state, first=first, keeps=True, points=points)
    perhaps, misses = (cards_of(results, state=state, keeps=True, points=points) for results in (found.perhaps, found.near_misses))
    query, map_first = found.query, address.text("view") == "map"
    chips = tuple(chips_of(query, address, names))
    place, drawn = query.place, map_of_results(found, cards, address, state)
    return Finding(
        headline=headline(found, names),
        cards=cards,
        perhaps=perhaps,
        near_misses=misses,
        chips=chips,
        readings=_readings(query, address, needs),
        offer=_offer(query, address),
        filters=filters_of(found, address, names) if found.total else None,
        sorts=(*sorts_of(found, address), *_views(address, found.page, map_first, drawn)) if found.total > 1 else (),
        total=found.total,
        map=drawn,
        map_first=map_first,
        corrected=query.corrected,
        typed=query.q,
        as_typed_url=address.off("spelling").url(),
        retired=place.name if place is not None and place.retired else "",
        previous_url=address.url(found.page - 1) if found.page > 1 else "",
        next_url=address.url(found.page + 1) if found.page < found.pages else "",
        place_in_list=f"{first} to {first + len(found.results) - 1} of {found.total}" if found.results else "",
        ask_url=reverse("ask") if found.total else ask_url(found),
        save_search_url=save_search_url(address),
        nothing=_nothing(query, chips) if not found.total else None,
        until=min((card.until for card in (*cards, *perhaps, *misses)), default=None),
    )


def _views(address: Address, page: int, map_first: bool, drawn: Picture | None) -> list[Choice]:
    """The way to the map first, or back to the list first; none where there is no map."""
    if drawn is None:
        return []
    return [Choice("List first" if map_first else "Map first", address.replace(view="" if map_first else "map").url(page))]


def _readings(query: Query, address: Address, needs: Sequence[Need]) -> list[Reading]:
    """The needs that may be meant, surest first, where it is not clear and nobody has chosen one: each link leaves the others out."""
    if not query.unsure or query.need:
        return []
    by_slug = {need.slug: need for need in needs}
    likely = [by_slug[guess.slug] for guess in query.needs if guess.slug in by_slug][:READINGS]
    others = {need.slug: [f"need:{guess.slug}" for guess in query.needs if guess.slug != need.slug] for need in likely}
    return [Reading(need.name, need.plain, address.replace(need=need.slug).off(*others[need.slug]).url()) for need in likely]


def _offer(query: Query, address: Address) -> Offer | None:
    """The volunteers' room, where it is open, with the need as a hint."""
    if not query.offer or "volunteers" not in settings.MODULES:
        return None
    hint = f"?need={query.needs[0].slug}" if query.needs else ""
    return Offer(f"{reverse('volunteer')}{hint}", address.off("offer").url())


def _nothing(query: Query, chips: Sequence[Chip]) -> Nothing:
    hint = "Take away one of the parts above, or ask us: we know people who are on no list." if len(chips) > 1 else ""
    place = query.place
    if place is None or not (query.asks or query.need):
        return Nothing(hint, "", "")
    where = {"lat": str(query.lat), "lon": str(query.lon)} if query.lat is not None else {"place": place.name}
    return Nothing(hint, Address().replace(**where).url(), "you" if place.kind == "point" else place.name)


def map_of_results(found: Found, cards: list[Card], address: Address, state: str) -> Picture | None:
    """The map beside a list of cards, with their numbers; None where none of them has a place to draw."""
    numbers = {card.id: card.number for card in cards}
    shown = [result for result in found.results if result.id in numbers]
    with_place = [result for result in shown if result.places]
    if not with_place:
        return None
    spots = tuple(
        Spot(numbers[result.id] or 0, result.id, _pin_name(result, place.name), place.lat, place.lon)
        for result in with_place
        for place in result.places
    )
    without = [result for result in shown if not result.places]
    coming = sum("home" in result.modes or "outreach" in result.modes for result in without)
    place = found.query.place
    in_the_window = address.without("bbox", "sort", "page_size", "view")
    return map_of(
        spots,
        label=f"Map of {counted(len(with_place), 'place')} in the list, with the same numbers",
        state=state,
        rest=rest_words(len(with_place), coming, len(without) - coming),
        home=Home(place.name if place.kind != "point" else "you", place.lat, place.lon) if place else None,
        ask=in_the_window.url_of("api-map"),
        list_url=address.without("bbox", "view").url(),
    )


def _pin_name(result: Result, place: str) -> str:
    return f"{result.name}, {place}" if len(result.places) > 1 and place else result.name


@dataclass(frozen=True)
class AskBox:
    """What components/ask_box.html takes, and the summary of what is not right yet."""

    q: str
    place: str
    needs: tuple[Need, ...]
    need: str
    radii: tuple[int | float, ...]
    radius: int | float | str
    keep: tuple[tuple[str, str], ...]
    place_error: str = ""
    errors: list[dict[str, str]] = field(default_factory=list)


def ask_box(address: Address, needs: Sequence[Need], errors: Mapping[str, list[str]] | None = None, *, short: bool = False) -> AskBox:
    """The form with what was typed; `short` without the kind of help and the distance, which the filters beside a list ask for.

    What was chosen in the filters is kept. A second need or an odd radius from a link is kept. What was taken off the sentence belongs to
    the old one; so does a need that was chosen for it.
    """
    errors = errors or {}
    short = short and not errors
    radius = _number(address.text("radius"))
    radii: list[int | float] = sorted({*RADII, *([radius] if isinstance(radius, (int, float)) and "radius" not in errors else [])})
    chosen = address.get("need")
    asked = ["q", "place", "off", "lat", "lon", "bbox"]  # a place that is typed anew takes the place of a position
    if not short:
        asked += ["radius", *(["need"] if len(chosen) <= 1 else [])]
    elif address.get("q"):
        asked.append("need")
    place_error = place_sentence(address.text("place"), errors["place"][0]) if "place" in errors else ""
    return AskBox(
        q=address.text("q"),
        place=address.text("place"),
        needs=() if short or len(chosen) > 1 else tuple(needs),
        need=chosen[0] if len(chosen) == 1 else "",
        radii=() if short else tuple(radii),
        radius=radius,
        keep=tuple(address.pairs(leave_out=tuple(asked))),
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
