"""What was understood of a question, part by part, each with the address of the question without it.

A part of the sentence is taken off by the parameter `off`, so that what was typed stays as it was; a part chosen by hand by dropping it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cms.presenting.addresses import Address
from cms.presenting.headline import miles
from cms.presenting.words import ACCESS_WORDS, DAY_WORDS, GROUP_WORDS, KIND_WORDS, MODE_WORDS
from search import tokens
from search.query import Query
from search.wishes import Wish

# More words than these are called "your words".
WORDS_NAMED = 4
WHEN_WORDS = {"now": "open now", "today": "today", "tonight": "tonight", "tomorrow": "tomorrow", "weekend": "at the weekend"}


@dataclass(frozen=True)
class Chip:
    label: str
    remove_url: str


def chips_of(query: Query, address: Address, names: Mapping[str, str]) -> list[Chip]:
    """Every part of an understood question; `names` are those of the needs, by slug."""
    return [
        *_from_words(query, address),
        *_from_place(query, address),
        *(Chip(wish_words(wish), address.off(_off(wish)).url()) for wish in query.wishes),
        *_by_hand(query, address, names),
    ]


def wish_words(wish: Wish) -> str:
    """A wish of the sentence in a few words: in your home, on Tuesdays, in Punjabi, for age 82, within 3 miles."""
    if wish.field == "radius":
        return f"within {miles(float(wish.value))}"
    return _WORDS[wish.field](wish.value)


def language_words(slug: str) -> str:
    """The name of a language from its slug: urdu as Urdu, bsl as BSL."""
    return slug.upper() if slug == "bsl" else slug.replace("-", " ").title()


def who_words(who: str) -> str:
    """ "for age 82", "for carers"."""
    return f"for age {who}" if who[:1].isdigit() else f"for {GROUP_WORDS.get(who, who)}"


_WORDS = {
    "mode": MODE_WORDS.__getitem__,
    "kind": KIND_WORDS.__getitem__,
    "open": lambda value: WHEN_WORDS.get(value) or f"on {' or '.join(DAY_WORDS[day] for day in value.split())}",
    "free": lambda value: "free",
    "access": ACCESS_WORDS.__getitem__,
    "language": lambda value: f"in {language_words(value)}",
    "who": who_words,
}


def _from_words(query: Query, address: Address) -> Iterator[Chip]:
    yield from (Chip(guess.name, address.off(f"need:{guess.slug}").url()) for guess in query.needs)
    said = {word for guess in query.needs for word in (*guess.words, *tokens.tokens(guess.name))}
    rest = [word for stem, word in zip(query.words, query.typed, strict=True) if stem not in said]
    if rest:
        many = len(rest) > WORDS_NAMED
        label = f"{'your words' if many else 'the word' if len(rest) == 1 else 'the words'} “{' '.join(rest[:WORDS_NAMED])}{' …' if many else ''}”"
        yield Chip(label, address.off("words").url())


def _from_place(query: Query, address: Address) -> Iterator[Chip]:
    place = query.place
    if place is None:
        return
    label = "near you" if place.kind == "point" else f"near {place.name}"
    if address.get("place") or address.get("lat"):
        yield Chip(label, address.without("place", "lat", "lon", "radius").url())
    else:
        yield Chip(label, address.without("radius").off("place", *(("radius",) if _wishes(query, "radius") else ())).url())


def _by_hand(query: Query, address: Address, names: Mapping[str, str]) -> Iterator[Chip]:
    yield from (Chip(names.get(slug, slug), address.without("need", value=slug).url()) for slug in query.need)
    if query.radius and address.get("radius"):
        yield Chip(f"within {miles(query.radius)}", address.without("radius").url())
    for name in ("mode", "kind", "access"):
        if address.get(name):
            yield from (Chip(_WORDS[name](value), address.without(name, value=value).url()) for value in getattr(query, name))
    for name in ("open", "who", "free", "language"):
        value = getattr(query, name)
        if value and address.get(name):
            yield Chip(_WORDS[name](value), address.without(name).url())
    if query.bbox:
        yield Chip("in this part of the map", address.without("bbox").url())


def _off(wish: Wish) -> str:
    return f"access:{wish.value}" if wish.field == "access" else wish.field


def _wishes(query: Query, field: str) -> bool:
    return any(wish.field == field for wish in query.wishes)
