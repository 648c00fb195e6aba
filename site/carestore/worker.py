"""The one background process: followers of the journal (index, mails), queued tasks and what is done once a day, over and over."""

import logging
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, DEFAULT_TASK_QUEUE_NAME
from django_tasks_db.management.commands.db_worker import Worker

from directory import clock
from directory.daily import do_daily
from directory.journal.following import catch_up

logger = logging.getLogger("carestore.worker")


def _beat_file() -> Path:
    return Path(settings.CARESTORE_HOME) / "worker.beat"


def last_seen() -> datetime | None:
    """When the worker last finished a round; None where it never ran."""
    try:
        return datetime.fromtimestamp(float(_beat_file().read_text()), UTC)
    except (OSError, ValueError):
        return None


def one_round() -> None:
    """Followers to the head, every task that is due, a piece of each day's work. What fails is logged by name and tried again later."""
    for name, result in catch_up().items():
        if isinstance(result, str):
            logger.warning("follower.failed name=%s error=%s", name, result)
    _do_tasks()
    do_daily(Path(settings.CARESTORE_HOME))
    beat = _beat_file()
    beat.with_suffix(".new").write_text(str(clock.now().timestamp()))
    beat.with_suffix(".new").replace(beat)


def _do_tasks() -> None:
    """Every task that is due. The package's class and not its command, which takes the signals over and would lose the one that ends us."""
    Worker(
        queue_names=[DEFAULT_TASK_QUEUE_NAME],
        interval=1,
        batch=True,
        backend_name=DEFAULT_TASK_BACKEND_ALIAS,
        startup_delay=False,
        max_tasks=None,
        worker_id=f"worker-{os.getpid()}",
        excluded_queue_names=[],
    ).run()


def run(*, pause: float = 1.0, stop: Callable[[], bool] = lambda: False) -> None:
    """Rounds until `stop` says so; an error in one round (a database that restarts) does not end the worker."""
    while not stop():
        try:
            close_old_connections()
            one_round()
        except Exception as error:  # noqa: BLE001
            logger.warning("worker.round_failed error=%s", type(error).__name__)
        time.sleep(pause)
