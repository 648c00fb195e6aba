"""From what a person types to a Query: needs, place, repaired spelling and the words that stay.

Pure: the needs' vocabulary, the places and the words of the index are passed in.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from search import tokens
from search.query import BadQuery, NeedGuess, Query, Spot
from search.vocabulary import Vocabulary

NEEDS_MAX = 4
# A need below this, or far below the surest one, is not counted as understood.
UNSURE = 0.3
FAR_BELOW = 0.45

_POSTCODE = re.compile(r"\b([a-z]{1,2}[0-9][a-z0-9]?)\s*([0-9][a-z]{2})\b", re.IGNORECASE | re.ASCII)
_HALF_POSTCODE = re.compile(r"\b([a-z]{1,2}[0-9][a-z0-9]?)\b", re.IGNORECASE | re.ASCII)
# More than half a postcode, but no whole one: HD7 5AAA.
_BROKEN_POSTCODE = re.compile(r"\b[a-z]{1,2}[0-9][a-z0-9]?\s*[0-9]([a-z]|[a-z]{3,})\b", re.IGNORECASE | re.ASCII)
_BEFORE_A_PLACE = frozenset(("in", "near", "nr", "at", "around", "round", "from", "to", "by", "of", "for", "above", "below", "towards"))
_WHERE_I_AM = re.compile(r"\b(near|around|close to|by) (me|here|us)\b", re.IGNORECASE)


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


@dataclass(frozen=True, slots=True)
class Words:
    """What the understanding knows: needs' words, places, the stems of the index, and how to spell all of them."""

    vocabulary: Vocabulary
    places: Gazetteer
    index: Mapping[str, int]
    speller: tokens.Speller


def make_words(vocabulary: Vocabulary, places: Gazetteer, index: Mapping[str, int], written: Mapping[str, str]) -> Words:
    """Everything the understanding knows. `index` is stem to count, `written` the words of the listings with their stems."""
    known: Counter[str] = Counter(places.words())
    for word, stem in written.items():
        known[word] += index.get(stem, 1)
    for word, stem in vocabulary.written.items():
        known[word] += 10 * sum(vocabulary.word_needs.get(stem, {}).values())
    return Words(vocabulary, places, index, tokens.Speller(known))


def understand(query: Query, words: Words) -> Query:
    """The query with needs, place, corrections and remaining words filled in.

    A place given by itself (place, or lat and lon) goes before one in the sentence, which then stays among the words.
    Raises BadQuery where the place given by itself is not known.
    """
    given = _given_place(query, words.places)
    text = _WHERE_I_AM.sub(" ", query.q)
    found: Spot | None = None
    if given is None:
        found, text = _postcode_in(text, words.places)
    typed = tokens.split(text)[: tokens.QUERY_TOKENS_MAX]
    repaired, changed = _repair(typed, words)
    if given is None and found is None:
        found, repaired = _name_in(repaired, _capitalised(text), words)
    stems = [tokens.stem(word) for word in repaired if word not in tokens.STOP_WORDS]
    shown = {tokens.stem(word): word for word in reversed(repaired) if word not in tokens.STOP_WORDS}
    order = tuple(dict.fromkeys(stems))
    return replace(
        query,
        words=order,
        typed=tuple(shown[word] for word in order),
        corrected=_shown_correction(query.q, changed),
        needs=_needs(stems, words.vocabulary),
        place=given or found,
    )


def _given_place(query: Query, places: Gazetteer) -> Spot | None:
    if query.lat is not None and query.lon is not None:
        called = places.named(" ".join(tokens.split(query.place_text))) if query.place_text else None
        return places.around(query.lat, query.lon, called.name if called else "your position")
    if not query.place_text:
        return None
    spot = None if _BROKEN_POSTCODE.search(_POSTCODE.sub(" ", query.place_text)) else _postcode_in(query.place_text, places)[0]
    spot = spot or places.named(" ".join(tokens.split(query.place_text)))
    if spot is None:
        spot, _ = _first_name(tokens.split(query.place_text), places, allowed=lambda start, end: True)
    if spot is None:
        meant = places.suggest(query.place_text)
        hint = f"Did you mean {meant}?" if meant else "Try a postcode such as HD7 5AA, or a village."
        raise BadQuery({"place": [f"We do not know a place called “{query.place_text}”. {hint}"]})
    return spot


