"""How much of a question's words a service holds: one measure for both engines, so that they agree to the point."""

from collections.abc import Sequence
from math import ceil

import numpy as np

from search.engines.arrays import Bools, Floats

IN_NAME = 1.0
IN_TEXT = 0.6
LEAST_WEIGHT = 0.2


def weights(counts: Sequence[int], services: int) -> Floats:
    """What each word weighs: rare words more than common ones, each at least a little; together 1. `counts`: how many services hold it."""
    rare = np.maximum(LEAST_WEIGHT, np.log(1 + services / (1 + np.asarray(counts, np.float64))))
    whole: Floats = rare / rare.sum() if len(counts) else rare
    return whole


def text_scores(weights: Floats, in_name: Bools, in_text: Bools) -> Floats:
    """0 (none of the words) to 1 (all of them in the name), for many services."""
    each = np.where(in_name, IN_NAME, np.where(in_text, IN_TEXT, 0.0))
    return np.minimum(1.0, weights @ each)


def half(words: int) -> int:
    """How many of so many words are half of them, at least one."""
    return max(1, ceil(words / 2))
