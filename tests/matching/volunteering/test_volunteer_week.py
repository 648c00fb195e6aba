"""Ticks of the week: what is ticked is free, what is not is not, and nothing else of what was said is lost."""

from hypothesis import given
from hypothesis import strategies as st

from matching.volunteering.week import CLEARS, MEANS, ticks_of, with_ticks
from matching.windows import is_window

TICKS = st.sets(st.tuples(st.integers(0, 6), st.sampled_from(sorted(MEANS))))
WINDOWS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440)).filter(lambda each: each[1] < each[2]).map(list), max_size=6
)


def minutes(windows):
    return {(day, minute) for day, start, end in windows for minute in range(start, end)}


@given(WINDOWS, TICKS)
def test_what_is_ticked_is_free_and_the_rest_stays_as_exact_as_it_was(windows, wanted):
    before, after = ticks_of(windows), with_ticks(windows, wanted)
    assert ticks_of(after) == wanted
    assert all(is_window(window) for window in after)
    for day, part in wanted & before:
        span = {(day, minute) for minute in range(*CLEARS[part])}
        assert minutes(windows) & span == minutes(after) & span - (minutes(after) - minutes(windows))
    for day, part in wanted - before:
        assert {(day, minute) for minute in range(*MEANS[part])} <= minutes(after)
    added = {(day, minute) for day, part in wanted - before for minute in range(*MEANS[part])}
    assert minutes(after) <= minutes(windows) | added


@given(WINDOWS)
def test_saving_without_a_change_changes_no_time(windows):
    assert minutes(with_ticks(windows, ticks_of(windows))) == minutes(windows)


def test_an_exact_time_is_kept_while_another_day_is_ticked():
    assert with_ticks([[1, 600, 690]], {(1, "am"), (3, "eve")}) == [[1, 600, 690], [3, 1020, 1200]]
