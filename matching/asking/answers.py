"""What the finder has for the question of a form: it comes first, before anything is asked about a person."""

from directory.geodata.locating import area_of, normalise_postcode
from directory.geodata.models import Area
from matching.asking.steps import ABOUT, WHERE
from matching.models import Enquiry
from search.find import find, understood
from search.query import QUESTION_MAX, BadQuery, Query
from search.results import Found

SHOWN = 6


def found_for(enquiry: Enquiry) -> Found | None:
    """The first services of the finder for words, kind and place of this form; None where it says too little to search for."""
    about, place = enquiry.answers.get(ABOUT, {}), enquiry.answers.get(WHERE, {}).get("place", "")
    need = (about["need"],) if about.get("need") else ()
    query = Query(q=_sayable(about.get("words", "")), place_text=place, need=need, page_size=SHOWN)
    if not query.q and not query.need:
        return None
    try:
        return find(query)
    except BadQuery:
        # A place or a need that was taken off our lists since it was typed.
        return _without_place(query)


def guess_need(words: str) -> str:
    """The slug of the need that these words speak of most clearly; empty where they may mean several, or none."""
    try:
        query = understood(Query(q=_sayable(words)))
    except BadQuery:
        return ""
    return query.needs[0].slug if query.needs and not query.unsure and not query.offer else ""


def place_fault(place: str) -> str:
    """What is wrong with a village or postcode, in a sentence; empty where it is known."""
    try:
        understood(Query(place_text=place))
    except BadQuery as error:
        return next(iter(error.errors.get("place", [])), "")
    return ""


def area_around(place: str) -> Area | None:
    """The area of the installed set around a village or postcode; None where either is not known."""
    try:
        spot = understood(Query(place_text=place)).place
    except BadQuery:
        return None
    return area_of(spot.lat, spot.lon) if spot is not None else None


def _without_place(query: Query) -> Found | None:
    try:
        return find(Query(q=query.q, page_size=SHOWN)) if query.q else None
    except BadQuery:
        return None


def _sayable(words: str) -> str:
    """As the finder reads a question: one line, no control characters, not too long."""
    return " ".join("".join(char if char.isprintable() else " " for char in words).split())[:QUESTION_MAX]


def is_postcode(place: str) -> bool:
    """Is what was typed a whole postcode?"""
    return bool(place) and normalise_postcode(place) is not None
