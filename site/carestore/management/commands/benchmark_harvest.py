"""`manage.py benchmark_harvest`: what it takes to go through a large feed of another directory."""

import json
import os
import signal
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from carestore.benchmark.databases import beside
from carestore.benchmark.harvesting import Task
from search.benchmark.running import JobFailed, folder_of_its_own, job, surroundings

JOBS = "carestore.benchmark.harvesting"
# Issue 5: a feed of so many services in so many seconds and megabytes.
SERVICES, SECONDS, MEGABYTES = 10_000, 300.0, 300.0
TOLD_EVERY = 10.0


class Command(BaseCommand):
    help = (
        "Serve a made-up feed on this machine, go through it twice into a database of its own, and print what that took, beside plain rows"
        " of the same records. The site's own data is left alone."
    )

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--services", type=int, default=SERVICES, help="how many the feed has (10,000)")
        parser.add_argument(
            "--database-as-configured", action="store_true", help="a new database on the server of DATABASE_URL instead of a file"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument("--strict", action="store_true", help="end with 1 where a bar is missed")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["services"] < 1:
            raise CommandError("A feed has at least one service.")
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        self._told = 0.0
        address = os.environ.get("DATABASE_URL", "") if options["database_as_configured"] else ""
        try:
            told = self._measure(Task(options["services"]), address)
        except JobFailed as reason:
            raise CommandError(str(reason)) from reason
        except KeyboardInterrupt:
            raise CommandError("Stopped; what was filled is removed.", returncode=130) from None
        missed = [text for text, kept in bars(told).items() if not kept] if options["services"] >= SERVICES else []
        self.stdout.write(json.dumps({**told, "missed": missed}, indent=1) if options["json"] else "\n".join(lines(told, missed)))
        if options["strict"] and missed:
            sys.exit(1)

    def _measure(self, task: Task, address: str) -> dict[str, Any]:
        with folder_of_its_own(keep=False) as folder, beside(address) as database:
            environment = surroundings(folder / "site", **({"DATABASE_URL": database} if database else {}))
            job("tables", task, environment, self._progress, module=JOBS)
            told = job("harvest", task, environment, self._progress, module=JOBS)
            return {**told, "bare": job("bare", task, environment, self._progress, module=JOBS)}

    def _progress(self, text: str, done: int, of: int) -> None:
        if done == of or time.monotonic() - self._told > TOLD_EVERY:
            self._told = time.monotonic()
            self.stderr.write(f"{text} {done:,} of {of:,}" if of else text, style_func=str)


def bars(told: dict[str, Any]) -> dict[str, bool]:
    """Each bar of a whole feed in words, and whether it is kept."""
    first, again = told["first"], told["again"]
    return {
        f"within {SECONDS:g} seconds": first["seconds"] < SECONDS,
        f"within {MEGABYTES:g} MB": max(first["memory"], again["memory"]) < MEGABYTES,
        "all of it came": first["state"] == again["state"] == "good",
        "the second time changes nothing": again["made"] == 0 and again["unchanged"] == first["made"],
    }


def lines(told: dict[str, Any], missed: list[str]) -> list[str]:
    """What was measured, in sentences."""
    names = {"first": "All of it new", "again": "Nothing of it new"}
    said = [
        f"{name}: {told[turn]['seconds']:.0f} s on the clock, {told[turn]['worked']:.0f} s of our processor,"
        f" {told[turn]['memory']:.0f} MB at most; {told[turn]['made']:,} made, {told[turn]['unchanged']:,} unchanged."
        for turn, name in names.items()
    ]
    times = told["first"]["worked"] / max(0.001, told["bare"]["worked"])
    said.append(
        f"Plain rows of the same records: {told['bare']['worked']:.1f} s of our processor; a harvest takes {times:.0f} times as much."
    )
    return [*said, f"Missed: {'; '.join(missed)}." if missed else "No bar is missed."]
