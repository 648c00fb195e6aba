"""What the finder's tests share: documents, a small gazetteer without a database, and the needs' words as they ship."""

import csv
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from search import tokens
from search.engines.document import Document, Place
from search.lexicon import WordList
from search.needs_model import shipped
from search.query import Query, Spot
from search.understand import Words, make_words
from search.vocabulary import NeedWords, Vocabulary, compile_vocabulary

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"

MARSDEN = Spot("Marsden", "village", 53.6006, -1.9278, ("wards:colne-valley",), ("HD7",))
SLAITHWAITE = Spot("Slaithwaite", "village", 53.6222, -1.8822, ("wards:colne-valley",), ("HD7",))
MARSH = Spot("Marsh", "village", 53.6520, -1.8050, ("wards:greenhead",), ("HD1",))
HD7 = Spot("HD7", "half_postcode", 53.62, -1.87, ("wards:colne-valley",), ("HD7",))
# Places that are known, far from all areas that are.
M8, S42, LS1 = (Spot(half, "half_postcode", 53.5, -2.2, (), (half,)) for half in ("M8", "S42", "LS1"))
HD7_5AA = Spot("HD7 5AA", "postcode", 53.6230, -1.8810, ("wards:colne-valley",), ("HD7",))


class FewPlaces:
    """A gazetteer of a few names, half postcodes and one postcode."""

    names: Mapping[str, Spot] = {
        "marsden": MARSDEN,
        "slaithwaite": SLAITHWAITE,
        "slawit": SLAITHWAITE,
        "marsh": MARSH,
        "hade edge": Spot("Hade Edge", "village", 53.55, -1.76, (), ("HD9",)),
    }

    def postcode(self, text: str) -> Spot | None:
        return HD7_5AA if text.replace(" ", "") == "HD75AA" else None

    def half_postcode(self, text: str) -> Spot | None:
        return next((half for half in (HD7, M8, S42, LS1) if half.name == text), None)

    def named(self, name: str) -> Spot | None:
        return self.names.get(name)

    def around(self, lat: float, lon: float, name: str) -> Spot:
        return Spot(name, "point", lat, lon)

    def suggest(self, text: str) -> str | None:
        return None

    def words(self) -> Mapping[str, int]:
        return {word: 1 for name in self.names for word in name.split()}

    def longest(self) -> int:
        return 2


@lru_cache(maxsize=1)
def shipped_vocabulary() -> Vocabulary:
    """The words of directory/data/needs.csv."""
    with (ROOT / "directory" / "data" / "needs.csv").open(encoding="utf-8", newline="") as file:
        return compile_vocabulary(
            NeedWords(row["slug"], row["name"], tuple(f"{row['resident_words']};{row['professional_words']}".split(";")))
            for row in csv.DictReader(file)
        )


def knowledge(written: Mapping[str, int] | None = None) -> Words:
    """What the understanding knows in tests without a database; `written` are the words of the listings with their counts."""
    return make_words(shipped(), shipped_vocabulary(), FewPlaces(), WordList(written or {}))


def document(
    service: str, name: str = "", *, number: int = 0, at: tuple[float, float] | None = None, text: str = "", **fields: Any
) -> Document:
    """One document with the tokens of its name and text; `at` is a position."""
    name = name or service
    place = Place(f"Hall of {service}", *at) if at else None
    return Document(
        id=f"{service}:{number}",
        service=service,
        name=name,
        place=place,
        name_tokens=tuple(tokens.tokens(name)),
        text_tokens=tuple(tokens.tokens(text)),
        **fields,
    )


def query(words: str = "", **fields: Any) -> Query:
    """An understood query for these words, without needs or place unless given."""
    typed = list(dict.fromkeys(word for word in tokens.split(words) if word not in tokens.STOP_WORDS))
    stems = list(dict.fromkeys(map(tokens.stem, typed)))
    return Query(q=words, words=tuple(stems), typed=tuple(typed[: len(stems)]), **fields)
