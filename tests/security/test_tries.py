"""Guessing is slow: a count keeps its time however often it is counted, and flooding other counts does not wash it away."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from carestore import settings as product
from directory import clock, throttle


@pytest.fixture(autouse=True)
def _cache_of_the_product(settings: Any, tmp_path: Path) -> None:
    """The product's own kind of cache: its counts behave unlike those in memory."""
    settings.CACHES = {"default": {**product.CACHES["default"], "LOCATION": str(tmp_path)}}


def test_counting_again_neither_shortens_nor_lengthens_the_time() -> None:
    start = clock.now()
    for minutes, counted in ((0, 1), (6, 2), (14, 3), (16, 1)):
        with clock.held_at(start + timedelta(minutes=minutes)):
            assert throttle.count("test", "who", seconds=15 * 60) == counted
            assert throttle.tries("test", "who") == counted


def test_a_count_lives_in_the_cache_as_long_as_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        throttle.count("test", "who", seconds=15 * 60)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 14 * 60)
    assert throttle.tries("test", "who") == 3


def test_many_other_counts_do_not_push_one_out() -> None:
    for _ in range(9):
        throttle.count("test", "victim", seconds=15 * 60)
    for number in range(400):
        throttle.count("test", f"other {number}", seconds=15 * 60)
    assert throttle.tries("test", "victim") == 9
