"""One vocabulary of interests: what people write becomes the words by which they are brought together. Read from data/interests.csv."""

import csv
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "data" / "interests.csv"
MOST, LETTERS = 20, 40
_PARTS = re.compile(r"[,;/\n\r•|]+")
_JOINED = re.compile(r"\s+(?:and|&|\+|or|n|'n')\s+|\s*&\s*|\s*\+\s*")
# What people put before a thing that they like.
_BEFORE = re.compile(
    r"^(?:i\s+)?(?:also\s+)?(?:(?:really\s+)?(?:like|love|enjoy)s?(?:\s+to)?|liked|loved|enjoyed|keen on|fond of|going to|playing|watching|doing)\s+"
)
_ARTICLE = re.compile(r"^(?:a bit of|bit of|some|all kinds of|the|my|a|an)\s+")
_NOT_LETTERS = re.compile(r"[^\w' -]+")


def normalise(text: str | Iterable[str]) -> list[str]:
    """The interests in what somebody wrote, in the words of the vocabulary, in alphabetical order; each once, MOST at most.

    "Footie, and knitting & crochet" gives crochet, football and knitting. What is not in the vocabulary stays as it was written, in small
    letters. Words that are normalised already stay what they are.
    """
    words, before = [text] if isinstance(text, str) else sorted(text), None
    # What is left of a word may be one that we know: "a bit of a walk".
    while words != before:
        before, words = words, _read(words)
    return words


def vocabulary() -> tuple[str, ...]:
    """Every interest that we have a word for: for lists to choose from."""
    return tuple(sorted({*_spellings().values()}))


def _read(written: Iterable[str]) -> list[str]:
    found = {word for piece in written for part in _PARTS.split(piece.lower()) for word in _words(part)}
    return sorted(word for word in found if len(word) > 1)[:MOST]


def _words(part: str) -> list[str]:
    """The interests in one part without commas: as a whole where it is known as a whole, else what "and" joins."""
    if known := _known(part):
        return [known]
    return [word for piece in _JOINED.split(f" {part} ") if (word := _known(piece) or _plain(piece))]


def _known(part: str) -> str:
    """The vocabulary's word for this, or nothing."""
    plain = _plain(part)
    return _spellings().get(plain) or _spellings().get(_ARTICLE.sub("", plain), "")


def _plain(part: str) -> str:
    """Without what people say around it, and without marks; at most LETTERS long."""
    said = " ".join(_NOT_LETTERS.sub(" ", part.replace("’", "'").replace("&", " and ")).split())
    said = re.sub(r"^(?:and|&|or)\s+|\s+(?:and|or)$", "", said)
    shorter = _ARTICLE.sub("", _BEFORE.sub("", said))
    return (shorter if said not in _spellings() else said)[:LETTERS].strip(" -'")


@cache
def _spellings() -> Mapping[str, str]:
    """The word for each spelling, also in the plural and without it. Raises ValueError for a spelling that stands for two interests."""
    told: dict[str, str] = {}
    with FILE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            for spelling in filter(None, (row["interest"], *row["also"].split(";"))):
                spelling = spelling.strip().replace("&", "and")
                if told.setdefault(spelling, row["interest"]) != row["interest"]:
                    raise ValueError(f"{spelling} stands for {told[spelling]} and for {row['interest']}.")
    return told
