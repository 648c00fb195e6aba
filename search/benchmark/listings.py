"""Made-up listings, one document after the other and the same ones for the same seed: nothing is kept of what was given out. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from search import tokens
from search.benchmark.positions import Positions
from search.benchmark.wording import ACTIVITIES, KINDS_OF_GROUP, SAYS_FOR_WHOM, WHO_FOR, Need, Wording, made_word, rare_word
from search.engines.columns import EPOCH
from search.engines.document import EVERYWHERE, Document, Place
from search.query import ACCESS_FACTS, DAYS, KINDS

DAY_MINUTES = 24 * 60
DAYS_AHEAD, DAYS_BACK = 21, 1
NEAR_DEGREES = 0.004
PLACES = (1, 1, 1, 1, 1, 1, 1, 2, 2, 3)
LANGUAGES = ("urdu", "punjabi", "polish", "bsl", "arabic", "welsh", "romanian", "bengali", "farsi", "ukrainian", "somali", "cantonese")
WEEKS = (("MO", "TU", "WE", "TH", "FR"), ("MO", "TU", "WE", "TH", "FR", "SA"), DAYS)
AGES = (16.0, 18.0, 50.0, 55.0, 60.0, 65.0)


class Times(NamedTuple):
    """Opening times: days, spans and until when they are known, as in Document."""

    days: tuple[str, ...] = ()
    hours: tuple[tuple[int, int, bool], ...] = ()
    hours_to: int | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a listing stands: its position, the half postcode and the town (by a made-up name) around it."""

    lat: float
    lon: float
    district: str
    town: str


def listings(count: int, *, seed: int, today: date, positions: Positions, wording: Wording) -> Iterator[Document]:
    """The documents of so many services, those of one service one after the other; `today` is the day on which they were indexed."""
    for number in range(count):
        # A seed of its own for each: the first thousand are the same among however many.
        yield from _service(Random(f"{seed}:{number}"), today, positions, wording)


def _service(choice: Random, today: date, positions: Positions, wording: Wording) -> Iterator[Document]:
    at = spot(choice, positions)
    needs = choice.sample(wording.needs, choice.choice((1, 1, 1, 2, 2, 3)))
    first = _described(choice, at, needs, wording)
    first = _circumstances(choice, first, today)
    modes = first.modes
    if modes and "place" not in modes and choice.random() < 0.7:
        yield replace(first, **_served(choice, at))
        return
    areas = _served(choice, at)
    for number in range(choice.choice(PLACES)):
        here = at if number == 0 else _beside(choice, at)
        yield _at(choice, replace(first, id=f"{first.service}:{number}", **areas), here)


def spot(choice: Random, positions: Positions) -> Spot:
    """A position in one of the sampled postcodes, moved by some streets."""
    number = choice.randrange(len(positions))
    code = str(positions.codes[number])
    lat, lon = float(positions.lats[number]), float(positions.lons[number])
    return _beside(choice, Spot(lat, lon, code[:-3], town(code[:-3])))


@lru_cache(maxsize=5_000)
def town(district: str) -> str:
    """The made-up name of the town of a half postcode."""
    return made_word(int.from_bytes(district.encode(), "big") * 7919 % 60_000).capitalize()


def _beside(choice: Random, at: Spot) -> Spot:
    return replace(at, lat=round(at.lat + choice.gauss(0, NEAR_DEGREES), 6), lon=round(at.lon + choice.gauss(0, NEAR_DEGREES), 6))


def _described(choice: Random, at: Spot, needs: list[Need], wording: Wording) -> Document:
    """What is written about a service."""
    uuid = str(UUID(int=choice.getrandbits(128), version=4))
    what = choice.choice(ACTIVITIES)
    own = rare_word(choice).capitalize()
    name = f"{choice.choice((at.town, own))} {what}" if choice.random() < 0.8 else f"{what.capitalize()} at {own}"
    organisation = f"{choice.choice((at.town, own, rare_word(choice).capitalize()))} {choice.choice(KINDS_OF_GROUP)}"
    said = [choice.choice(choice.choice(needs).said) for _ in range(choice.randint(2, 6))]
    said += choice.sample(wording.common, choice.randint(2, 6)) + choice.sample(wording.sometimes, choice.randint(1, 5))
    who_for = choice.choice(WHO_FOR) if choice.random() < SAYS_FOR_WHOM else ""
    summary = f"{said[0].text}, {said[-1].text} in {at.town}."
    names = " ".join(rare_word(choice) for _ in range(choice.randint(3, 12)))
    rest = tokens.tokens(f"{organisation} {who_for} {names} {' '.join(need.name for need in needs)}")
    return Document(
        id=f"{uuid}:0",
        service=uuid,
        name=name[0].upper() + name[1:],
        url=f"/services/{uuid}/{name.lower().replace(' ', '-')}/",
        organisation=organisation,
        summary=summary[0].upper() + summary[1:],
        needs=tuple(sorted(need.slug for need in needs)),
        who=tuple(tokens.tokens(who_for)),
        who_for=who_for,
        name_tokens=tuple(tokens.tokens(name)),
        text_tokens=(*tokens.tokens(summary), *rest, *(token for piece in said for token in piece.tokens)),
    )


