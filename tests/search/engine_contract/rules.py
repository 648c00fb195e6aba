"""What fits, told a second time in plain Python; and documents and questions made up to compare it with."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from search import tokens
from search.engines.base import FEW
from search.engines.document import Document
from search.query import Box, NeedGuess, Query
from search.reach import way
from search.textscore import half
from tests.finding import MARSDEN, SLAITHWAITE, document, query

NAMES = ["lunch club", "garden club", "phone friends", "lunch", "shopping bus"]
SPOTS = [(MARSDEN.lat, MARSDEN.lon), (SLAITHWAITE.lat, SLAITHWAITE.lon), (53.70, -1.60)]
FACTS = ("step_free", "parking")
WHO = ("carer", "women")
some = st.sampled_from


def within_hours(made: Document) -> Document:
    """No spans where the times are not known, none beyond what was worked out."""
    until = made.hours_to or 0
    return replace(made, hours=tuple((start, min(end, until), sure) for start, end, sure in made.hours if start < until))


documents = st.lists(
    st.builds(
        document,
        some([f"s{n}" for n in range(8)]),
        some(NAMES),
        text=some(NAMES),
        at=st.none() | some(SPOTS),
        needs=some([(), ("shopping",), ("cooking", "shopping")]),
        modes=some([(), ("home",), ("place",), ("phone", "place"), ("online",)]),
        days=some([(), ("MO",), ("MO", "SU")]),
        hours_to=some([None, 50, 1000]),
        hours=some([(), ((10, 20, True),), ((15, 30, False), (40, 45, True)), ((0, 100, True), (90, 2000, False))]),
        paused=st.booleans(),
        spaces=some([None, True, False]),
        checked_on=some([None, date(2026, 1, 1), date(2020, 1, 1)]),
        kind=some(["", "group", "service"]),
        free=some([None, True, False]),
        languages=some([(), ("urdu",), ("polish", "urdu")]),
        who=some([(), ("carer",), ("women",)]),
        min_age=some([None, 18.0, 60.0]),
        max_age=some([None, 70.0]),
        areas=some([(), ("*",), ("wards:colne-valley",), ("district:HD9",)]),
        circles=some([(), ((53.70, -1.60, 3.0),), ((53.70, -1.60, 3.0), (MARSDEN.lat, MARSDEN.lon, 1.0))]),
        access=some([(), ("step_free:yes",), ("step_free:no", "parking:yes"), ("step_free:yes", "parking:yes")]),
        visible_to=some([None, date(2026, 1, 1)]),
    ).map(within_hours),
    max_size=10,
    unique_by=lambda made: made.service,
)
queries = st.builds(
    lambda words, **values: query(words, **values),
    some(["", "", "lunch", "lunch club", "garden club bus", "piano"]),
    needs=some([(), (), (NeedGuess("shopping", 0.9),), (NeedGuess("cooking", 0.5), NeedGuess("shopping", 0.4))]),
    place=some([None, MARSDEN, SLAITHWAITE]),
    radius=some([None, 1.0, 30.0]),
    need=some([(), (), ("shopping",), ("cooking", "shopping")]),
    mode=some([(), (), ("home",), ("home", "phone")]),
    kind=some([(), (), ("group",)]),
    who=some(["", "", "carers", "65", "men"]),
    free=some([False, False, True]),
    open=some(["", "", "now", "MO"]),
    days=some([(), (), ("MO", "TU")]),
    during=some([None, None, (12, 17), (60, 70)]),
    minute=some([None, 15, 42, 60, 95]),
    wished=some([frozenset(), frozenset({"mode", "free", "language", "access", "open"})]),
    access=some([(), (), ("step_free",), ("parking", "step_free")]),
    language=some(["", "", "urdu"]),
    bbox=some([None, None, Box(-2, 53.5, -1.8, 53.61)]),
    on=some([None, date(2026, 6, 1)]),
)


def holds(made: Document, word: str) -> bool:
    return word in made.name_tokens or word in made.text_tokens


def open_between(made: Document, start: int, end: int) -> bool | None:
    """Whether it is open at any minute of a span; None where nobody knows."""
    if made.hours_to is None:
        return None
    meets = [sure for begins, ends, sure in made.hours if begins < end and ends > start]
    return True if any(meets) else None if meets or made.hours_to < end else False


def opens(made: Document, asked: Query) -> bool | None:
    """Whether it is open at every time that is asked for."""
    told: list[bool | None] = []
    if asked.open == "now":
        told.append(None if asked.minute is None else open_between(made, asked.minute, asked.minute + 1))
    for days in ({asked.open} - {"now", ""}, set(asked.days)):
        if days:
            told.append(True if days & set(made.days) else None if made.hours_to is None else False)
    if asked.during:
        told.append(open_between(made, *asked.during))
    return False if False in told else None if None in told else True


def known(value: bool | None, field: str, asked: Query) -> bool:
    """A wish shuts out only what surely is not so."""
    return bool(value) or (value is None and field in asked.wished)


def passes(made: Document, asked: Query) -> dict[str, bool]:
    """Every filter, by name."""
    who = set(tokens.tokens(asked.who))
    facts = {fact: True if f"{fact}:yes" in made.access else False if f"{fact}:no" in made.access else None for fact in asked.access}
    return {
        "need": not asked.need or bool(set(asked.need) & set(made.needs)),
        "mode": not asked.mode or known(bool(set(asked.mode) & set(made.modes)) if made.modes else None, "mode", asked),
        "kind": not asked.kind or made.kind in asked.kind,
        "free": not asked.free or known(made.free, "free", asked),
        "language": not asked.language or known(asked.language in made.languages if made.languages else None, "language", asked),
        "access": all(known(value, "access", asked) for value in facts.values()),
        "who": (made.min_age is None or made.min_age <= asked.age) and (made.max_age is None or made.max_age >= asked.age)
        if asked.age is not None
        else not who or not made.who or bool(who & set(made.who)),
        "bbox": asked.bbox is None or made.place is None or asked.bbox.holds(made.place.lat, made.place.lon),
        "open": known(opens(made, asked), "open", asked),
    }


def base(made: list[Document], asked: Query) -> list[Document]:
    """The documents that fit words, needs, place and day, by the rules in plain Python."""
    there = [
        each
        for each in made
        if (asked.on is None or each.visible_to is None or each.visible_to >= asked.on)
        and (asked.place is None or way(each, asked) is not None)
    ]
    if not asked.asks:
        return there
    needs = {guess.slug for guess in asked.needs}
    fit = [each for each in there if needs & set(each.needs) or (asked.words and all(holds(each, word) for word in asked.words))]
    if len({each.service for each in fit}) < FEW and len(asked.words) > 1:
        enough = half(len(asked.words))
        fit += [each for each in there if each not in fit and sum(holds(each, word) for word in asked.words) >= enough]
    return fit


def counted(fit: list[Document], asked: Query, field: str) -> Counter[str]:
    """A facet: how many of the documents that fit pass all filters but its own, by its values. Each is a service of its own."""
    own = field.removesuffix("_unknown")
    others = [each for each in fit if all(value for name, value in passes(each, asked).items() if name != own)]
    counts = Counter(value for each in others for value in _values(each, asked)[field])
    if field == "who":
        return Counter({value: count for value, count in counts.items() if any(value in each.who for each in others)})
    return counts


def _values(made: Document, asked: Query) -> dict[str, Iterable[str]]:
    """Under which values of each facet a document is counted."""
    is_open = asked.minute is not None and open_between(made, asked.minute, asked.minute + 1)
    return {
        "need": made.needs,
        "mode": made.modes,
        "kind": (made.kind,) if made.kind else (),
        "free": ("yes",) if made.free else (),
        "open": (*made.days, "now") if is_open else made.days,
        "who": made.who or WHO,
        "language": made.languages,
        "access": [fact for fact in FACTS if f"{fact}:yes" in made.access],
        "access_unknown": [fact for fact in FACTS if not {f"{fact}:yes", f"{fact}:no"} & set(made.access)],
    }
