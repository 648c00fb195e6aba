"""Columns of words: who has which, for many rows at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.eligibility.times import Flags

NO_WORD = -1

Rows = npt.NDArray[np.intp]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Words:
    """For each word, the rows of those who have it; a row may have many words, or none. `count` rows in all."""

    count: int
    rows: Mapping[str, Rows]

    @classmethod
    def of(cls, each: Sequence[Collection[str]]) -> "Words":
        """The words of each, in their order."""
        rows: dict[str, list[int]] = defaultdict(list)
        for row, words in enumerate(each):
            for word in words:
                rows[word].append(row)
        return cls(len(each), {word: np.array(found, dtype=np.intp) for word, found in rows.items()})

    def having(self, words: Iterable[str]) -> Flags:
        """Who has any of these words?"""
        found = np.zeros(self.count, dtype=np.bool_)
        for word in words:
            if (rows := self.rows.get(word)) is not None:
                found[rows] = True
        return found

    def counted(self, words: Iterable[str]) -> Whole:
        """How many of these words each has."""
        found = np.zeros(self.count, dtype=np.int64)
        for word in words:
            if (rows := self.rows.get(word)) is not None:
                found[rows] += 1
        return found

    def among(self, row: int, words: Iterable[str]) -> list[str]:
        """Which of these words one row has."""
        return [word for word in words if word in self.rows and row in self.rows[word]]

    def take(self, rows: Rows) -> "Words":
        """These rows only, each once, in this order."""
        place = np.full(self.count, -1, dtype=np.intp)
        place[rows] = np.arange(len(rows))
        moved = ((word, place[found]) for word, found in self.rows.items())
        return Words(len(rows), {word: kept for word, at in moved if len(kept := at[at >= 0])})

    def joined(self, more: "Words") -> "Words":
        """These rows, and others below them."""
        rows = dict(self.rows)
        for word, found in more.rows.items():
            below = found + self.count
            rows[word] = np.concatenate([rows[word], below]) if word in rows else below
        return Words(self.count + more.count, rows)


@dataclass(frozen=True, eq=False)
class OneWord:
    """One word in each row, by its number in `numbers`; NO_WORD where there is none, which is equal to nothing."""

    values: npt.NDArray[np.int32]
    numbers: Mapping[str, int]

    @classmethod
    def of(cls, each: Iterable[str | None]) -> "OneWord":
        """The word of each, in their order; an empty one is none."""
        numbers: dict[str, int] = {}
        values = [numbers.setdefault(word, len(numbers)) if word else NO_WORD for word in each]
        return cls(np.array(values, dtype=np.int32), numbers)

    def equal(self, word: str | None) -> Flags:
        """Whose word is it?"""
        number = self.numbers.get(word) if word else None
        return np.zeros(len(self.values), dtype=np.bool_) if number is None else self.values == number

    def take(self, rows: Rows) -> "OneWord":
        """These rows only, in this order."""
        return OneWord(self.values[rows], self.numbers)

    def joined(self, more: "OneWord") -> "OneWord":
        """These rows, and others below them."""
        numbers = dict(self.numbers)
        renumbered = np.array([numbers.setdefault(word, len(numbers)) for word in more.numbers] or [NO_WORD], dtype=np.int32)
        below = np.where(more.values == NO_WORD, np.int32(NO_WORD), renumbered[more.values])
        return OneWord(np.concatenate([self.values, below]), numbers)
