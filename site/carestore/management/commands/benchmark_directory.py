"""`manage.py benchmark_directory`: how fast every page of partners and staff and the open data are with a large directory."""

import json
import os
import signal
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from carestore.benchmark import report
from carestore.benchmark.asking import Page
from carestore.benchmark.databases import beside
from carestore.benchmark.jobs import Task
from search.benchmark.report import Verdict
from search.benchmark.running import JobFailed, folder_of_its_own, job, surroundings

JOBS = "carestore.benchmark.jobs"
TOLD_EVERY = 5.0


class Command(BaseCommand):
    help = (
        "Fill a database of its own with made-up organisations and services, ask for every page of partners, staff and open data as whoever"
        " may open it, and print how long they take. The site's own data is left alone."
    )

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organisations", type=int, default=report.ORGANISATIONS, help="how many to make up (20,000)")
        parser.add_argument("--services", type=int, default=report.SERVICES, help="how many to make up (40,000)")
        parser.add_argument("--seconds", type=float, default=0.7, help="how long to ask for one page (0.7)")
        parser.add_argument("--seed", type=int, default=1, help="another number makes other listings")
        parser.add_argument("--only", default="", help="pages whose path begins with this (admin/listings/)")
        parser.add_argument(
            "--database-as-configured", action="store_true", help="a new database on the server of DATABASE_URL instead of a file"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON document instead of a table")
        parser.add_argument("--keep", action="store_true", help="leave the filled file in CARESTORE_HOME/benchmark")
        parser.add_argument("--strict", action="store_true", help="end with 1 where a bar is missed")

    def handle(self, *args: Any, **options: Any) -> None:
        if min(options["organisations"], options["services"] // 100) < 1 or options["seconds"] <= 0:
            raise CommandError("At least one organisation and a hundred services are needed; --seconds is above 0.")
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        self._told = 0.0
        task = Task(options["organisations"], options["services"], options["seed"], options["seconds"], options["only"].lstrip("/"))
        address = os.environ.get("DATABASE_URL", "") if options["database_as_configured"] else ""
        try:
            told = self._measure(task, address, keep=options["keep"])
        except JobFailed as reason:
            raise CommandError(str(reason)) from reason
        except KeyboardInterrupt:
            raise CommandError("Stopped; what was filled is removed.", returncode=130) from None
        pages = [Page(**page) for page in told["pages"]]
        verdicts = report.verdicts(pages, told.get("stream"), organisations=task.organisations, services=task.services)
        self._print(told, pages, verdicts, as_json=options["json"])
        if options["strict"] and any(verdict.met is False for verdict in verdicts):
            sys.exit(1)

    def _measure(self, task: Task, address: str, *, keep: bool) -> dict[str, Any]:
        with folder_of_its_own(keep=keep) as folder, beside(address) as database:
            more = {"DATABASE_URL": database} if database else {}
            environment = surroundings(folder / "site", PAGE_CACHE_SECONDS="0", API_REQUESTS_PER_MINUTE="1000000", **more)
            told: dict[str, Any] = {"filled": job("fill", task, environment, self._progress, module=JOBS)}
            told |= job("ask", task, environment, self._progress, module=JOBS)
            if not task.only:
                told["stream"] = job("stream", task, environment, self._progress, module=JOBS)
            return told

    def _print(self, told: dict[str, Any], pages: list[Page], verdicts: list[Verdict], *, as_json: bool) -> None:
        if as_json:
            told["bars"] = [{"met": verdict.met, "text": verdict.text} for verdict in verdicts]
            self.stdout.write(json.dumps(told, indent=1))
            return
        self.stdout.write(f"Filled in {told['filled']['seconds']:.0f} s.\n")
        for line in report.table(pages):
            self.stdout.write(line)
        self.stdout.write("Milliseconds; x bare: times a bare query of fifty listings in the same run.\n")
        if told["left"]:
            self.stdout.write("Not measured: " + "; ".join(told["left"]))
        if "stream" in told:
            self.stdout.write(report.streamed(told["stream"]))
        for verdict in verdicts:
            self.stdout.write(
                verdict.text, style_func=self.style.SUCCESS if verdict.met else self.style.ERROR if verdict.met is False else str
            )

    def _progress(self, text: str, done: int, of: int) -> None:
        """One line that is written over on a terminal; one every few seconds in a log."""
        line = f"{text} {done:,} of {of:,}" if of else text
        if self.stderr.isatty():
            self.stderr.write(f"\r{line:<70}", style_func=str, ending="\n" if done == of else "")
        elif done == of or time.monotonic() - self._told > TOLD_EVERY:
            self._told = time.monotonic()
            self.stderr.write(line, style_func=str)
