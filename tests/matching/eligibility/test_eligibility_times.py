"""Times in common, held against an oracle that paints every minute of the week."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.eligibility.facts import windows
from matching.eligibility.times import ANY_TIME, WEEK, FreeTimes, Run, Window, runs


def have_in_common(one, other, minutes):
    """Do two people have a run of so many minutes in both?"""
    return bool(FreeTimes.of([other]).hold(one, minutes)[0])


def painted(some):
    """The oracle: the set of minutes of the week that these windows cover."""
    return {weekday * 1440 + minute for weekday, start, end in some for minute in range(start, end)}


def longest(minutes):
    """The oracle: the longest unbroken stretch on the circle of the week, found by walking."""
    if len(minutes) == WEEK:
        return WEEK
    best = 0
    for first in minutes:
        if (first - 1) % WEEK in minutes:
            continue
        length = 1
        while (first + length) % WEEK in minutes:
            length += 1
        best = max(best, length)
    return best


# Few distinct edges, so that windows touch, overlap and meet at midnight often.
edges = st.sampled_from([0, 30, 540, 600, 660, 720, 1380, 1440])
window = st.builds(lambda weekday, a, b: Window(weekday, min(a, b), max(a, b)), st.sampled_from([0, 1, 2, 5, 6]), edges, edges)
some_windows = st.lists(window, max_size=8)


@settings(max_examples=150, deadline=None)
@given(some_windows, some_windows, st.sampled_from([1, 30, 59, 60, 61, 90, 120, 180, 1440, 1441, 1500]))
def test_agrees_with_walking_through_the_week(one, other, minutes):
    shared = longest(painted(one) & painted(other))

    assert have_in_common(runs(one), runs(other), minutes) == (shared >= minutes)


@settings(max_examples=100, deadline=None)
@given(some_windows, some_windows, st.integers(1, 2000), st.randoms(use_true_random=False))
def test_neither_the_order_of_the_windows_nor_of_the_two_matters(one, other, minutes, random):
    shuffled = list(one)
    random.shuffle(shuffled)

    assert runs(shuffled) == runs(one)
    assert have_in_common(runs(one), runs(other), minutes) == have_in_common(runs(other), runs(one), minutes)


@pytest.mark.parametrize(
    ("asked", "free", "minutes", "fits"),
    [
        ([(0, 540, 600)], [(0, 540, 600)], 60, True),  # exactly as long
        ([(0, 540, 600)], [(0, 540, 600)], 61, False),
        ([(0, 540, 570), (0, 570, 600)], [(0, 500, 700)], 60, True),  # touching windows join
        ([(0, 540, 570), (0, 571, 600)], [(0, 500, 700)], 60, False),  # a minute between them
        ([(0, 540, 600)], [(1, 540, 600)], 60, False),  # another day
        ([(0, 540, 600)], [(0, 600, 660)], 1, False),  # they touch but share nothing
        ([(0, 1410, 1440), (1, 0, 30)], [(0, 1380, 1440), (1, 0, 60)], 60, True),  # over midnight
        ([(6, 1410, 1440), (0, 0, 30)], [(6, 1380, 1440), (0, 0, 60)], 60, True),  # from Sunday into Monday
        (list(ANY_TIME), [(3, 540, 600)], 60, True),
        (list(ANY_TIME), list(ANY_TIME), WEEK, True),
        ([], list(ANY_TIME), 1, False),  # no window is never
    ],
)
def test_examples(asked, free, minutes, fits):
    assert have_in_common(runs(Window(*w) for w in asked), runs(Window(*w) for w in free), minutes) is fits


def test_joined_runs_are_as_few_as_can_be():
    assert runs([Window(1, 600, 660), Window(1, 540, 600), Window(1, 550, 580), Window(2, 0, 0)]) == (Run(1980, 2100),)


@pytest.mark.parametrize("row", [[7, 0, 60], [-1, 0, 60], [0, 60, 60], [0, 90, 60], [0, 0, 1441], [0, 0], ["0", 0, 60], []])
def test_what_is_no_time_of_the_week_is_refused(row):
    with pytest.raises(ValueError, match="weekday"):
        windows([[0, 0, 60], row])


def test_a_window_past_midnight_is_refused():
    with pytest.raises(ValueError, match="Not a time of the week"):
        runs([Window(0, 1400, 1500)])