def _circumstances(choice: Random, first: Document, today: date) -> Document:
    """How, when, for whom and on what terms."""
    when = _times(choice, today)
    oldest = 900
    checked = date.fromordinal(today.toordinal() - int(oldest * choice.random() ** 2)) if choice.random() < 0.9 else None
    starts, ends = choice.random() < 0.01, choice.random() < 0.03
    return replace(
        first,
        kind=choice.choices(KINDS, (40, 25, 25, 5, 5))[0],
        modes=choice.choices(
            ((), ("place",), ("home",), ("home", "place"), ("phone",), ("online", "phone"), ("outreach",)), (15, 50, 12, 8, 6, 6, 3)
        )[0],
        free=choice.choices((None, True, False), (50, 35, 15))[0],
        languages=_languages(choice),
        min_age=choice.choice(AGES) if choice.random() < 0.25 else None,
        max_age=25.0 if choice.random() < 0.02 else None,
        spaces=choice.choices((None, True, False), (80, 15, 5))[0],
        paused=choice.random() < 0.02,
        ours=choice.random() < 0.01,
        days=when.days,
        hours=when.hours,
        hours_to=when.hours_to,
        visible_from=date.fromordinal(today.toordinal() + choice.randint(1, 40)) if starts else None,
        visible_to=date.fromordinal(today.toordinal() + choice.randint(-20, 90)) if ends else None,
        checked_on=checked,
    )


def _languages(choice: Random) -> tuple[str, ...]:
    if choice.random() < 0.7:
        return ()
    return ("english", *choice.sample(LANGUAGES, choice.choice((0, 1, 1, 2, 4))))


def _times(choice: Random, today: date) -> Times:
    """Not known for a fifth; office hours for a third; the others on one or two days of the week, but for a few that never close."""
    kind = choice.random()
    if kind < 0.2:
        return Times()
    if kind > 0.96:
        return _week(DAYS, 0, DAY_MINUTES, True, today)
    days = choice.choice(WEEKS) if kind < 0.5 else tuple(sorted(choice.sample(DAYS, choice.choice((1, 1, 2))), key=DAYS.index))
    start, length = (choice.randrange(8, 11) * 60, choice.choice((420, 480, 540))) if kind < 0.5 else (choice.randrange(18, 40) * 30, 120)
    return _week(days, start, length, choice.random() < 0.9, today)


@lru_cache(maxsize=5_000)
def _week(days: tuple[str, ...], start: int, length: int, sure: bool, today: date) -> Times:
    first = today.toordinal() - DAYS_BACK
    open_days = [day for day in range(first, first + DAYS_BACK + DAYS_AHEAD) if DAYS[date.fromordinal(day).weekday()] in days]
    begins = [(day - EPOCH) * DAY_MINUTES + start for day in open_days]
    return Times(days, tuple((begin, begin + length, sure) for begin in begins), (today.toordinal() + DAYS_AHEAD - EPOCH) * DAY_MINUTES)


def _served(choice: Random, at: Spot) -> dict[str, Any]:
    """Which area is served: for most it is not stated; half postcodes, some miles around, or the whole country for the others."""
    kind = choice.random()
    if kind < 0.55:
        return {}
    if kind < 0.58:
        return {"areas": (EVERYWHERE,), "area_names": ("Everywhere",)}
    if kind < 0.75:
        return {"circles": ((at.lat, at.lon, float(choice.choice((2, 3, 5, 10, 20)))),), "area_names": (f"Around {at.town}",)}
    letters = at.district.rstrip("0123456789")
    more = {f"{letters}{choice.randint(1, 20)}" for _ in range(choice.randint(0, 7))}
    districts = tuple(sorted({at.district, *more}))
    return {"areas": tuple(f"district:{district}" for district in districts), "area_names": districts}


def _at(choice: Random, document: Document, at: Spot) -> Document:
    """The document of one place; of one listing in ten the place is not known."""
    if choice.random() < 0.1:
        return document
    street = f"{choice.choice((at.town, rare_word(choice).capitalize()))} {choice.choice(('Hall', 'Centre', 'Chapel', 'Library', 'Rooms'))}"
    address = f"{street} {choice.randint(1, 200)} {rare_word(choice)} Road {at.town} {at.district}"
    facts = [f"{fact}:{choice.choices(('yes', 'no'), (4, 1))[0]}" for fact in ACCESS_FACTS if choice.random() < 0.25]
    return replace(
        document,
        place=Place(street, at.lat, at.lon),
        access=tuple(facts),
        text_tokens=(*document.text_tokens, *tokens.tokens(address)),
    )
