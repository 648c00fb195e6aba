"""What is asked of the finder: questions of every kind, made up from the words that the listings are made of. Pure."""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from directory.geodata.spelling import shown_postcode
from search.benchmark.listings import town
from search.benchmark.positions import Positions
from search.benchmark.wording import ACTIVITIES, COMMON, Wording, rare_word
from search.query import ACCESS_FACTS, DAYS, KINDS, Box

SENTENCES = Path(__file__).parents[1] / "data" / "golden.csv"
GAZETTEER = Path(__file__).parents[2] / "directory" / "data" / "gazetteer.csv"
TILE_PIXELS = 256
SCREEN = (1000, 700)
WIDE = ("community", "volunteers", "welcome", "support", "weekly", "members", "families")
Params = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """One thing asked: a page of `find` (its parameters), a map of it (`zoom` and the box of a screen), or a name begun (`begun`).

    `any_word`: the bare queries beside it ask for any of its words, for all of them otherwise.
    """

    params: Params
    zoom: int | None = None
    box: Box | None = None
    begun: str = ""
    any_word: bool = False


class Asker:
    """Makes questions; the same ones for the same seed."""

    def __init__(self, positions: Positions, wording: Wording, *, seed: int) -> None:
        self.positions = positions
        self.wording = wording
        self.choice = Random(f"questions:{seed}")

    def ask(self, kind: str) -> Question:
        """The next question of a kind of KINDS_ASKED."""
        return KINDS_ASKED[kind](self)

    def one(self, many: Sequence[str]) -> str:
        return self.choice.choice(many)

    def wide(self) -> str:
        """A word that very many listings hold."""
        return self.one(WIDE)

    def postcode(self) -> str:
        return shown_postcode(str(self.positions.codes[self.choice.randrange(len(self.positions))]))

    def place(self) -> str:
        """A whole postcode anywhere in the country, or now and then a village that the gazetteer knows."""
        return self.postcode() if self.choice.random() < 0.75 else self.one(villages())

    def need(self) -> str:
        return self.choice.choice(self.wording.needs).slug

    def screen(self, zoom: int) -> Box:
        """What a screen shows of the map around a sampled postcode."""
        number = self.choice.randrange(len(self.positions))
        lat, lon = float(self.positions.lats[number]), float(self.positions.lons[number])
        degrees = 360 / 2**zoom / TILE_PIXELS
        wide, high = degrees * SCREEN[0] / 2, degrees * SCREEN[1] * 0.6 / 2
        return Box(max(-180.0, lon - wide), max(-90.0, lat - high), min(180.0, lon + wide), min(90.0, lat + high))


@cache
def villages() -> list[str]:
    """The names of the gazetteer that comes with the product."""
    with GAZETTEER.open(encoding="utf-8", newline="") as lines:
        return [row["name"] for row in csv.DictReader(lines)]


@cache
def sentences() -> list[str]:
    """What people really type: the golden set."""
    with SENTENCES.open(encoding="utf-8", newline="") as lines:
        return [row["q"] for row in csv.DictReader(lines)]


def _slip(asker: Asker) -> Question:
    """A word that many listings hold, with one letter left out or two swapped."""
    word = asker.one([word for text in (*ACTIVITIES, *COMMON) for word in text.split() if len(word) >= 7])
    at = asker.choice.randrange(2, len(word) - 1)
    typed = word[:at] + word[at + 1 :] if asker.choice.random() < 0.5 else word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
    return Question({"q": typed})


def _all_words(asker: Asker) -> Question:
    common = asker.choice.choice(asker.wording.common).text.split()[0]
    said = asker.choice.choice(asker.wording.sometimes).text.split()
    return Question({"q": f"{common} {max(said, key=len)}"})


def _some_words(asker: Asker) -> Question:
    common = asker.choice.choice(asker.wording.common).text.split()[0]
    return Question({"q": f"{common} {rare_word(asker.choice)} {rare_word(asker.choice)}"}, any_word=True)


def _begun(asker: Asker) -> Question:
    number = asker.choice.randrange(len(asker.positions))
    word = asker.one((town(str(asker.positions.codes[number])[:-3]), asker.one(ACTIVITIES)))
    return Question({}, begun=word[: asker.choice.randint(2, 7)].strip())


def _filtered(**given: Callable[[Asker], str]) -> Callable[[Asker], Question]:
    """Something that very many listings hold, under filters."""
    return lambda asker: Question({"q": asker.wide(), **{name: value(asker) for name, value in given.items()}})


def _map(zoom: int, *, asked: bool = True) -> Callable[[Asker], Question]:
    return lambda asker: Question({"q": asker.wide()} if asked else {}, zoom=zoom, box=asker.screen(zoom))


def _nothing(asker: Asker) -> Question:
    narrow = {"language": "tigrinya", "access": "changing_place,hearing_loop", "free": "1"}
    return Question({"q": asker.choice.choice(asker.wording.needs).name, "place": asker.place(), **narrow}, any_word=True)


KINDS_ASKED: Mapping[str, Callable[[Asker], Question]] = {
    "all of its words": _all_words,
    "any of its words": _some_words,
    "an everyday sentence": lambda asker: Question({"q": asker.one(sentences())}, any_word=True),
    "one need, typed": lambda asker: Question({"q": asker.choice.choice(asker.wording.needs).name}),
    "one need, chosen": lambda asker: Question({"need": asker.need()}),
    "a need and a place": lambda asker: Question({"q": asker.choice.choice(asker.wording.needs).name, "place": asker.place()}),
    "a slip of the finger": _slip,
    "a name begun": _begun,
    "everything": lambda asker: Question({}),
    "everything near a place": lambda asker: Question({"place": asker.place()}),
    "filter: how": _filtered(mode=lambda asker: asker.one(("home", "place", "online,phone"))),
    "filter: kind": _filtered(kind=lambda asker: asker.one(KINDS)),
    "filter: age": _filtered(who=lambda asker: str(asker.choice.randint(16, 95))),
    "filter: for whom": _filtered(who=lambda asker: asker.one(("carers", "men", "dementia", "families"))),
    "filter: free": _filtered(free=lambda asker: "1"),
    "filter: access": _filtered(access=lambda asker: asker.one(ACCESS_FACTS)),
    "filter: language": _filtered(language=lambda asker: asker.one(("urdu", "polish", "bsl"))),
    "filter: open now": _filtered(open=lambda asker: "now"),
    "filter: a day": _filtered(open=lambda asker: asker.one(DAYS)),
    "filter: within miles": _filtered(place=Asker.place, radius=lambda asker: asker.one(("1", "3", "10"))),
    "filter: map's box": lambda asker: Question({"q": asker.wide(), "bbox": _bbox(asker.screen(10))}),
    "free, access and language": _filtered(
        free=lambda asker: "1", access=lambda asker: asker.one(ACCESS_FACTS), language=lambda asker: asker.one(("urdu", "polish", "bsl"))
    ),
    "by distance": _filtered(place=Asker.place, sort=lambda asker: "distance"),
    "by name": _filtered(sort=lambda asker: "name"),
    "page 50": _filtered(page=lambda asker: "50"),
    "nothing fits": _nothing,
    "map, zoom 6": _map(6),
    "map, zoom 10": _map(10),
    "map, zoom 14": _map(14),
    "map, zoom 6, everything": _map(6, asked=False),
}


def _bbox(box: Box) -> str:
    return f"{box.west},{box.south},{box.east},{box.north}"
