"""How much of a question's words a document holds: one measure for both engines, so that they agree to the point."""

from collections.abc import Iterable, Mapping, Set
from math import ceil, log

IN_NAME = 1.0
IN_TEXT = 0.6
LEAST_WEIGHT = 0.2


def weights(words: Iterable[str], counts: Mapping[str, int], documents: int) -> dict[str, float]:
    """What each word weighs: rare words more than common ones, each at least a little; together 1."""
    rare = {word: max(LEAST_WEIGHT, log(1 + documents / (1 + counts.get(word, 0)))) for word in words}
    whole = sum(rare.values())
    return {word: weight / whole for word, weight in rare.items()}


def text_score(weighted: Mapping[str, float], name: Set[str], text: Set[str]) -> float:
    """0 (none of the words) to 1 (all of them in the name)."""
    return min(1.0, sum(weight * (IN_NAME if word in name else IN_TEXT if word in text else 0.0) for word, weight in weighted.items()))


def half(words: int) -> int:
    """How many of so many words are half of them, at least one."""
    return max(1, ceil(words / 2))
