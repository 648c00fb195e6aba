"""Values as small numbers, and lists of them end to end: what columns of more than one value per row are made of."""

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.engines.arrays import Bools, Ints


@lru_cache(maxsize=100_000)
def key(field: str, value: str) -> int:
    """The number under which a value stands in packed columns; 0 for none."""
    digest = blake2b(f"{field}:{value}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True) if value else 0


class Labels:
    """Small numbers for keys, and their names. It only grows, so that readers of older columns go on undisturbed."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {0: 0}
        self._names: dict[int, str] = {}

    def number(self, field: str, value: str) -> int:
        """The number of a value, -1 where no service has it."""
        return self._numbers.get(key(field, value), -1)

    def numbers(self, keys: Ints) -> Ints:
        """The numbers of keys; new ones are given to those not seen before. Not for two threads at once."""
        distinct, inverse = np.unique(keys, return_inverse=True)
        known = [self._numbers.setdefault(each, len(self._numbers)) for each in distinct.tolist()]
        return np.array(known, np.int32)[inverse]

    def learn(self, names: Iterable[tuple[int, str]]) -> None:
        """Take the names of some keys."""
        for each, name in names:
            self._names[self._numbers.setdefault(each, len(self._numbers))] = name

    def name(self, number: int) -> str:
        return self._names[number]

    def __len__(self) -> int:
        return len(self._numbers)


class Lists:
    """A list of values for each of many rows, end to end; `owner` says for each value whose it is."""

    __slots__ = ("items", "lengths", "owner")

    def __init__(self, lengths: Ints, items: NDArray[Any]) -> None:
        self.lengths = lengths
        self.items = items
        self.owner = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)

    def having(self, items: Bools) -> Bools:
        """Which rows own one of the items marked."""
        rows = np.zeros(len(self.lengths), bool)
        rows[self.owner[items]] = True
        return rows

    def holding(self, numbers: Iterable[int]) -> Bools:
        """Which rows hold one of the values."""
        wanted = list(numbers)
        return self.having(self.items == wanted[0] if len(wanted) == 1 else np.isin(self.items, wanted))

    def counts(self, rows: Bools, most: int) -> Ints:
        """How many of the rows hold each value below `most`."""
        return np.bincount(self.items[rows[self.owner]], minlength=most)

    def kept(self, rows: Bools) -> "Lists":
        return Lists(self.lengths[rows], self.items[rows[self.owner]])

    def some(self, rows: Ints) -> "Lists":
        """The lists of a few rows, in the order in which these are given."""
        lengths = self.lengths[rows].astype(np.int64)
        return Lists(lengths, self.items[runs(np.searchsorted(self.owner, rows.astype(self.owner.dtype)), lengths)])

    def followed_by(self, more: "Lists") -> "Lists":
        return Lists(np.concatenate((self.lengths, more.lengths)), np.concatenate((self.items, more.items)))


def runs(begins: Ints, lengths: Ints) -> Ints:
    """The places of several runs of items, one run after the other."""
    found: Ints = np.repeat(begins - (np.cumsum(lengths) - lengths), lengths) + np.arange(lengths.sum())
    return found
