"""The parts of the benchmark that run in processes of their own: `python -m carestore.benchmark.jobs NAME JSON`.

As the jobs of the finder's benchmark they work in a site of their own and say in lines of JSON how far they are, and what came out.
"""

import json
import logging
import sys
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Task:
    """What a job is told: how large a directory, which seed, how long to ask for each page, and with what its address begins."""

    organisations: int
    services: int
    seed: int = 1
    seconds: float = 0.7
    only: str = ""


def say(text: str, done: int = 0, of: int = 0) -> None:
    """How far it is."""
    print(json.dumps({"text": text, "done": done, "of": of}), flush=True)  # noqa: T201 - the way to the process that waits


def fill(task: Task) -> dict[str, Any]:
    """Make the tables by the product's own migrations, and fill them."""
    from time import perf_counter

    from django.core.management import call_command

    from carestore.benchmark.filling import fill as fill_tables

    say("Tables")
    call_command("migrate", verbosity=0, interactive=False)
    begin = perf_counter()
    fill_tables(task.organisations, task.services, seed=task.seed, say=say)
    return {"seconds": perf_counter() - begin}


def ask(task: Task) -> dict[str, Any]:
    """Ask for every page."""
    from carestore.benchmark.asking import asked

    measured, left = asked(seconds=task.seconds, only=task.only, say=say)
    return {"pages": [asdict(page) for page in measured], "left": left}


def stream(task: Task) -> dict[str, Any]:
    """Read the whole feed as ndjson, in a process that did nothing before."""
    from carestore.benchmark.asking import streamed

    return streamed(say)


JOBS = {"fill": fill, "ask": ask, "stream": stream}


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
