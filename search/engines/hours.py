"""What is open, from the spans that were worked out ahead. Beyond them nobody knows."""

import numpy as np

from search.engines.arrays import NO, UNKNOWN, YES, Bools, Ints
from search.engines.columns import LENGTH_BITS, Columns


def open_at(columns: Columns, minute: int) -> Ints:
    """Which services are open at a minute: YES, NO or UNKNOWN."""
    return open_during(columns, minute, minute + 1)


def open_during(columns: Columns, start: int, end: int) -> Ints:
    """Which services are open at any minute from `start` to before `end`."""
    spans = columns.hours.items
    begins = spans >> (LENGTH_BITS + 1)
    ends = begins + ((spans >> 1) & ((1 << LENGTH_BITS) - 1))
    meets = (begins < end) & (ends > start)
    sure: Bools = (spans & 1) == 1
    until = columns.head["hours_to"]
    return np.where(
        columns.hours.having(meets & sure),
        YES,
        np.where(columns.hours.having(meets & ~sure) | (until < end), UNKNOWN, NO),
    ).astype(np.int8)
