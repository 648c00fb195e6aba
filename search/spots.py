"""Where a question is asked for: the place given by itself, or a postcode or a name anywhere in the sentence. Pure: places are passed in."""

import re
from collections.abc import Callable, Mapping
from typing import Protocol

from search import tokens
from search.query import BadQuery, Query, Spot

_POSTCODE = re.compile(r"\b([a-z]{1,2}[0-9][a-z0-9]?)\s*([0-9][a-z]{2})\b", re.IGNORECASE | re.ASCII)
_HALF_POSTCODE = re.compile(r"\b([a-z]{1,2}[0-9][a-z0-9]?)\b", re.IGNORECASE | re.ASCII)
# More than half a postcode, but no whole one: HD7 5AAA.
_BROKEN_POSTCODE = re.compile(r"\b[a-z]{1,2}[0-9][a-z0-9]?\s*[0-9]([a-z]|[a-z]{3,})\b", re.IGNORECASE | re.ASCII)
_BEFORE_A_PLACE = frozenset(("in", "near", "nr", "at", "around", "round", "from", "to", "by", "of", "for", "above", "below", "towards"))


class Gazetteer(Protocol):
    """Where places are. Names come folded, words joined by one blank; None means not known."""

    def postcode(self, text: str) -> Spot | None:
        """A full postcode, as HD7 5AA."""

    def half_postcode(self, text: str) -> Spot | None:
        """The first half of a postcode, as HD7."""

    def named(self, name: str) -> Spot | None:
        """A village, town or part of a town by any of its names, local spellings among them."""

    def around(self, lat: float, lon: float, name: str) -> Spot:
        """The spot of a position given in numbers, with the areas around it."""

    def suggest(self, text: str) -> str | None:
        """The postcode that was probably meant."""

    def words(self) -> Mapping[str, int]:
        """Every word of every name, with the number of names it stands in (for spelling)."""

    def longest(self) -> int:
        """How many words the longest name has."""


def given_spot(query: Query, places: Gazetteer) -> Spot | None:
    """The place that a question gives by itself. Raises BadQuery where nobody knows it."""
    if query.lat is not None and query.lon is not None:
        called = places.named(" ".join(tokens.split(query.place_text))) if query.place_text else None
        return places.around(query.lat, query.lon, called.name if called else "your position")
    if not query.place_text:
        return None
    spot = None if _BROKEN_POSTCODE.search(_POSTCODE.sub(" ", query.place_text)) else postcode_in(query.place_text, places)[0]
    spot = spot or places.named(" ".join(tokens.split(query.place_text)))
    if spot is None:
        spot, _ = _first_name(tokens.split(query.place_text), places, lambda start, end: True)
    if spot is None:
        meant = places.suggest(query.place_text)
        hint = f"Did you mean {meant}?" if meant else "Try a postcode such as HD7 5AA, or a village."
        raise BadQuery({"place": [f"We do not know a place called “{query.place_text}”. {hint}"]})
    return spot


def postcode_in(text: str, places: Gazetteer) -> tuple[Spot | None, str]:
    """The first postcode, or else half postcode, that is known, and the text without it."""
    for pattern, look_up in ((_POSTCODE, places.postcode), (_HALF_POSTCODE, places.half_postcode)):
        for match in pattern.finditer(text):
            spot = look_up(" ".join(part.upper() for part in match.groups()))
            if spot is not None:
                return spot, text[: match.start()] + " " + text[match.end() :]
    return None, text


def capitalised(text: str) -> frozenset[str]:
    """The words typed with a capital inside a sentence that is not all capitals: perhaps a name."""
    if text.upper() == text:
        return frozenset()
    return frozenset(tokens.fold(word) for word in re.findall(r"[^\W_]+", text) if word[0].isupper())


def name_in(
    typed: list[str], capitals: frozenset[str], places: Gazetteer, everyday: Callable[[str], bool]
) -> tuple[Spot | None, list[str]]:
    """The first place name in the sentence, and the words without it.

    A name that is also an everyday word (Bath, Marsh) counts only behind a word such as "in", or with a capital.
    """

    def allowed(start: int, end: int) -> bool:
        name = typed[start:end]
        if len(name) > 1 or not everyday(name[0]):
            return True
        return (start > 0 and typed[start - 1] in _BEFORE_A_PLACE) or name[0] in capitals

    spot, (start, end) = _first_name(typed, places, allowed)
    return (None, typed) if spot is None else (spot, typed[:start] + typed[end:])


def _first_name(typed: list[str], places: Gazetteer, allowed: Callable[[int, int], bool]) -> tuple[Spot | None, tuple[int, int]]:
    longest = places.longest()
    for start in range(len(typed)):
        for end in range(min(len(typed), start + longest), start, -1):
            spot = places.named(" ".join(typed[start:end]))
            if spot is not None and allowed(start, end):
                return spot, (start, end)
    return None, (0, 0)
