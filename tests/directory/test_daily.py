"""Daily jobs: once a day, piece by piece, from their hour on; one that fails waits and stops nobody."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from directory import clock, daily

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_other_jobs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(daily, "_jobs", {})
    daily.forget()
    yield
    daily.forget()


def rounds(folder: Path, at: datetime, count: int = 1) -> list[dict[str, str]]:
    with clock.held_at(at):
        return [daily.do_daily(folder) for _ in range(count)]


def test_a_job_is_done_in_pieces_and_once_a_day(tmp_path: Path) -> None:
    pieces = iter([False, False, True, True])
    done: list[bool] = []

    def job() -> bool:
        done.append(next(pieces))
        return done[-1]

    daily.register_daily("job", job)
    rounds(tmp_path, NOON, 5)
    assert done == [False, False, True]
    rounds(tmp_path, NOON + timedelta(days=1), 3)
    assert done == [False, False, True, True]


def test_the_day_begins_in_london_and_a_job_at_its_hour(tmp_path: Path) -> None:
    done: list[datetime] = []
    daily.register_daily("job", lambda: bool(done.append(clock.now()) or True), hour=8)
    july = datetime(2026, 7, 1, tzinfo=UTC)
    for at in (july.replace(hour=6, minute=59), july.replace(hour=7), july.replace(hour=22, minute=59), july.replace(hour=23, minute=30)):
        rounds(tmp_path, at)
    # 23:30 in UTC is already tomorrow, but before eight.
    assert done == [july.replace(hour=7)]


def test_one_that_fails_is_tried_again_later_and_stops_nobody(tmp_path: Path) -> None:
    tried: list[str] = []

    def broken() -> bool:
        tried.append("broken")
        raise ConnectionRefusedError

    daily.register_daily("broken", broken)
    daily.register_daily("well", lambda: bool(tried.append("well") or True))
    assert rounds(tmp_path, NOON, 2) == [{"broken": "ConnectionRefusedError"}, {}]
    assert tried == ["broken", "well"]
    rounds(tmp_path, NOON + daily.AGAIN_AFTER)
    assert tried == ["broken", "well", "broken"]


@pytest.mark.parametrize("text", ["", "{", "[1]"])
def test_a_lost_file_means_once_more(tmp_path: Path, text: str) -> None:
    done: list[int] = []
    daily.register_daily("job", lambda: bool(done.append(1) or True))
    rounds(tmp_path, NOON)
    (tmp_path / daily.FILE).write_text(text)
    rounds(tmp_path, NOON, 2)
    assert len(done) == 2


def test_a_name_is_taken_once() -> None:
    def job() -> bool:
        return True

    daily.register_daily("job", job)
    daily.register_daily("job", job)
    with pytest.raises(ValueError, match="already"):
        daily.register_daily("job", lambda: True)


def test_a_job_of_every_hour_is_done_when_the_hour_is_over_and_not_before(tmp_path: Path) -> None:
    done: list[datetime] = []

    def job() -> bool:
        done.append(clock.now())
        return len(done) > 1

    daily.register_daily("often", job, every=timedelta(hours=1))
    rounds(tmp_path, NOON, 4)
    assert done == [NOON, NOON]
    rounds(tmp_path, NOON + timedelta(minutes=59))
    rounds(tmp_path, NOON + timedelta(hours=1), 2)
    assert done[2:] == [NOON + timedelta(hours=1)]
