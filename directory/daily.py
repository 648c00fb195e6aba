"""What is done once a day, by the worker. Rooms register their jobs; each is done piece by piece, so that nothing else waits for long.

What is through for today stands in a file, so that a worker that starts again does not begin anew. Files get lost: a job stands being done twice.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from directory import clock

log = logging.getLogger("carestore.daily")

Job = Callable[[], bool]
FILE = "daily.json"
AGAIN_AFTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Daily:
    """One job; made by register_daily."""

    name: str
    job: Job
    hour: int
    every: timedelta | None = None


_jobs: dict[str, Daily] = {}
_not_before: dict[str, datetime] = {}


def register_daily(name: str, job: Job, *, hour: int = 0, every: timedelta | None = None) -> None:
    """Let the worker do a job every day from this hour (Europe/London) on, or, with `every`, so long after it was last through.

    Called in AppConfig.ready() of a room.
    `job` does a small piece at each call, which may be ended at any moment, and returns whether it is through for today.
    Raises ValueError for a name that is taken.
    """
    known = _jobs.get(name)
    if known is not None and known.job is not job:
        raise ValueError(f"There is already a daily job called {name}.")
    _jobs[name] = Daily(name, job, hour, every)


def do_daily(folder: Path) -> dict[str, str]:
    """One piece of every job that is not through for today. What is through is noted in a file in `folder`.

    One that fails stops nobody else and is tried again after AGAIN_AFTER. Returns the class of each error by name (the log says the same).
    """
    now, today = clock.now(), clock.today()
    hour = clock.local(now).hour
    through = _through(folder / FILE)
    faults: dict[str, str] = {}
    for name, daily in _jobs.items():
        over = daily.every is None and through.get(name) == today.isoformat()
        if over or hour < daily.hour or _not_before.get(name, now) > now:
            continue
        try:
            if not daily.job():
                continue
            if daily.every is not None:
                _not_before[name] = now + daily.every
            else:
                through[name] = today.isoformat()
                _note(folder / FILE, through)
        except Exception as error:  # noqa: BLE001
            log.warning("daily.failed name=%s error=%s", name, type(error).__name__)
            _not_before[name] = now + AGAIN_AFTER
            faults[name] = type(error).__name__
    return faults


def forget() -> None:
    """Try at once what failed lately."""
    _not_before.clear()


def _through(path: Path) -> dict[str, str]:
    try:
        held = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return held if isinstance(held, dict) else {}


def _note(path: Path, through: dict[str, str]) -> None:
    new = path.with_suffix(".new")
    new.write_text(json.dumps(through))
    new.replace(path)
