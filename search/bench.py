"""The test bench: why a sentence is read as it is, and what a draft of new words would change before anybody keeps it. Pure.

The golden set is read by the words of now once, and kept; a draft is tried by reading anew only those sentences that it can touch.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from math import sqrt

from search import tokens
from search.lexicon import deletes
from search.needs_training import Figures, Phrase, figures, golden
from search.phrase_rules import Voice, same_as
from search.query import NeedGuess, Query
from search.understand import Words, make_words, understand
from search.vocabulary import NeedWords, Vocabulary, compile_vocabulary, row_of

# The needs of a sentence do not hang on the time at which it is asked.
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
SHOWN = 3

Answer = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """Phrases to add to a need's words in one voice and phrases to take away, not kept yet."""

    need: str
    voice: Voice = Voice.RESIDENT
    add: tuple[str, ...] = ()
    take: tuple[str, ...] = ()

    def applied(self, phrases: Sequence[str]) -> tuple[str, ...]:
        """The phrases of its voice as they would be. One that is there already is not added again."""
        gone = set(map(same_as, self.take))
        left = [phrase for phrase in phrases if same_as(phrase) not in gone]
        there = set(map(same_as, left))
        return (*left, *(phrase for phrase in self.add if same_as(phrase) not in there))


class Verdict(StrEnum):
    """What became of a golden query: right is that its main need comes first."""

    MENDED = "mended"
    BROKEN = "broken"
    HIGHER = "higher"
    LOWER = "lower"
    BESIDE = "beside"


@dataclass(frozen=True, slots=True)
class Change:
    """A golden query whose first three needs change: slugs, surest first."""

    asked: Phrase
    before: Answer
    after: Answer

    @property
    def verdict(self) -> Verdict:
        main = self.asked.needs[0]
        before, after = _rank(self.before, main), _rank(self.after, main)
        if before == after:
            return Verdict.BESIDE
        if after == 0:
            return Verdict.MENDED
        if before == 0:
            return Verdict.BROKEN
        return Verdict.HIGHER if after < before else Verdict.LOWER


@dataclass(frozen=True, slots=True)
class Comparison:
    """The golden set read before and after a draft."""

    before: Figures
    after: Figures
    changes: tuple[Change, ...]

    def count(self, verdict: Verdict) -> int:
        """How many golden queries this became of."""
        return sum(change.verdict is verdict for change in self.changes)


@dataclass(frozen=True, slots=True)
class Why:
    """One need that was understood: the site's own phrases that said so, and what weighed most in the model."""

    guess: NeedGuess
    phrases: tuple[str, ...]
    reasons: tuple[tuple[str, float], ...]


def read(text: str, words: Words, *, now: datetime = NOON) -> Query:
    """A sentence as the finder understands it."""
    return understand(Query(q=text), words, now=now)


def told(query: Query) -> tuple[NeedGuess, ...]:
    """The needs that an understood question is answered by, and those heard too faintly for that; surest first."""
    return (*query.needs, *query.faint)


def why(query: Query, words: Words, needs: Iterable[NeedWords]) -> list[Why]:
    """Why each need of an understood question was read in it, surest first."""
    phrases = {need.slug: (need.name, *need.phrases) for need in needs}
    return [
        Why(
            guess,
            _phrases_said(phrases.get(guess.slug, ()), guess.words, query.words),
            tuple(words.model.reasons(query.q, guess.slug)) if guess.slug in words.model.needs else (),
        )
        for guess in told(query)
    ]


def drafted(words: Words, needs: Iterable[NeedWords], draft: Draft) -> Words:
    """What the understanding would know with a draft; `needs` are all needs with their words of now, in both voices."""
    changed = (replace(need, phrases=_with(need.phrases, draft)) if need.slug == draft.need else need for need in needs)
    return make_words(words.model, compile_vocabulary(changed), words.places, words.lexicon)


def answers(asked: Sequence[Phrase], words: Words) -> tuple[Answer, ...]:
    """The first three needs that the finder reads in each sentence."""
    return tuple(tuple(guess.slug for guess in told(read(phrase.text, words))[:SHOWN]) for phrase in asked)


def compare(before: Words, after: Words, asked: Sequence[Phrase], answered: Sequence[Answer]) -> Comparison:
    """What changes for these sentences, `answered` with the words before, when the words become those after."""
    touch = _Touch(before.vocabulary, after.vocabulary)
    now = [answers([phrase], after)[0] if touch.reaches(phrase.text) else answer for phrase, answer in zip(asked, answered, strict=True)]
    changes = tuple(Change(*row) for row in zip(asked, answered, now, strict=True) if row[1] != row[2])
    return Comparison(figures(answered, asked), figures(now, asked), changes)


def compare_golden(before: Words, after: Words) -> Comparison:
    """What changes for the golden set that ships."""
    return compare(before, after, _golden(), _answered(before))


def standard_error(share: float, count: int) -> float:
    """Of a share of `count` sentences."""
    return sqrt(share * (1 - share) / max(1, count))


class _Touch:
    """Which sentences can be read otherwise when one vocabulary takes the place of another; too many is allowed, too few is not.

    Those that hold a word of a phrase that came, went or is shared with other needs now, or a slip of a word whose spelling is news.
    """

    def __init__(self, before: Vocabulary, after: Vocabulary) -> None:
        rows = (row for row in {**before.phrases, **after.phrases} if before.phrases.get(row) != after.phrases.get(row))
        self._stems = before.stems ^ after.stems | {stem for row in rows for stem in row}
        spelled = (word for word in {**before.written, **after.written} if before.written.get(word) != after.written.get(word))
        self._around = {near for word in spelled for near in (word, *deletes(word))}

    def reaches(self, text: str) -> bool:
        words = set(tokens.split(text))
        return any(tokens.stem(word) in self._stems or not self._around.isdisjoint((word, *deletes(word))) for word in words)


# The words that the golden set was read by last, and the answers.
_kept: tuple[Words, tuple[Answer, ...]] | None = None


def _answered(words: Words) -> tuple[Answer, ...]:
    global _kept  # noqa: PLW0603
    kept = _kept
    if kept is None or kept[0] is not words:
        _kept = kept = (words, answers(_golden(), words))
    return kept[1]


@cache
def _golden() -> tuple[Phrase, ...]:
    return tuple(golden())


def _rank(answer: Answer, main: str) -> int:
    return answer.index(main) if main in answer else SHOWN


def _with(phrases: tuple[str, ...], draft: Draft) -> tuple[str, ...]:
    """A need's phrases of both voices with a draft for one of them: what is taken from one may stay in the other."""
    left = list(phrases)
    for taken in draft.take:
        at = next((at for at, phrase in enumerate(left) if same_as(phrase) == same_as(taken)), None)
        if at is not None:
            del left[at]
    return (*left, *draft.add)


def _phrases_said(phrases: Iterable[str], said: tuple[str, ...], typed: tuple[str, ...]) -> tuple[str, ...]:
    """Those of a need's phrases that stand in a question, by its stems and those that spoke for the need; parts of longer ones are left out."""
    stood = {phrase: row for phrase in phrases if (row := row_of(phrase)) and set(row) <= set(said) and _stands(row, typed)}
    return tuple(phrase for phrase, row in stood.items() if not any(row != other and _stands(row, other) for other in stood.values()))


def _stands(row: tuple[str, ...], within: tuple[str, ...]) -> bool:
    return any(within[at : at + len(row)] == row for at in range(len(within) - len(row) + 1))
