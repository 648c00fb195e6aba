"""The worker: queued tasks are done, and it ends when it is told to, after the round that it is in."""

import signal
from pathlib import Path
from typing import Any

import pytest
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from carestore import worker

pytestmark = pytest.mark.django_db(transaction=True)


@task()
def noted(what: str) -> str:
    return what


@pytest.fixture(autouse=True)
def _real_tasks(settings: Any, tmp_path: Path) -> None:
    settings.CARESTORE_HOME = tmp_path
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def test_a_round_does_what_is_queued_and_leaves_the_signals_alone() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    noted.enqueue("one")
    worker.one_round()
    assert [row.status for row in DBTaskResult.objects.all()] == ["SUCCESSFUL"]
    assert {number: signal.getsignal(number) for number in before} == before


def test_an_error_in_one_round_does_not_end_the_worker(monkeypatch: Any) -> None:
    rounds = []

    def round_() -> None:
        rounds.append(1)
        raise RuntimeError("the database is away")

    monkeypatch.setattr(worker, "one_round", round_)
    worker.run(pause=0, stop=lambda: len(rounds) == 3)
    assert len(rounds) == 3
