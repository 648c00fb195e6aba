"""The words of made-up listings: what is said about needs, what goes on in halls, and a long tail of names that nobody else has. Pure."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random

import directory
from search import tokens

NEEDS = Path(directory.__file__).parent / "data" / "needs.csv"
PHRASES = Path(__file__).parents[1] / "data" / "phrases"

WORDS = Path(__file__).with_name("words.csv")


def _words(kind: str) -> tuple[str, ...]:
    with WORDS.open(encoding="utf-8", newline="") as lines:
        return tuple(row["text"] for row in csv.DictReader(lines) if row["kind"] == kind)


ACTIVITIES, KINDS_OF_GROUP, WHO_FOR, SYLLABLES, ENDINGS = map(_words, ("activity", "group", "who", "syllable", "ending"))
# COMMON is said in very many listings, a tenth to a third of them each; SOMETIMES in one of thirty.
COMMON, SOMETIMES = _words("common"), _words("sometimes")
SAYS_FOR_WHOM = 0.6
TAIL = 0.35
# Longer ones are what people say of themselves, not what listings say.
WORDS_MOST = 6
RANKS = 50_000_000


def made_word(rank: int) -> str:
    """The word of a rank in the long tail: the same for the same rank, mostly another one for another."""
    ending, rest = rank % len(ENDINGS), rank // len(ENDINGS)
    syllables = [SYLLABLES[rest % len(SYLLABLES)]]
    while rest := rest // len(SYLLABLES):
        syllables.append(SYLLABLES[rest % len(SYLLABLES)])
    return "".join(syllables) + ENDINGS[ending]


def rare_word(choice: Random) -> str:
    """A word by Zipf's law: a few come again and again, and however many were drawn there is mostly a new one among the next ten."""
    return made_word(int(choice.paretovariate(TAIL)) % RANKS)


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of text as it is written, and its tokens."""

    text: str
    tokens: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Said":
        return cls(text, tuple(tokens.tokens(text)))


@dataclass(frozen=True, slots=True)
class Need:
    """A need by its slug and name, with what people say about it."""

    slug: str
    name: str
    said: tuple[Said, ...]


class Wording:
    """Everything that listings and questions are put together from."""

    def __init__(self, needs: Sequence[Need]) -> None:
        self.needs = tuple(needs)

    @cached_property
    def common(self) -> tuple[Said, ...]:
        return tuple(map(Said.of, COMMON))

    @cached_property
    def sometimes(self) -> tuple[Said, ...]:
        return tuple(map(Said.of, SOMETIMES))


def shipped_wording() -> Wording:
    """From the needs and phrases that come with the product."""
    with NEEDS.open(encoding="utf-8", newline="") as lines:
        return Wording([_need(row) for row in csv.DictReader(lines)])


def _need(row: dict[str, str]) -> Need:
    words = [*row["what_counts"].split(","), row["plain"], *row["resident_words"].split(";"), *row["professional_words"].split(";")]
    file = PHRASES / f"{row['slug']}.csv"
    if file.exists():
        with file.open(encoding="utf-8", newline="") as lines:
            words += [line["phrase"] for line in csv.DictReader(lines)]
    return Need(row["slug"], row["name"], tuple(Said.of(text.strip()) for text in words if 0 < len(text.split()) <= WORDS_MOST))
