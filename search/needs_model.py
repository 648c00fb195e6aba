"""A small linear model from everyday sentences to needs, over words and pieces of words. Reading needs numpy alone; pure.

It is trained on the phrases in search/data/phrases by `manage.py train_needs` (search.needs_training) and ships as search/data/needs_model.npz:
for every n-gram that it knows, how strongly it speaks for each need. Reading a sentence adds up the rows of its n-grams.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from search import tokens
from search.speech import plain_speech, written_forms

DATA = Path(__file__).parent / "data"
SHIPPED = DATA / "needs_model.npz"
FORMAT = 1
WORDS_MOST = 80
WORD_LONGEST = 24
PIECE_SHORTEST, PIECE_LONGEST = 3, 5

Vector = NDArray[np.float32]


def ngrams(text: str) -> tuple[list[str], list[str]]:
    """The stems of a sentence and pairs of them, and the pieces of its words. Stop words are kept: "can not" says much."""
    words = spelled_out(text)[:WORDS_MOST]
    stems = [tokens.stem(word) for word in words]
    pairs = [f"{one} {other}" for one, other in zip(stems, stems[1:], strict=False)]
    pieces = [
        "\x01" + edged[at : at + size]
        for edged in (f"_{word[:WORD_LONGEST]}_" for word in words)
        for size in range(PIECE_SHORTEST, PIECE_LONGEST + 1)
        for at in range(max(1, len(edged) - size + 1))
    ]
    return stems + pairs, pieces


def spelled_out(text: str) -> list[str]:
    """The folded words of a text, with local speech, text-speak and professionals' shorthand written as others would write them."""
    forms = written_forms(marked=False)
    return [meant for word in tokens.split(plain_speech(text)) for meant in (forms[word].split() if word in forms else (word,))]


def keys(ngrams: Iterable[str]) -> dict[int, float]:
    """The n-grams as numbers, each with 1 + log of how often it occurs."""
    counts: dict[int, int] = {}
    for ngram in ngrams:
        key = crc32(ngram.encode("utf-8", "replace"))
        counts[key] = counts.get(key, 0) + 1
    return {key: 1 + log(count) for key, count in counts.items()}


def _in_plain(text: str) -> dict[int, str]:
    """By the number of each n-gram of a sentence, how it is shown: words as they were typed, pieces of words with their gaps."""
    words = spelled_out(text)[:WORDS_MOST]
    stems, pieces = ngrams(text)
    shown = [*words, *map(" ".join, zip(words, words[1:], strict=False)), *(_piece_in_plain(piece[1:]) for piece in pieces)]
    return {crc32(ngram.encode("utf-8", "replace")): plain for ngram, plain in zip([*stems, *pieces], shown, strict=True)}


def _piece_in_plain(piece: str) -> str:
    begins, ends = piece.startswith("_"), piece.endswith("_")
    return ("" if begins else "…") + piece.strip("_") + ("" if ends else "…")


