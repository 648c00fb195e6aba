"""Ways to narrow a list: links with the number of services that each would leave."""

from collections.abc import Callable
from dataclasses import dataclass

from cms.presenting.addresses import Address
from cms.presenting.chips import language_words
from cms.presenting.words import ACCESS_WORDS, KIND_WORDS, MODE_WORDS, first_up
from search.query import Sort
from search.results import Found

MOST = 8


@dataclass(frozen=True)
class Choice:
    """One link: `count` is how many services it leaves, None where nobody counted; `chosen` where it is on already."""

    label: str
    url: str
    count: int | None = None
    chosen: bool = False


@dataclass(frozen=True)
class Facet:
    title: str
    choices: list[Choice]


def facets_of(found: Found, address: Address, names: dict[str, str]) -> list[Facet]:
    """The facets that leave a choice; `names` are those of the needs, by slug."""
    when = [Choice("Open now", address.replace(open="now").url(), chosen=found.query.open == "now")]
    shown = [
        Facet("Kind of help", _choices(found, address, "need", lambda slug: names.get(slug, slug))),
        Facet("How it reaches you", _choices(found, address, "mode", lambda slug: first_up(MODE_WORDS.get(slug, slug)))),
        Facet("What it is", _choices(found, address, "kind", lambda slug: first_up(KIND_WORDS.get(slug, slug)))),
        Facet("When", when),
        Facet("Money", _choices(found, address, "free", lambda slug: "Free")),
        Facet("Getting in", _choices(found, address, "access", lambda slug: first_up(ACCESS_WORDS.get(slug, slug)))),
        Facet("Language", _choices(found, address, "language", language_words)),
    ]
    return [facet for facet in shown if facet.choices]


def sorts_of(found: Found, address: Address) -> list[Choice]:
    """The orders in which the list can stand; nearest first only where a place is known."""
    labels = {Sort.FIT: "Best fit first", Sort.DISTANCE: "Nearest first", Sort.NAME: "By name"}
    return [
        Choice(label, address.replace(sort="" if sort is Sort.FIT else sort.value).url(), chosen=found.sort is sort)
        for sort, label in labels.items()
        if sort is not Sort.DISTANCE or found.query.place is not None
    ]


def _choices(found: Found, address: Address, name: str, label: Callable[[str], str]) -> list[Choice]:
    """The most frequent values; those that are chosen stand first. One that would leave the list as it is, is no choice."""
    counted = {str(row["slug"]): int(row["count"]) for row in found.facets.get(name, [])}
    asked = ("yes",) if name == "free" and found.query.free else address.get(name)
    chosen = [slug for slug in asked if slug in counted]
    rest = [slug for slug, count in counted.items() if slug not in chosen and count and (chosen or count < found.total)]
    slugs = [*chosen, *rest][: max(MOST, len(chosen))]
    return [Choice(label(slug), address.replace(**{name: slug}).url(), counted[slug], slug in chosen) for slug in slugs]
