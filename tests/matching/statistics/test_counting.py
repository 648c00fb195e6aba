"""The count rule and the periods it is used on."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.statistics.counting import count_rule, parse_period


@pytest.mark.parametrize(
    ("true_count", "shown"),
    [(0, "0"), (1, "1 to 7"), (7, "1 to 7"), (8, "10"), (12, "10"), (13, "15"), (17, "15"), (18, "20"), (1_002, "1000")],
)
def test_the_rule(true_count, shown):
    assert count_rule(true_count).shown == shown


@given(st.integers(min_value=0, max_value=1_000_000))
def test_a_number_that_shows_is_a_multiple_of_five_within_two_of_the_truth(true_count):
    shown = count_rule(true_count)
    if shown.is_number:
        assert shown.count % 5 == 0
        assert abs(shown.count - true_count) <= 2
        assert shown.shown == str(shown.count)
    else:
        assert 1 <= true_count <= 7


@given(st.integers(min_value=1, max_value=7), st.integers(min_value=1, max_value=7))
def test_what_is_hidden_cannot_be_told_apart(one, other):
    assert count_rule(one) == count_rule(other)


def test_a_count_below_nought_is_an_error():
    with pytest.raises(ValueError, match="never below"):
        count_rule(-1)


def test_a_quarter_is_counted_in_london_time():
    period = parse_period("2026-Q3")
    assert (period.name, period.first, period.last) == ("July to September 2026", date(2026, 7, 1), date(2026, 9, 30))
    assert period.start == datetime(2026, 6, 30, 23, tzinfo=UTC)
    assert period.end == datetime(2026, 9, 30, 23, tzinfo=UTC)
    assert parse_period("2026-Q1").start == datetime(2026, 1, 1, tzinfo=UTC)


def test_months_and_years():
    assert parse_period("2026-02").last == date(2026, 2, 28)
    assert parse_period("2026-12").last == date(2026, 12, 31)
    assert parse_period("2026").last == date(2026, 12, 31)
    assert parse_period("2026-Q4").last == date(2026, 12, 31)


@pytest.mark.parametrize("text", ["", "2026-Q5", "2026-13", "26-Q1", "2026-Q3 ", "٢٠٢٦", "2026-07-01", "2026-Q3\n"])
def test_other_periods_are_refused(text):
    with pytest.raises(ValueError, match="2026-Q3"):
        parse_period(text)


@given(st.integers(2000, 2098), st.integers(1, 4))
def test_quarters_follow_each_other_without_gap(year, quarter):
    period = parse_period(f"{year}-Q{quarter}")
    following = parse_period(f"{year}-Q{quarter + 1}" if quarter < 4 else f"{year + 1}-Q1")
    assert period.end == following.start
