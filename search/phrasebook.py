"""The phrases that the needs' model was trained on, and which of them are nearest to a sentence: to show why it reads as it does. Pure."""

from collections.abc import Sequence
from functools import cache
from math import log, sqrt

from search import tokens
from search.needs_training import Phrase, phrases


class Phrasebook:
    """Phrases that can be asked for those nearest to a sentence: by the words they share that carry meaning, rare ones before common ones."""

    def __init__(self, given: Sequence[Phrase]) -> None:
        self.phrases = tuple(given)
        self._where: dict[str, list[int]] = {}
        for at, phrase in enumerate(self.phrases):
            for ngram in _ngrams(phrase.text):
                self._where.setdefault(ngram, []).append(at)
        self._lengths = [0.0] * len(self.phrases)
        for ngram, places in self._where.items():
            square = self._rarity(ngram) ** 2
            for at in places:
                self._lengths[at] += square

    def nearest(self, text: str, most: int = 3) -> list[Phrase]:
        """The phrases most like a sentence, the nearest first; none where no word is shared."""
        shared: dict[int, float] = {}
        for ngram in _ngrams(text):
            square = self._rarity(ngram) ** 2
            for at in self._where.get(ngram, ()):
                shared[at] = shared.get(at, 0.0) + square
        best = sorted(shared, key=lambda at: (-shared[at] / sqrt(self._lengths[at]), at))
        return [self.phrases[at] for at in best[:most]]

    def _rarity(self, ngram: str) -> float:
        return log((1 + len(self.phrases)) / (1 + len(self._where.get(ngram, ())))) + 1


@cache
def shipped_phrases() -> tuple[Phrase, ...]:
    """The phrases that ship, read once."""
    return tuple(phrases())


@cache
def phrasebook() -> Phrasebook:
    """The phrases that ship, ready to be asked; made once."""
    return Phrasebook(shipped_phrases())


def nearest(text: str, most: int = 3) -> list[Phrase]:
    """The shipped phrases most like a sentence, the nearest first."""
    return phrasebook().nearest(text, most)


def _ngrams(text: str) -> dict[str, None]:
    """The stems that carry meaning, and every two of them that follow one another, each once."""
    stems = tokens.tokens(text)
    return dict.fromkeys((*stems, *map(" ".join, zip(stems, stems[1:], strict=False))))