@dataclass(frozen=True, slots=True, eq=False)
class NeedsModel:
    """The trained table: `known` are the sorted keys of N n-grams, `rarity` their weight, `weights` N x K for the K `needs`.

    `words` are those that its phrases use often enough to be no slip of the finger, `proper` those of them that are written with a capital.
    `trained_on` is the digest of the phrases it was trained on (search.needs_training.digest).
    """

    needs: tuple[str, ...]
    known: NDArray[np.uint32]
    rarity: Vector
    weights: NDArray[np.int8]
    scale: Vector
    bias: Vector
    words: frozenset[str] = frozenset()
    proper: frozenset[str] = frozenset()
    stems: frozenset[str] = frozenset()
    trained_on: str = ""

    def knows(self, word: str) -> bool:
        """Whether a folded word is one of everyday use."""
        return word in self.words

    def everyday(self, word: str) -> bool:
        """Whether a folded word is one of everyday use, and no name of a person or a place."""
        return word in self.words and word not in self.proper

    def knows_stem(self, stem: str) -> bool:
        """Whether the phrases it was trained on use this stem at all."""
        return stem in self.stems

    def read(self, text: str) -> dict[str, float]:
        """How surely a sentence speaks of each need: between 0 and 1, together 1. Empty where it knows too little of the sentence."""
        scores = self.scores(text)
        if scores is None:
            return {}
        shares = np.exp(scores - scores.max())
        return dict(zip(self.needs, (shares / shares.sum()).tolist(), strict=True))

    def scores(self, text: str) -> Vector | None:
        """The sum of the rows of a sentence's n-grams, or None where it knows no word of it."""
        total = self.bias.astype(np.float32)
        words, pieces = (self._rows(keys(kind)) for kind in ngrams(text))
        if words is None:
            return None
        for rows, values in (found for found in (words, pieces) if found is not None):
            total = total + (values @ self.weights[rows].astype(np.float32)) * self.scale
        return total

    def reasons(self, text: str, need: str, most: int = 5) -> list[tuple[str, float]]:
        """What in a sentence speaks most for a need, strongest first: words, pairs of words, and pieces of words as "…opp…".

        Each with how much more it weighs for this need than for the needs on average. Raises ValueError for a need it does not know.
        """
        number, said = self.needs.index(need), dict[str, float]()
        called = _in_plain(text)
        for found in (self._rows(keys(kind)) for kind in ngrams(text)):
            if found is not None:
                rows, values = found
                weights = self.weights[rows].astype(np.float32) * self.scale
                more = values * (weights[:, number] - weights.mean(axis=1))
                for key, weight in zip(self.known[rows].tolist(), more.tolist(), strict=True):
                    said[called[key]] = said.get(called[key], 0.0) + weight
        ranked = sorted(((plain, round(weight, 2)) for plain, weight in said.items()), key=lambda item: (-item[1], item[0]))
        return [(plain, weight) for plain, weight in ranked[:most] if weight > 0]

    def _rows(self, found: dict[int, float]) -> tuple[NDArray[np.intp], Vector] | None:
        """Which rows the n-grams of one kind are, and their weights, of length 1 together."""
        asked = np.fromiter(found, dtype=np.uint32, count=len(found))
        values = np.fromiter(found.values(), dtype=np.float32, count=len(found))
        at = np.minimum(np.searchsorted(self.known, asked), len(self.known) - 1)
        there = self.known[at] == asked
        if not there.any():
            return None
        rows = at[there]
        weighed = values[there] * self.rarity[rows]
        return rows, weighed / np.linalg.norm(weighed)

    def save(self, path: Path) -> None:
        """Write the model as one file."""
        np.savez_compressed(
            path,
            format=np.array(FORMAT),
            needs=np.array(self.needs),
            known=self.known,
            rarity=self.rarity.astype(np.float16),
            weights=self.weights,
            scale=self.scale,
            bias=self.bias,
            words=np.array("\n".join(sorted(self.words))),
            proper=np.array("\n".join(sorted(self.proper))),
            stems=np.array("\n".join(sorted(self.stems))),
            trained_on=np.array(self.trained_on),
        )


def load(path: Path = SHIPPED) -> NeedsModel:
    """The model of a file. Raises ValueError for one of another format."""
    with np.load(path, allow_pickle=False) as file:
        if int(file["format"]) != FORMAT:
            raise ValueError(f"{path.name} is of another version: run manage.py train_needs.")
        return NeedsModel(
            tuple(map(str, file["needs"])),
            file["known"],
            file["rarity"].astype(np.float32),
            file["weights"],
            file["scale"],
            file["bias"],
            frozenset(str(file["words"]).split()),
            frozenset(str(file["proper"]).split()) if "proper" in file else frozenset(),
            frozenset(str(file["stems"]).split()),
            str(file["trained_on"]),
        )


@cache
def shipped() -> NeedsModel:
    """The model that ships, read once."""
    return load()
