"""Suggestions while somebody types: needs by their names and everyday words, places by their spellings, services, groups and venues by name."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from directory.geodata.locating import PlaceName, place_vocabulary
from directory.models import Need
from search import engines, tokens
from search.engines.base import Engine
from search.known import need_words

MOST = 8
LEAST_LETTERS = 2
NEEDS_MOST = 3
PLACES_MOST = 2
TYPED_MOST = 60


@dataclass(frozen=True, slots=True)
class Suggested:
    """One suggestion. `kind` is need, place, service, organisation or venue; `params` are those of the finder, empty where `url` leads to a page."""

    kind: str
    name: str
    url: str = ""
    params: tuple[tuple[str, str], ...] = ()

    def as_json(self, finder: str) -> dict[str, str]:
        """The shape of the API; `finder` is the finder's address."""
        return {"kind": self.kind, "name": self.name, "url": self.url or f"{finder}?{urlencode(self.params)}"}


def suggest(typed: str, *, engine: Engine | None = None) -> list[Suggested]:
    """At most MOST names that go on as typed; none before there are LEAST_LETTERS letters."""
    words = tokens.split(typed[:TYPED_MOST])
    if len("".join(words)) < LEAST_LETTERS:
        return []
    engine = engine or engines.current()
    begin = " ".join(words)
    found = [*_needs(begin, engine), *_places(begin)]
    found += [
        Suggested("service", each.name, each.url)
        if each.kind == "service"
        else Suggested("venue" if each.kind == "place" else each.kind, each.name, params=(("q", each.name),))
        for each in engine.suggest(" ".join(words), limit=MOST)
    ]
    # A village that is a venue's name, too, is suggested once, where it came first.
    once: dict[str, Suggested] = {}
    for each in found:
        once.setdefault(each.name.casefold(), each)
    return list(once.values())[:MOST]


def _needs(begin: str, engine: Engine) -> Iterator[Suggested]:
    """Needs with a word that begins so in their name, then those with a phrase that begins so."""
    lines = _lines(id(engine), engine.state())
    named = [(slug, name) for slug, name, title, _ in lines if f" {begin}" in title]
    called = [(slug, name) for slug, name, _, phrases in lines if f"\n {begin}" in phrases]
    for slug, name in list(dict.fromkeys(named + called))[:NEEDS_MOST]:
        yield Suggested("need", name, params=(("need", slug),))


@lru_cache(maxsize=2)
def _lines(engine: int, state: str) -> list[tuple[str, str, str, str]]:
    """Slug, name, and the folded name and phrases of each need; read once for each state of the index, which changes with the needs' words."""
    return [
        (need.slug, need.name, f" {_folded(need.name)}", "".join(f"\n {_folded(phrase)}" for phrase in need.phrases))
        for need in need_words(Need.objects.order_by("order", "slug"))
    ]


def _folded(text: str) -> str:
    return " ".join(tokens.split(text))


_sorted: tuple[Mapping[str, Any], list[str]] | None = None


def _places(begin: str) -> Iterator[Suggested]:
    """Places with a spelling that begins so: the shortest names first."""
    global _sorted  # noqa: PLW0603
    known: Mapping[str, PlaceName] = place_vocabulary()
    if _sorted is None or _sorted[0] is not known:
        _sorted = (known, sorted(known))
    spellings = _sorted[1]
    at = bisect_left(spellings, begin)
    names: list[str] = []
    while at < len(spellings) and spellings[at].startswith(begin):
        names.append(known[spellings[at]].name)
        at += 1
    for name in sorted(dict.fromkeys(names), key=lambda name: (len(name), name))[:PLACES_MOST]:
        yield Suggested("place", name, params=(("place", name),))
