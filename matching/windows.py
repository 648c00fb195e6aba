"""Times of the week in which somebody is free: [weekday, start minute, end minute], Monday is 0."""

from collections.abc import Sequence

DAY = 24 * 60


def is_window(window: Sequence[int]) -> bool:
    """Is it a weekday with a start and a later end, within one day?"""
    if len(window) != 3 or not all(isinstance(number, int) for number in window):
        return False
    weekday, start, end = window
    return 0 <= weekday <= 6 and 0 <= start < end <= DAY
