"""The parts of `benchmark_matching` that run in processes of their own: `python -m carestore.benchmark.matching_jobs NAME JSON`.

As the jobs of the finder's benchmark they work in a site of their own and say in lines of JSON how far they are, and what came out.
"""

import json
import logging
import sys
from dataclasses import asdict, dataclass
from io import StringIO
from typing import Any

from carestore.benchmark.jobs import say

# Where everybody lives: one region, so that services and volunteers are near each other, as they are in a co-op.
REGION = ("HD", "HX", "WF", "BD", "LS", "OL")


@dataclass(frozen=True, slots=True)
class Task:
    """What a job is told: how many of each, which seed, and for how long to ask."""

    volunteers: int
    services: int
    requests: int
    seed: int = 1
    seconds: float = 10.0


def fill(task: Task) -> dict[str, Any]:
    """Make the tables by the product's own migrations, fill them, and build the index of the finder."""
    from time import perf_counter

    from django.core.management import call_command

    from carestore.benchmark.filling import fill as fill_directory
    from carestore.benchmark.volunteering import Crowd, store
    from search.benchmark.positions import sampled

    say("Tables")
    call_command("migrate", verbosity=0, interactive=False)
    begin = perf_counter()
    fill_directory(max(1, task.services // 2), task.services, seed=task.seed, say=say, areas=REGION)
    call_command("load_places", verbosity=0, stdout=StringIO())
    say("Volunteers")
    store(Crowd(task.volunteers, task.requests, task.seed), sampled(seed=task.seed, areas=REGION, every=3))
    say("Index")
    call_command("rebuild_index", verbosity=0, stdout=StringIO())
    return {"seconds": perf_counter() - begin}


def ask(task: Task) -> dict[str, Any]:
    """One request after the other over all services and volunteers."""
    from carestore.benchmark.candidates import asked

    return asked(seconds=task.seconds, say=say)


def round_(task: Task) -> dict[str, Any]:
    """A large round, end to end; it needs no database."""
    from carestore.benchmark.rounds import measured, table, verdicts

    say("A round")
    told = measured(task.seed)
    return {**asdict(told), "table": table(told), "bars": [asdict(verdict) for verdict in verdicts(told)]}


JOBS = {"fill": fill, "ask": ask, "round": round_}


def main(name: str, told: str) -> None:
    """Do a job and say what came out."""
    import django

    django.setup()
    logging.disable(logging.CRITICAL)
    try:
        result = JOBS[name](Task(**json.loads(told)))
    except KeyboardInterrupt:
        sys.exit(130)
    print(json.dumps({"result": result}), flush=True)  # noqa: T201 - the way to the process that waits


if __name__ == "__main__":
    main(*sys.argv[1:])
