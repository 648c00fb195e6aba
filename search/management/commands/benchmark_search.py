"""`manage.py benchmark_search`: how fast the finder is at what size, beside bare queries of the same words in the same run."""

import json
import signal
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from directory import clock
from search.benchmark import report
from search.benchmark.engines import Measured, measured
from search.benchmark.pages import page_lines, page_verdicts, pages
from search.benchmark.running import JobFailed, folder_of_its_own

ENGINES = {"embedded": ("embedded",), "opensearch": ("opensearch",), "both": ("embedded", "opensearch")}
TOLD_EVERY = 5.0


class Command(BaseCommand):
    help = (
        "Make up listings across Great Britain, build the engines from them in a folder of their own, and print how long questions of"
        " every kind take. With --pages: how many pages a second this site's listings give."
    )

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--listings", type=int, default=20_000, help="how many to make up (20,000)")
        parser.add_argument("--engine", choices=sorted(ENGINES), default="embedded")
        parser.add_argument("--url", default="", help="a search node that runs; without it one is started out of tools/opensearch")
        parser.add_argument("--seconds", type=float, default=2.0, help="how long to ask questions of one kind (2)")
        parser.add_argument("--seed", type=int, default=1, help="another number makes other listings and questions")
        parser.add_argument("--pages", action="store_true", help="measure the search page of this site instead")
        parser.add_argument("--json", action="store_true", help="print one JSON document instead of tables")
        parser.add_argument("--keep", action="store_true", help="leave what was built in CARESTORE_HOME/benchmark")
        parser.add_argument("--strict", action="store_true", help="end with 1 where a bar is missed")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["listings"] < 1 or options["seconds"] <= 0:
            raise CommandError("--listings and --seconds are above 0.")
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        self._told = 0.0
        try:
            verdicts = self._pages(options) if options["pages"] else self._engines(options)
        except JobFailed as reason:
            raise CommandError(str(reason)) from reason
        except KeyboardInterrupt:
            raise CommandError("Stopped; what was built is removed.", returncode=130) from None
        if options["strict"] and any(verdict.met is False for verdict in verdicts):
            sys.exit(1)

    def _engines(self, options: dict[str, Any]) -> list[report.Verdict]:
        listings = options["listings"]
        with folder_of_its_own(keep=options["keep"]) as folder:
            found = measured(
                ENGINES[options["engine"]],
                folder=folder,
                listings=listings,
                seed=options["seed"],
                seconds=options["seconds"],
                url=options["url"],
                today=clock.today(),
                progress=self._progress,
            )
        verdicts = [verdict for each in found for verdict in report.verdicts(each.engine, each.lines, each.built, listings)]
        if options["json"]:
            self._print_json({"listings": listings, "engines": [each.as_json() for each in found]}, verdicts)
        else:
            for each in found:
                self._print_engine(each, listings)
            self._print_verdicts(verdicts)
        return verdicts

    def _pages(self, options: dict[str, Any]) -> list[report.Verdict]:
        with folder_of_its_own(keep=False) as folder:
            found = pages(folder, seconds=options["seconds"], progress=self._progress)
        verdicts = page_verdicts(found)
        if options["json"]:
            self._print_json({"pages": found.as_json()}, verdicts)
        else:
            for line in page_lines(found):
                self.stdout.write(line)
            self._print_verdicts(verdicts)
        return verdicts

    def _print_engine(self, each: Measured, listings: int) -> None:
        self.stdout.write(f"\n{report.built(each.engine, each.built, listings)}\n{report.searched(each.engine, each.asked)}")
        self.stdout.write("Milliseconds; bare: the median of a query of the same words alone; x: how many times that.\n")
        for line in report.table(each.lines):
            self.stdout.write(line)

    def _print_verdicts(self, verdicts: list[report.Verdict]) -> None:
        self.stdout.write("")
        for verdict in verdicts:
            self.stdout.write(
                verdict.text, style_func=self.style.SUCCESS if verdict.met else self.style.ERROR if verdict.met is False else str
            )

    def _print_json(self, told: dict[str, Any], verdicts: list[report.Verdict]) -> None:
        told["bars"] = [{"met": verdict.met, "text": verdict.text} for verdict in verdicts]
        self.stdout.write(json.dumps(told, indent=1))

    def _progress(self, text: str, done: int, of: int) -> None:
        """One line that is written over on a terminal; one every few seconds in a log."""
        line = f"{text} {done:,} of {of:,}" if of else text
        if self.stderr.isatty():
            self.stderr.write(f"\r{line:<70}", style_func=str, ending="\n" if done == of else "")
        elif done == of or time.monotonic() - self._told > TOLD_EVERY:
            self._told = time.monotonic()
            self.stderr.write(line, style_func=str)
