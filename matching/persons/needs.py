"""What helps people to understand and be understood, in codes after the Accessible Information Standard (DCB1605): data/communication.csv."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from django.db.models import TextChoices

FILE = Path(__file__).parents[1] / "data" / "communication.csv"
# With one of these, nothing goes out in print: what it means says what is done instead.
NOT_IN_PRINT = frozenset({"easy-read", "braille", "audio", "email"})
GROUPS = {"format": "What is written", "deaf": "Hearing", "support": "Support"}


class Voice(TextChoices):
    """What a need does to a telephone call."""

    YES = "", "A call is fine"
    RELAY = "relay", "Through Relay UK"
    NO = "no", "Never by voice"


@dataclass(frozen=True)
class CommunicationNeed:
    """One need: its words, what it means for whoever rings or writes. letter: how letters are made, "no" for none in print.

    own: the label in the words of whoever has the need, where it differs.
    """

    code: str
    group: str
    label: str
    own: str
    means: str
    voice: Voice
    letter: str

    def called(self, *, of_oneself: bool) -> str:
        """Its label, as somebody reads it who is asked for themselves or for somebody else."""
        return self.own if of_oneself and self.own else self.label


@cache
def communication_needs() -> Mapping[str, CommunicationNeed]:
    """Every need by its code, in the order of the file. Raises ValueError for a file that is broken."""
    with FILE.open(newline="", encoding="utf-8") as file:
        rows = [CommunicationNeed(**{**row, "voice": Voice(row["voice"])}) for row in csv.DictReader(file)]  # type: ignore[arg-type]
    found = {row.code: row for row in rows}
    if len(found) != len(rows) or {row.group for row in rows} - GROUPS.keys():
        raise ValueError(f"{FILE.name}: a code stands twice, or a group is not known.")
    return MappingProxyType(found)


def needs_coded(codes: Iterable[str]) -> list[CommunicationNeed]:
    """The needs behind these codes, in the order of the file; a code that is no longer in it is left out."""
    wanted = set(codes)
    return [need for code, need in communication_needs().items() if code in wanted]


def by_voice(codes: Iterable[str]) -> bool:
    """May somebody with these needs be rung, without anybody between?"""
    return all(need.voice == Voice.YES for need in needs_coded(codes))


@dataclass(frozen=True)
class PrintedLetter:
    """How a letter is printed for somebody: in large type or not; against: the needs for which it is not sent in print at all."""

    large: bool
    against: tuple[CommunicationNeed, ...]


def printed_letter(needs: Iterable[CommunicationNeed]) -> PrintedLetter:
    """How a letter is printed for whoever has these needs."""
    told = tuple(needs)
    return PrintedLetter(any(need.letter == "large print" for need in told), tuple(need for need in told if need.code in NOT_IN_PRINT))


def need_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """For a form: the needs under the heading of their group."""
    return [
        (label, [(need.code, need.label) for need in communication_needs().values() if need.group == group])
        for group, label in GROUPS.items()
    ]
