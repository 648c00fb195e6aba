"""The words that listings hold, asked word by word: nothing of it stands in memory, so that an edit costs nothing. Pure."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Protocol

from search import tokens

SHORTEST = 5


class Lexicon(Protocol):
    """Which words an index holds."""

    def holds(self, stems: Iterable[str]) -> set[str]:
        """Those of the stems that stand in any listing."""

    def near(self, word: str) -> list[tuple[str, int]]:
        """The written words that share the word itself, or it or themselves less one letter, with how many listings hold each."""

    def written_as(self, stems: Iterable[str]) -> dict[str, str]:
        """For each stem the word most often written for it; stems that nobody writes are left out."""


class WordList:
    """A Lexicon of a few words kept in memory: {written word: how many listings hold it}."""

    def __init__(self, words: Mapping[str, int]) -> None:
        self._words = dict(words)

    def holds(self, stems: Iterable[str]) -> set[str]:
        return set(stems) & set(map(tokens.stem, self._words))

    def near(self, word: str) -> list[tuple[str, int]]:
        around = {other for near in (word, *deletes(word)) for other in self._by_less.get(near, ())}
        return sorted((other, self._words[other]) for other in around)

    @cached_property
    def _by_less(self) -> dict[str, list[str]]:
        """The words that take part in spelling, by themselves and by themselves less each letter; made when the first word is asked for."""
        found: dict[str, list[str]] = {}
        for word in filter(spelled, self._words):
            for less in (word, *deletes(word)):
                found.setdefault(less, []).append(word)
        return found

    def written_as(self, stems: Iterable[str]) -> dict[str, str]:
        known: dict[str, str] = {}
        for word in sorted(self._words, key=lambda word: (-self._words[word], word)):
            known.setdefault(tokens.stem(word), word)
        return {stem: known[stem] for stem in stems if stem in known}


def repair(word: str, lexicon: Lexicon, others: Iterable[tuple[str, int]] = ()) -> str | None:
    """The known word that was most likely meant by a slip of the finger, or None where `word` is known, too short or like no other.

    `others` are more known words, each with its weight (names of places, words of needs); those not near the word are left alone.
    """
    if len(word) < SHORTEST or not word.isalpha():
        return None
    weights: dict[str, int] = {}
    for other, count in (*lexicon.near(word), *others):
        weights[other] = weights.get(other, 0) + count
    if word in weights:
        return None
    likely = [other for other in weights if other[:1] == word[0] and one_slip(word, other)]
    return min(likely, key=lambda other: (-weights[other], other), default=None)


def deletes(word: str) -> set[str]:
    """The word less each one of its letters."""
    return {word[:at] + word[at + 1 :] for at in range(len(word))}


def spelled(word: str) -> bool:
    """Whether a written word takes part in spelling: short words have too many neighbours, numbers have no spelling."""
    return len(word) >= SHORTEST - 1 and word.isalpha()


def one_slip(typed: str, meant: str) -> bool:
    """Whether one insertion, deletion or swap leads from one to the other; one wrong letter only in words of seven or more."""
    if abs(len(typed) - len(meant)) == 1:
        longer, shorter = (typed, meant) if len(typed) > len(meant) else (meant, typed)
        return len(longer) >= 6 and shorter in deletes(longer)
    if len(typed) != len(meant):
        return False
    differ = [at for at in range(len(typed)) if typed[at] != meant[at]]
    if len(differ) == 1:
        return len(typed) >= 7
    return len(differ) == 2 and differ[1] == differ[0] + 1 and typed[differ[0]] == meant[differ[1]] and typed[differ[1]] == meant[differ[0]]
