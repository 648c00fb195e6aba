"""Where a question is asked for: the place given by itself, or a postcode or a name anywhere in the sentence. Pure: places are passed in."""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Protocol

from search import tokens
from search.query import BadQuery, Query, Spot

_POSTCODE = re.compile(r"\b([a-z]{1,2}[0-9][a-z0-9]?)\s*([0-9][a-z]{2})\b", re.IGNORECASE | re.ASCII)
# The next digit, as professionals write it (HD7 4), goes with it.
_HALF_POSTCODE = re.compile(r"\b([a-z]{1,2}[0-9][a-z0-9]?)\b(?:\s[0-9]\b)?", re.IGNORECASE | re.ASCII)
# More than half a postcode, but no whole one: HD7 5AAA.
_BROKEN_POSTCODE = re.compile(r"\b[a-z]{1,2}[0-9][a-z0-9]?\s*[0-9]([a-z]|[a-z]{3,})\b", re.IGNORECASE | re.ASCII)
# Where the asker is or was, or where the way leads to: less likely where the help is wanted than another place that is named.
_ELSEWHERE = re.compile(
    r"(?:^|\s)(?:to|(?:moved|move|moving|came|come|comes|retired|drive|driving|travel)(?: \w+){0,3} from|used to(?: \w+){1,3}|"
    r"(?:i|we)(?: m| am| re| are)? (?:live|living|lived|work|working)(?: \w+){0,2} (?:in|at|near)|(?:im|i am|were|we are)(?: \w+)? (?:in|at|near))$"
)
BEFORE_A_PLACE = frozenset(("in", "near", "nr", "at", "around", "round", "from", "to", "by", "of", "for", "above", "below", "towards"))


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
    found = next(chain(_known(_POSTCODE, text, places.postcode), _known(_HALF_POSTCODE, text, places.half_postcode)), None)
    return (found[0], _without(text, found[1])) if found else (None, text)


def postcode_meant(text: str, places: Gazetteer) -> tuple[Spot | None, str]:
    """The same for a sentence, where a half postcode is easily something else: "my m8", "b4 the weekend", "s42 enquiry", "L4 diet".

    One of the areas that are known here comes first; further off, a letter and figures count behind a word such as "in" only.
    """
    found = next(_known(_POSTCODE, text, places.postcode), None)
    halves = list(_known(_HALF_POSTCODE, text, places.half_postcode)) if found is None else []
    found = found or next((each for each in halves if each[0].areas), None)
    found = found or next((each for each in halves if _is_said_as_place(text, each[1])), None)
    return (found[0], _without(text, found[1])) if found else (None, text)


def _known(pattern: re.Pattern[str], text: str, look_up: Callable[[str], Spot | None]) -> Iterator[tuple[Spot, re.Match[str]]]:
    for match in pattern.finditer(text):
        spot = look_up(" ".join(part.upper() for part in match.groups()))
        if spot is not None:
            yield spot, match


def _is_said_as_place(text: str, half: re.Match[str]) -> bool:
    before = tokens.split(text[: half.start()])
    return half[1][:2].isalpha() or half[0].strip() == text.strip() or bool(before and before[-1] in BEFORE_A_PLACE)


def _without(text: str, match: re.Match[str]) -> str:
    return text[: match.start()] + " " + text[match.end() :]


def capitalised(text: str) -> frozenset[str]:
    """The words typed with a capital inside a sentence that is not all capitals: perhaps a name."""
    if text.upper() == text:
        return frozenset()
    return frozenset(tokens.fold(word) for word in re.findall(r"[^\W_]+", text) if word[0].isupper())


def name_in(
    typed: list[str], capitals: frozenset[str], places: Gazetteer, everyday: Callable[[str], bool]
) -> tuple[Spot | None, list[str]]:
    """The place name in the sentence where the help is wanted, and the words without it: of several the first that is not elsewhere.

    A name that is also an everyday word (Bath, Marsh) counts only behind a word such as "in", or with a capital.
    """

    def allowed(start: int, end: int) -> bool:
        name = typed[start:end]
        if len(name) > 1 or not everyday(name[0]):
            return True
        return (start > 0 and typed[start - 1] in BEFORE_A_PLACE) or name[0] in capitals

    found = list(_names(typed, places, allowed))
    if not found:
        return None, typed
    spot, (start, end) = next((each for each in found if not _ELSEWHERE.search(" ".join(typed[: each[1][0]]))), found[0])
    return spot, typed[:start] + typed[end:]


def _first_name(typed: list[str], places: Gazetteer, allowed: Callable[[int, int], bool]) -> tuple[Spot | None, tuple[int, int]]:
    return next(_names(typed, places, allowed), (None, (0, 0)))


def _names(typed: list[str], places: Gazetteer, allowed: Callable[[int, int], bool]) -> Iterator[tuple[Spot, tuple[int, int]]]:
    """Every name of a place that stands in the words, the longest at each, and from which to which word."""
    start, longest = 0, places.longest()
    while start < len(typed):
        for end in range(min(len(typed), start + longest), start, -1):
            spot = places.named(" ".join(typed[start:end]))
            if spot is not None and allowed(start, end):
                yield spot, (start, end)
                start = end - 1
                break
        start += 1
