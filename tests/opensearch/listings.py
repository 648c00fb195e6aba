"""Plausible and odd listings, made from a number: what the agreement of both engines is tried on."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from search.engines.document import Document
from tests.finding import MARSDEN, SLAITHWAITE, document

MINUTE = 29_600_000
NAMES = ["lunch club", "garden club", "phone friends", "lunch", "shopping bus", "Memory cafe", "اردو گروپ"]
TEXTS = ["", "lunch in company", "garden tools lent", "bus to the shops", "women and carers welcome", "piano"]
SPOTS = [(MARSDEN.lat, MARSDEN.lon), (SLAITHWAITE.lat, SLAITHWAITE.lon), (53.70, -1.60), (53.55, -1.76), (-33.0, 151.0)]


def listings(services: int, seed: int) -> Iterator[Document]:
    """The documents of so many services, one to three for each."""
    choice = random.Random(seed)
    for number in range(services):
        some = choice.choice
        days = some([(), ("MO",), ("TU", "FR")])
        first = document(
            f"s{number:04}",
            some(NAMES),
            text=some(TEXTS),
            organisation=some(["", "Valley Friends", "Co-op"]),
            needs=some([(), ("shopping",), ("cooking", "shopping"), ("cooking",)]),
            modes=some([(), ("home",), ("place",), ("phone", "place"), ("online",)]),
            kind=some(["", "group", "service"]),
            free=some([None, True, False]),
            languages=some([(), ("urdu",), ("polish", "urdu")]),
            who=some([(), ("carer",), ("women", "carer")]),
            min_age=some([None, 18.0, 60.0]),
            max_age=some([None, 70.0]),
            spaces=some([None, True, False]),
            paused=some([False, False, True]),
            days=days,
            hours=tuple(_hours(choice)) if days else (),
            hours_to=some([MINUTE + 500, MINUTE + 40_000]) if days else None,
            visible_from=some([None, None, date(2026, 6, 1)]),
            visible_to=some([None, None, date(2026, 1, 1)]),
            checked_on=some([None, date(2025, 3, 1), date(2026, 5, 5)]),
        )
        made = [_at_place(first, place, choice) for place in range(some([1, 1, 1, 2, 3]))]
        # Many state for all of their places the same area.
        same = {name: getattr(made[0], name) for name in ("areas", "circles")} if choice.random() < 0.4 else {}
        yield from (replace(each, **same) for each in made)


def _hours(choice: random.Random) -> Iterator[tuple[int, int, bool]]:
    start = MINUTE - 600
    for _ in range(choice.randrange(4)):
        start += choice.randrange(1, 900)
        yield start, start + choice.choice([30, 120, 700]), choice.random() < 0.7
        start += 700


def _at_place(first: Document, number: int, choice: random.Random) -> Document:
    some = choice.choice
    near = some([None, *SPOTS])
    at = (near[0] + some([0, choice.gauss(0, 0.05)]), near[1] + some([0, choice.gauss(0, 0.05)])) if near else None
    made = document(first.service, first.name, number=number, at=at, text=some(TEXTS))
    return replace(
        first,
        id=made.id,
        place=made.place,
        text_tokens=(*first.text_tokens, *made.text_tokens),
        locality=some(["", "marsden", "holmfirth"]) if at else "",
        areas=some([(), (), ("*",), ("wards:colne-valley",), ("district:HD9",)]),
        circles=some([(), (), ((53.70, -1.60, 3.0),), ((53.70, -1.60, 3.0), (MARSDEN.lat, MARSDEN.lon, 1.0)), ((0.0, 180.0, 300.0),)]),
        access=some([(), ("step_free:yes",), ("step_free:no", "parking:yes"), ("step_free:yes", "parking:yes")]),
    )
