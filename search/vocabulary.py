"""The words that staff keep for each need: phrases of residents and professionals, compiled once and matched by stems. Pure.

What people mean in general is read by search.needs_model. The phrases here are the site's own say: a phrase of several words counts wherever
it stands in a sentence, a single word where it is all that was typed or where the model does not know it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from search import tokens

# How surely a phrase speaks of its need, before it is shared between the needs that all list it.
WHOLE = 0.995  # the phrase is all that was typed
PHRASE = 0.75  # it stands in a longer sentence
WORD = 0.6  # a single word that is unknown otherwise


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

    phrases: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    stems: set[str] = field(default_factory=set)
    written: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    longest: int = 1

    def knows(self, word: str) -> bool:
        """Whether this stem stands in any phrase."""
        return word in self.stems

    def read(self, stems: list[str], *, unknown: Callable[[str], bool] = lambda word: False) -> Reading:
        """Which needs a row of stems speaks of, by the longest phrases that stand in it.

        `unknown` tells of a single stem whether nothing else knows what it means.
        """
        doubt: dict[str, float] = {}
        said: dict[str, list[str]] = {}
        at = 0
        while at < len(stems):
            length = next((long for long in range(min(self.longest, len(stems) - at), 0, -1) if self._counts(stems, at, long, unknown)), 0)
            if length:
                needs = self.phrases[tuple(stems[at : at + length])]
                sure = WHOLE if length == len(stems) else PHRASE if length > 1 else WORD
                for slug in needs:
                    doubt[slug] = doubt.get(slug, 1.0) * (1 - sure / len(needs) ** 0.5)
                    said.setdefault(slug, []).extend(stems[at : at + length])
            at += max(1, length)
        return Reading(
            {slug: 1 - rest for slug, rest in doubt.items()}, {slug: tuple(dict.fromkeys(words)) for slug, words in said.items()}
        )

    def _counts(self, stems: list[str], at: int, length: int, unknown: Callable[[str], bool]) -> bool:
        row = tuple(stems[at : at + length])
        return row in self.phrases and (length > 1 or len(stems) == 1 or unknown(row[0]))


def row_of(phrase: str) -> tuple[str, ...]:
    """The stems by which a phrase is known again in a question; empty where it says nothing about a need."""
    row = tuple(tokens.tokens(phrase))
    # Of "looking after mum" only "mum" is left, which says nothing by itself.
    return row if len(row) > 1 or len(tokens.split(phrase)) == 1 else ()


def compile_vocabulary(needs: Iterable[NeedWords]) -> Vocabulary:
    """The phrases of all needs made ready for matching; a phrase that several needs list points to each less surely."""
    vocabulary = Vocabulary()
    listed: dict[tuple[str, ...], dict[str, None]] = {}
    for need in needs:
        vocabulary.names[need.slug] = need.name
        for phrase in (need.name, *need.phrases):
            row = row_of(phrase)
            if row:
                listed.setdefault(row, {})[need.slug] = None
                vocabulary.stems.update(row)
        for word in tokens.written((need.name, *need.phrases)):
            vocabulary.written[word] = vocabulary.written.get(word, 0) + 1
    vocabulary.phrases = {row: tuple(slugs) for row, slugs in listed.items()}
    vocabulary.longest = max(map(len, listed), default=1)
    return vocabulary
