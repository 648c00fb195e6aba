"""What a phrase of the everyday words may be, and what is wrong with some lines of them, said in plain words. Pure."""

import re
from collections.abc import Collection, Iterable, Sequence

from django.db.models import TextChoices

from search import tokens
from search.vocabulary import Vocabulary, row_of

LONGEST = 100
MOST = 500
# They stand between the letters of some scripts, Urdu's among them, and are seen only by what they join.
JOINERS = "\u200c\u200d"
# More faults than this are not told one by one.
TOLD = 10

_EMAIL = re.compile(r"\S@\S+\.\S")
# Nine digits or more in a row, whatever parts them: shorter numbers are years, sections and amounts.
_PHONE = re.compile(r"\d(?:[\s().+/-]*\d){8,}")


class Voice(TextChoices):
    """Whose words a phrase is in; the value is how a need's field for them begins."""

    RESIDENT = "resident", "Residents"
    PROFESSIONAL = "professional", "Professionals"


def lines_of(text: str) -> tuple[str, ...]:
    """The phrases of a text that has one on each line: trimmed, without empty lines; of those that differ in capitals only, the first."""
    kept: dict[tuple[str, ...] | str, str] = {}
    for line in text.splitlines():
        phrase = " ".join("".join(char if char.isprintable() or char in JOINERS else " " for char in line).split()).strip(JOINERS)
        if phrase:
            kept.setdefault(same_as(phrase), phrase)
    return tuple(kept.values())


def same_as(phrase: str) -> tuple[str, ...] | str:
    """What two spellings of one phrase have in common: capitals, accents, apostrophes and points play no part."""
    return tuple(tokens.split(phrase)) or phrase


def faults(phrases: Sequence[str], kept: Collection[str] = ()) -> list[str]:
    """What is wrong with the phrases of one need and one voice, in plain sentences; empty where all may be kept.

    Those that are `kept` already are not judged again, only counted.
    """
    told = [fault for phrase in phrases if phrase not in kept and (fault := _fault(phrase))]
    if len(told) > TOLD:
        told = [*told[:TOLD], f"And {len(told) - TOLD} more lines like these."]
    if len(phrases) > MOST:
        told.insert(0, f"These are {len(phrases)} phrases; {MOST} is the most. Take out those that say the same.")
    return told


def unheard(phrases: Iterable[str]) -> list[str]:
    """Those by which no question is ever read: of their words too few say anything."""
    return [phrase for phrase in phrases if not row_of(phrase)]


def also_elsewhere(phrases: Iterable[str], slug: str, vocabulary: Vocabulary) -> list[tuple[str, tuple[str, ...]]]:
    """Those of a need's phrases that other needs list too, each with the names of these needs."""
    found = []
    for phrase in phrases:
        slugs = vocabulary.phrases.get(row_of(phrase), ())
        others = tuple(vocabulary.names[other] for other in slugs if other != slug)
        if others:
            found.append((phrase, others))
    return found


def _fault(phrase: str) -> str:
    shown = f"“{phrase if len(phrase) <= 60 else phrase[:60] + '…'}”"
    if len(phrase) > LONGEST:
        return f"{shown} is longer than {LONGEST} characters. A phrase is a few words that people say, not the whole story."
    if _EMAIL.search(phrase):
        return f"{shown} holds an e-mail address. Nobody's details belong here."
    if _PHONE.search(phrase):
        return f"{shown} holds a telephone number. Nobody's details belong here."
    if not tokens.tokens(phrase):
        return f"{shown} holds only small words such as “the” or “help”, which say nothing about a need. Add the word that does."
    if not row_of(phrase):
        return f"Of {shown} only one word is left that says anything. Add another, or write that word alone if it is enough."
    return ""
