"""The form that narrows a list: what may be chosen, with the number of services that each choice would leave, and the orders of the list."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from cms.presenting.addresses import Address
from cms.presenting.chips import WHEN_WORDS, language_words, who_words, wish_words
from cms.presenting.headline import miles
from cms.presenting.words import ACCESS_WORDS, DAY_WORDS, GROUP_WORDS, KIND_WORDS, MODE_WORDS, first_up
from search import tokens
from search.query import ACCESS_FACTS, DAYS, Sort
from search.results import Found

# More needs or languages than these are left to the question itself.
MOST = 12
RADII = (1, 2, 5, 10, 20)
_GROUPS = {tokens.stem(word) for word in GROUP_WORDS}
IN_THE_FORM = ("need", "mode", "open", "free", "access", "language", "who", "radius", "kind")


@dataclass(frozen=True, slots=True)
class Option:
    """One choice. `told` is how many it leaves, in words."""

    value: str
    label: str
    told: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """One question of the form. `several`: more than one may be ticked; otherwise it is a list to choose from, with `none` for no choice.

    `wished` is what the sentence says of it already.
    """

    name: str
    title: str
    options: tuple[Option, ...]
    several: bool = True
    none: str = ""
    wished: str = ""


@dataclass(frozen=True, slots=True)
class Filters:
    """What cms/parts/filters.html shows. `keep` are the other parts of the question; `chosen` how many are chosen by hand."""

    groups: tuple[Group, ...]
    keep: tuple[tuple[str, str], ...]
    chosen: int
    clear_url: str = ""


@dataclass(frozen=True)
class Choice:
    """One link; `chosen` where it is on already."""

    label: str
    url: str
    chosen: bool = False


@dataclass(frozen=True)
class _Counts:
    """What may be chosen for a field, by how many services it leaves; what is chosen is always there."""

    found: Found
    address: Address
    by_field: dict[str, dict[str, int]] = field(default_factory=dict)

    def of(self, name: str) -> dict[str, int]:
        return self.by_field.setdefault(name, {str(row["slug"]): int(row["count"]) for row in self.found.facets.get(name, [])})

    def chosen(self, name: str) -> tuple[str, ...]:
        """What is chosen by hand; not what the sentence wishes."""
        value = getattr(self.found.query, name)
        values = (
            value if isinstance(value, tuple) else ("yes",) if value is True else (f"{value:g}",) if isinstance(value, float) else (value,)
        )
        return tuple(each for each in values if each) if self.address.get(name) else ()

    def wished(self, name: str) -> str:
        """What the sentence wishes of it, in words."""
        return " and ".join(wish_words(wish) for wish in self.found.query.wishes if wish.field == name)


def filters_of(found: Found, address: Address, names: Mapping[str, str]) -> Filters | None:
    """The form for an answer; `names` are those of the needs, by slug. A question that leaves no choice is left out; None where all are."""
    counts = _Counts(found, address)
    groups = tuple(group for group in _groups(counts, names) if group.options)
    if not groups:
        return None
    return Filters(
        groups=groups,
        keep=tuple(address.pairs(leave_out=IN_THE_FORM)),
        chosen=sum(len(counts.chosen(name)) for name in IN_THE_FORM),
        clear_url=address.without(*IN_THE_FORM).url(),
    )


def sorts_of(found: Found, address: Address) -> list[Choice]:
    """The orders in which the list can stand; nearest first only where a place is known."""
    labels = {Sort.FIT: "Best fit first", Sort.DISTANCE: "Nearest first", Sort.NAME: "By name"}
    return [
        Choice(label, address.replace(sort="" if sort is Sort.FIT else sort.value).url(), chosen=found.sort is sort)
        for sort, label in labels.items()
        if sort is not Sort.DISTANCE or found.query.place is not None
    ]


def _groups(counts: _Counts, names: Mapping[str, str]) -> Iterator[Group]:
    yield _ticks(counts, "need", "Kind of help", lambda slug: names.get(slug, slug))
    yield _ticks(counts, "mode", "How it reaches you", lambda slug: first_up(MODE_WORDS[slug]))
    yield _one_of(counts, "open", "When", "Any time", _when, order=("now", *DAYS))
    yield _ticks(counts, "free", "Money", lambda slug: "Free")
    yield _access(counts)
    yield _one_of(counts, "language", "Language", "Any language", language_words)
    yield _who(counts)
    if counts.found.query.place is not None:
        yield _radius(counts)
    yield _ticks(counts, "kind", "What it is", lambda slug: first_up(KIND_WORDS[slug]))


def _ticks(counts: _Counts, name: str, title: str, label: Callable[[str], str]) -> Group:
    """The most frequent values; those that are chosen stand first. One that would leave the list as it is, is no choice."""
    known, chosen = counts.of(name), counts.chosen(name)
    rest = [value for value, count in known.items() if value not in chosen and (chosen or count < counts.found.total)]
    options = [Option(value, label(value), str(known.get(value, 0)), value in chosen) for value in (*chosen, *rest[: MOST - len(chosen)])]
    return Group(name, title, tuple(options), wished=counts.wished(name))


def _one_of(counts: _Counts, name: str, title: str, none: str, label: Callable[[str], str], order: tuple[str, ...] = ()) -> Group:
    known, chosen = counts.of(name), counts.chosen(name)
    values = [value for value in order if value in known or value in chosen] or [*known][:MOST]
    values += [value for value in chosen if value not in values]
    options = [Option(value, label(value), str(known.get(value, 0)), value in chosen) for value in values]
    return Group(name, title, tuple(options), several=False, none=none, wished=counts.wished(name))


def _access(counts: _Counts) -> Group:
    """Yes and not known are told apart: nobody who says nothing is taken for a no."""
    yes, unknown, chosen = counts.of("access"), counts.of("access_unknown"), counts.chosen("access")
    facts = [fact for fact in ACCESS_FACTS if fact in yes or fact in chosen or unknown.get(fact, 0) < counts.found.total]
    options = [Option(fact, first_up(ACCESS_WORDS[fact]), _told(yes.get(fact, 0), unknown.get(fact, 0)), fact in chosen) for fact in facts]
    return Group("access", "Getting in", tuple(options), wished=counts.wished("access"))


def _told(yes: int, unknown: int) -> str:
    return ", ".join(part for part in (f"{yes} yes", f"{unknown} not known, ask" if unknown else "") if part)


def _who(counts: _Counts) -> Group:
    """Groups of people only: of other words in "who it is for", villages or habits, nobody would think as a choice; an age is said in the question."""
    known = {who: count for who, count in counts.of("who").items() if tokens.stem(who) in _GROUPS and count < counts.found.total}
    chosen = counts.chosen("who")
    values = [*known][:MOST] + [who for who in chosen if who not in known]
    options = [Option(who, first_up(who_words(who)), str(counts.of("who").get(who, "")), who in chosen) for who in values]
    return Group("who", "Who it is for", tuple(options), several=False, none="Everybody", wished=counts.wished("who"))


def _radius(counts: _Counts) -> Group:
    chosen = counts.chosen("radius")
    values = sorted({*map(float, RADII), *map(float, chosen)})
    options = [Option(f"{value:g}", f"Within {miles(value)}", "", f"{value:g}" in chosen) for value in values]
    return Group("radius", "How far", tuple(options), several=False, none="As far as it takes", wished=counts.wished("radius"))


def _when(value: str) -> str:
    return first_up(WHEN_WORDS.get(value) or f"on {DAY_WORDS[value]}")
