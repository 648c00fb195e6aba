"""The parts of the harvest's benchmark that run in processes of their own: `python -m carestore.benchmark.harvesting NAME JSON`."""

import json
import logging
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from carestore.benchmark.jobs import say
from search.benchmark.running import ended

# As many rows at once as a harvest takes records.
AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Task:
    """How large a feed."""

    services: int


def tables(task: Task) -> dict[str, Any]:
    """Make the tables by the product's own migrations."""
    from django.core.management import call_command

    from directory import seeding

    say("Tables")
    call_command("migrate", verbosity=0, interactive=False)
    seeding.load_needs()
    return {}


def harvest(task: Task) -> dict[str, Any]:
    """Go through the whole feed twice: all of it is new, then nothing is."""
    from directory.accounts.system import system_user
    from directory.harvest.models import Feed, Run
    from directory.harvest.running import fetcher_for
    from directory.harvest.running import harvest as go_through

    def tell(run: Run) -> None:
        say("Harvested", run.read, task.services)

    told = {}
    with _feed(task.services) as port:
        feed = Feed.objects.create(slug="benchmark", name="Benchmark", url=f"http://127.0.0.1:{port}")
        for turn in ("first", "again"):
            started, begin = time.perf_counter(), _worked()
            run = go_through(feed, by=system_user(), fetcher=fetcher_for(feed, pause=0, loopback=True), tell=tell)
            figures = {"seconds": time.perf_counter() - started, "worked": _worked() - begin, "memory": _memory()}
            told[turn] = {**figures, "state": run.state, "made": run.made, "unchanged": run.unchanged, "pairs": run.pairs}
    return told


def bare(task: Task) -> dict[str, Any]:
    """The same records as plain rows of services, without anything around them: what the database and JSON take in any case."""
    from uuid import uuid4

    from django.db import transaction

    from carestore.benchmark.feeding import ON_PAGE, page
    from directory.models import Organisation, Service

    owner = Organisation.objects.create(name="Bare")
    bodies = [json.dumps(page(number + 1, task.services)) for number in range(-(-task.services // ON_PAGE))]
    begin = _worked()
    for body in bodies:
        told = json.loads(body)["contents"]
        for start in range(0, len(told), AT_ONCE):
            with transaction.atomic():
                Service.objects.bulk_create(
                    Service(id=uuid4(), organisation=owner, name=each["name"], summary=each["description"][:300], imported=each)
                    for each in told[start : start + AT_ONCE]
                )
    return {"worked": _worked() - begin}


@contextmanager
def _feed(services: int) -> Iterator[int]:
    """The port of the feed, which a process of its own serves: its work is not ours."""
    command = [sys.executable, "-m", "carestore.benchmark.feeding", str(services)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
    assert process.stdout is not None
    with ended(process):
        yield int(process.stdout.readline())


def _memory() -> float:
    """Megabytes that this process held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _worked() -> float:
    """Seconds of the processor in this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


JOBS = {"tables": tables, "harvest": harvest, "bare": bare}


def main(name: str, told: str) -> None:
    """Do a job and say what came out."""
    import django

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    django.setup()
    logging.disable(logging.CRITICAL)
    try:
        result = JOBS[name](Task(**json.loads(told)))
    except KeyboardInterrupt:
        sys.exit(130)
    print(json.dumps({"result": result}), flush=True)  # noqa: T201 - the way to the process that waits


if __name__ == "__main__":
    main(*sys.argv[1:])