def _postcode_in(text: str, places: Gazetteer) -> tuple[Spot | None, str]:
    """The first postcode, or else half postcode, that is known, and the text without it."""
    for pattern, look_up in ((_POSTCODE, places.postcode), (_HALF_POSTCODE, places.half_postcode)):
        for match in pattern.finditer(text):
            spot = look_up(" ".join(part.upper() for part in match.groups()))
            if spot is not None:
                return spot, text[: match.start()] + " " + text[match.end() :]
    return None, text


def _capitalised(text: str) -> frozenset[str]:
    """The words typed with a capital inside a sentence that is not all capitals: perhaps a name."""
    if text.upper() == text:
        return frozenset()
    return frozenset(tokens.fold(word) for word in re.findall(r"[^\W_]+", text) if word[0].isupper())


def _name_in(typed: list[str], capitalised: frozenset[str], words: Words) -> tuple[Spot | None, list[str]]:
    """The first place name in the sentence, and the words without it.

    A name that is also an everyday word (Bath, Marsh) counts only behind a word such as "in", with a capital, or as the last word.
    """

    def allowed(start: int, end: int) -> bool:
        name = typed[start:end]
        if len(name) > 1 or not words.vocabulary.knows(tokens.stem(name[0])):
            return True
        return (start > 0 and typed[start - 1] in _BEFORE_A_PLACE) or name[0] in capitalised

    spot, span = _first_name(typed, words.places, allowed)
    if spot is None:
        return None, typed
    return spot, typed[: span[0]] + typed[span[1] :]


def _first_name(typed: list[str], places: Gazetteer, allowed: "AllowedSpan") -> tuple[Spot | None, tuple[int, int]]:
    longest = places.longest()
    for start in range(len(typed)):
        for end in range(min(len(typed), start + longest), start, -1):
            spot = places.named(" ".join(typed[start:end]))
            if spot is not None and allowed(start, end):
                return spot, (start, end)
    return None, (0, 0)


class AllowedSpan(Protocol):
    def __call__(self, start: int, end: int) -> bool: ...


def _repair(typed: list[str], words: Words) -> tuple[list[str], dict[str, str]]:
    """The words with slips repaired, and what was changed. Words that anything knows are never touched."""
    changed: dict[str, str] = {}
    place_words = words.places.words()
    for word in dict.fromkeys(typed):
        stemmed = tokens.stem(word)
        if word in tokens.STOP_WORDS or word in place_words or words.vocabulary.knows(stemmed) or stemmed in words.index:
            continue
        meant = words.speller.repair(word)
        if meant is not None:
            changed[word] = meant
    return [changed.get(word, word) for word in typed], changed


def _shown_correction(q: str, changed: Mapping[str, str]) -> str:
    """The question as it was understood, or an empty text where nothing was repaired."""
    if not changed:
        return ""
    return re.sub(r"[^\W_]+", lambda match: changed.get(tokens.fold(match.group()), match.group()), q)


def _needs(stems: Iterable[str], vocabulary: Vocabulary) -> tuple[NeedGuess, ...]:
    reading = vocabulary.read(list(stems))
    ranked = sorted(reading.confidence.items(), key=lambda item: (-item[1], item[0]))
    if not ranked:
        return ()
    bar = max(UNSURE, FAR_BELOW * ranked[0][1])
    return tuple(NeedGuess(slug, sure, reading.words[slug], vocabulary.names[slug]) for slug, sure in ranked[:NEEDS_MAX] if sure >= bar)
