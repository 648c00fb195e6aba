"""What was understood of a question, part by part, each with the address of the question without it."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from cms.presenting.addresses import Address
from cms.presenting.headline import miles
from cms.presenting.words import ACCESS_WORDS, DAY_WORDS, KIND_WORDS, MODE_WORDS
from directory.geodata.locating import fold, normalise_postcode, place_vocabulary
from search import tokens
from search.query import Query
from search.results import Found

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_POSTCODE = re.compile(r"\b[a-z]{1,2}[0-9][a-z0-9]?(?:\s*[0-9][a-z]{2})?\b", re.IGNORECASE | re.ASCII)
_NEAR = r"(?:\b(?:in|near|nr|at|around|round|from|by)\s+)?"


@dataclass(frozen=True)
class Chip:
    label: str
    remove_url: str


def chips_of(found: Found, address: Address, names: dict[str, str]) -> list[Chip]:
    """Every part of the question as it was understood; `names` are those of the needs, by slug."""
    return [*_from_words(found.query, address), *_from_place(found.query, address), *_from_filters(found.query, address, names)]


def _from_words(query: Query, address: Address) -> list[Chip]:
    typed = address.text("q")
    chips = []
    said: set[str] = set()
    for guess in query.needs:
        chips.append(Chip(guess.name, address.replace(q=without_words(typed, guess.words)).url()))
        said.update(guess.words)
    rest = [(stem, word) for stem, word in zip(query.words, query.typed, strict=True) if stem not in said]
    if rest:
        label = " ".join(word for _, word in rest)
        chips.append(
            Chip(
                f"the word{'' if len(rest) == 1 else 's'} “{label}”",
                address.replace(q=without_words(typed, [stem for stem, _ in rest])).url(),
            )
        )
    return chips


def _from_place(query: Query, address: Address) -> list[Chip]:
    place = query.place
    if place is None:
        return []
    label = "near you" if place.kind == "point" else f"near {place.name}"
    if address.get("place") or address.get("lat"):
        return [Chip(label, address.without("place", "lat", "lon", "radius").url())]
    return [Chip(label, address.replace(q=without_place(address.text("q"), place.name), radius="").url())]


def _from_filters(query: Query, address: Address, names: dict[str, str]) -> list[Chip]:
    chips = [Chip(names.get(slug, slug), address.without("need", value=slug).url()) for slug in query.need]
    if query.radius:
        chips.append(Chip(f"within {miles(query.radius)}", address.without("radius").url()))
    if query.open:
        label = "open now" if query.open == "now" else f"on {DAY_WORDS[query.open]}"
        chips.append(Chip(label, address.without("open").url()))
    chips += [Chip(MODE_WORDS[mode], address.without("mode", value=mode).url()) for mode in query.mode]
    chips += [Chip(KIND_WORDS[kind], address.without("kind", value=kind).url()) for kind in query.kind]
    if query.who:
        chips.append(Chip(f"for {query.who}" if query.age is None else f"for age {query.who}", address.without("who").url()))
    if query.free:
        chips.append(Chip("free", address.without("free").url()))
    chips += [Chip(ACCESS_WORDS[fact], address.without("access", value=fact).url()) for fact in query.access]
    if query.language:
        chips.append(Chip(f"in {language_words(query.language)}", address.without("language").url()))
    if query.bbox:
        chips.append(Chip("in this part of the map", address.without("bbox").url()))
    return chips


def language_words(slug: str) -> str:
    """The name of a language from its slug: urdu as Urdu, bsl as BSL."""
    return slug.upper() if slug == "bsl" else slug.replace("-", " ").title()


def without_words(typed: str, stems: Collection[str]) -> str:
    """A question without the words of these stems; empty where nothing that means anything is left."""
    gone = set(stems)
    left = _WORD.sub(lambda match: "" if _stems(match.group()) & gone else match.group(), typed)
    left = " ".join(left.split())
    return left if tokens.tokens(left) and left != typed else ""


def without_place(typed: str, name: str) -> str:
    """A question without the place that was found in it, whichever way it was spelled; empty where the place is all there was."""
    left = _POSTCODE.sub(lambda match: "" if normalise_postcode(match.group()) else match.group(), typed)
    if left == typed:
        left = re.sub(rf"{_NEAR}\b{re.escape(name)}\b", " ", typed, flags=re.IGNORECASE)
    if left == typed:
        for spelling in _spellings_in(typed, name):
            left = re.sub(rf"{_NEAR}{re.escape(spelling)}", " ", left, flags=re.IGNORECASE)
    left = " ".join(left.split())
    return left if tokens.tokens(left) and left != typed else ""


def _spellings_in(typed: str, name: str) -> list[str]:
    """The pieces of a question, of up to four words, that are another name for this place."""
    found = list(_WORD.finditer(typed))
    pieces = [typed[one.start() : found[end].end()] for start, one in enumerate(found) for end in range(start, min(start + 4, len(found)))]
    known = place_vocabulary()
    return [piece for piece in pieces if fold(piece) in known and known[fold(piece)].name == name]


def _stems(word: str) -> set[str]:
    return {tokens.stem(each) for each in tokens.split(word)}
