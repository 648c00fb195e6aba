"""Counting tries: how often within a time, and nothing about who it was."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from hypothesis import given, settings
from hypothesis import strategies as st

from directory import clock, throttle

MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
MOST, SECONDS = 3, 100


@pytest.fixture(autouse=True)
def _uncounted() -> None:
    cache.clear()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 60), max_size=30))
def test_within_any_span_no_more_is_taken_than_may_be_and_no_less(waits: list[int]) -> None:
    cache.clear()
    taken: list[datetime] = []
    now = MONDAY
    for wait in waits:
        now += timedelta(seconds=wait)
        lately = [moment for moment in taken if now - moment < timedelta(seconds=SECONDS)]
        with clock.held_at(now):
            may = throttle.take("test", "ada", most=MOST, seconds=SECONDS)
        assert may is (len(lately) < MOST)
        taken += [now] * may


def test_each_purpose_and_each_one_is_counted_alone() -> None:
    with clock.held_at(MONDAY):
        assert throttle.take("test", "ada", most=1, seconds=SECONDS)
        assert throttle.take("other", "ada", most=1, seconds=SECONDS)
        assert throttle.take("test", "bob", most=1, seconds=SECONDS)
        assert not throttle.take("test", "ada", most=1, seconds=SECONDS)
