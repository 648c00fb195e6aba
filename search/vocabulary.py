"""Everyday words and the needs they speak of: residents' and professionals' phrases, compiled once and matched by stems. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log

from search import tokens

# How surely a phrase speaks of its need, before it is shared between the needs that all list it.
SURE_PHRASE = 0.85  # two words or more
SURE_WORD = 0.7
SURE_NAME = 0.95
# What a word of its own still says where it was typed inside a longer phrase.
WITHIN = 0.6
# Words that only stand inside some phrase of a need point to it weakly, and together never surely.
WEAK_WORD = 0.34
WEAK_MOST = 0.6


@dataclass(frozen=True, slots=True)
class NeedWords:
    """What is said about one need: its name, and the phrases of residents and of professionals."""

    slug: str
    name: str
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """How the words of a question were read: per need how sure (0 to 1), and which words said so."""

    confidence: Mapping[str, float]
    words: Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class Vocabulary:
    """The compiled phrases of all needs. Make it with `compile_vocabulary`; it is read-only afterwards."""

    phrases: dict[tuple[str, ...], dict[str, float]] = field(default_factory=dict)
    word_needs: dict[str, Counter[str]] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    longest: int = 1
    needs: int = 1

    def knows(self, word: str) -> bool:
        """Whether this stem stands in any phrase."""
        return word in self.word_needs

    def read(self, stems: list[str]) -> Reading:
        """Which needs a row of stems speaks of: longest phrases first, then what single words lean to."""
        doubt: dict[str, float] = {}
        said: dict[str, list[str]] = {}
        taken = self._read_phrases(stems, doubt, said)
        for slug, lean in self._lean([word for word, used in zip(stems, taken, strict=True) if not used], said).items():
            doubt[slug] = doubt.get(slug, 1.0) * (1 - lean)
        sure = {slug: round(1 - rest, 3) for slug, rest in doubt.items() if rest < 1}
        return Reading(sure, {slug: tuple(dict.fromkeys(said.get(slug, ()))) for slug in sure})

    def _read_phrases(self, stems: list[str], doubt: dict[str, float], said: dict[str, list[str]]) -> list[bool]:
        taken = [False] * len(stems)
        at = 0
        while at < len(stems):
            for length in range(min(self.longest, len(stems) - at), 0, -1):
                found = self.phrases.get(tuple(stems[at : at + length]))
                if found:
                    for slug, sure in found.items():
                        doubt[slug] = doubt.get(slug, 1.0) * (1 - sure)
                        said.setdefault(slug, []).extend(stems[at : at + length])
                    self._read_within(stems[at : at + length], doubt, said)
                    taken[at : at + length] = [True] * length
                    at += length
                    break
            else:
                at += 1
        return taken

    def _read_within(self, stems: list[str], doubt: dict[str, float], said: dict[str, list[str]]) -> None:
        """Single words inside a longer phrase speak too, but less: "dementia cafe" is also about dementia."""
        for word in stems if len(stems) > 1 else ():
            for slug, sure in self.phrases.get((word,), {}).items():
                doubt[slug] = doubt.get(slug, 1.0) * (1 - WITHIN * sure)
                said.setdefault(slug, []).append(word)

    def _lean(self, stems: list[str], said: dict[str, list[str]]) -> dict[str, float]:
        lean: dict[str, float] = {}
        for word in stems:
            listed = self.word_needs.get(word)
            if not listed:
                continue
            rare = log(1 + self.needs / len(listed)) / log(1 + self.needs)
            total = sum(listed.values())
            for slug, count in listed.items():
                lean[slug] = lean.get(slug, 0.0) + WEAK_WORD * rare * count / total
                said.setdefault(slug, []).append(word)
        return {slug: min(WEAK_MOST, weight) for slug, weight in lean.items()}


def compile_vocabulary(needs: Iterable[NeedWords]) -> Vocabulary:
    """The phrases of all needs made ready for matching; a phrase that several needs list points to each less surely."""
    vocabulary = Vocabulary()
    listed: dict[tuple[str, ...], dict[str, float]] = {}
    for need in needs:
        vocabulary.names[need.slug] = need.name
        for phrase in (need.name, *need.phrases):
            row = tuple(tokens.tokens(phrase))
            if not row:
                continue
            sure = SURE_NAME if phrase == need.name else SURE_PHRASE if len(row) > 1 else SURE_WORD
            needs_of = listed.setdefault(row, {})
            needs_of[need.slug] = max(sure, needs_of.get(need.slug, 0))
            for word in set(row):
                vocabulary.word_needs.setdefault(word, Counter())[need.slug] += 1
        vocabulary.written.update(tokens.written((need.name, *need.phrases)))
    vocabulary.phrases = {row: {slug: sure / len(shared) ** 0.5 for slug, sure in shared.items()} for row, shared in listed.items()}
    vocabulary.longest = max((len(row) for row in listed), default=1)
    vocabulary.needs = max(1, len(vocabulary.names))
    return vocabulary
