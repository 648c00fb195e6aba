"""`manage.py benchmark_matching`: how fast one request finds who could help, and how fast a large round is solved."""

import json
import os
import signal
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from carestore.benchmark import matching_report as report
from carestore.benchmark.databases import beside
from carestore.benchmark.matching_jobs import Task
from search.benchmark.report import Verdict
from search.benchmark.running import JobFailed, folder_of_its_own, job, surroundings

JOBS = "carestore.benchmark.matching_jobs"
TOLD_EVERY = 5.0


class Command(BaseCommand):
    help = (
        "Fill a database of its own with made-up services, volunteers, people and requests of one region, and print how long one request"
        " over all of them takes, with reasons, beside a bare pass of numpy over the same columns; then solve a large matching round, with the"
        " proof that nobody more can be served. The site's own data is left alone."
    )

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--volunteers", type=int, default=report.VOLUNTEERS, help="how many to make up (10,000)")
        parser.add_argument("--services", type=int, default=report.SERVICES, help="how many to make up (20,000)")
        parser.add_argument("--requests", type=int, default=300, help="how many different ones are asked about (300)")
        parser.add_argument("--seconds", type=float, default=20.0, help="how long to ask (20)")
        parser.add_argument("--seed", type=int, default=1, help="another number makes others")
        parser.add_argument(
            "--database-as-configured", action="store_true", help="a new database on the server of DATABASE_URL instead of a file"
        )
        parser.add_argument("--only", choices=("request", "round"), default="", help="one of the two parts")
        parser.add_argument("--json", action="store_true", help="print one JSON document instead of a table")
        parser.add_argument("--keep", action="store_true", help="leave the filled file in CARESTORE_HOME/benchmark")
        parser.add_argument("--strict", action="store_true", help="end with 1 where the bar is missed")

    def handle(self, *args: Any, **options: Any) -> None:
        if min(options["volunteers"], options["services"] // 100, options["requests"]) < 1 or options["seconds"] <= 0:
            raise CommandError("At least one volunteer, one request and a hundred services are needed; --seconds is above 0.")
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        self._told = 0.0
        task = Task(options["volunteers"], options["services"], options["requests"], options["seed"], options["seconds"])
        address = os.environ.get("DATABASE_URL", "") if options["database_as_configured"] else ""
        try:
            told = self._measure(task, address, options["only"], keep=options["keep"])
        except JobFailed as reason:
            raise CommandError(str(reason)) from reason
        except KeyboardInterrupt:
            raise CommandError("Stopped; what was filled is removed.", returncode=130) from None
        verdicts = [Verdict(**bar) for bar in told.get("round", {}).get("bars", ())]
        if "request" in told:
            verdicts.insert(0, report.verdict(told["request"], volunteers=task.volunteers, services=task.services))
        self._print(told, verdicts, as_json=options["json"])
        if options["strict"] and any(verdict.met is False for verdict in verdicts):
            sys.exit(1)

    def _measure(self, task: Task, address: str, only: str, *, keep: bool) -> dict[str, Any]:
        told: dict[str, Any] = {}
        if only != "round":
            with folder_of_its_own(keep=keep) as folder, beside(address) as database:
                environment = surroundings(folder / "site", **({"DATABASE_URL": database} if database else {}))
                told["filled"] = job("fill", task, environment, self._progress, module=JOBS)
                told["request"] = job("ask", task, environment, self._progress, module=JOBS)
        if only != "request":
            with folder_of_its_own(keep=False) as folder:
                told["round"] = job("round", task, surroundings(folder / "site"), self._progress, module=JOBS)
        return told

    def _print(self, told: dict[str, Any], verdicts: list[Verdict], *, as_json: bool) -> None:
        if as_json:
            told["bars"] = [{"met": verdict.met, "text": verdict.text} for verdict in verdicts]
            self.stdout.write(json.dumps(told, indent=1))
            return
        if "request" in told:
            self.stdout.write(f"Filled in {told['filled']['seconds']:.0f} s. {report.about(told['request'])}\n")
            for line in report.table(told["request"]):
                self.stdout.write(line)
            self.stdout.write("Milliseconds; x bare: p50 in times that of the bare pass, or of the bare reading.\n")
        for line in told.get("round", {}).get("table", ()):
            self.stdout.write(line)
        self.stdout.write("")
        for verdict in verdicts:
            self.stdout.write(
                verdict.text, style_func=self.style.SUCCESS if verdict.met else self.style.ERROR if verdict.met is False else str
            )

    def _progress(self, text: str, done: int, of: int) -> None:
        """One line that is written over on a terminal; one every few seconds in a log."""
        line = f"{text} {done:,} of {of:,}" if of else f"{text} {done:,}" if done else text
        if self.stderr.isatty():
            self.stderr.write(f"\r{line:<70}", style_func=str, ending="\n" if of and done == of else "")
        elif (of and done == of) or time.monotonic() - self._told > TOLD_EVERY:
            self._told = time.monotonic()
            self.stderr.write(line, style_func=str)
