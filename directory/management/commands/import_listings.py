from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from directory.accounts.system import system_user
from directory.imports import BadFile, import_listings


class Command(BaseCommand):
    help = "Take the listings of a CSV file, an XLSX workbook or GeoJSON, or with --dry-run say what would happen. A bad row stops the file unless --skip-bad."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument(
            "--source", default="", help="where rows come from that do not say so themselves; the file's name where left out"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be made and changed, and write nothing")
        parser.add_argument("--skip-bad", action="store_true", help="leave bad rows out instead of stopping")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = import_listings(
                options["file"], by=system_user(), source=options["source"], dry_run=options["dry_run"], skip_bad=options["skip_bad"]
            )
        except BadFile as error:
            raise CommandError(str(error)) from error
        lines = list(report.lines())
        for line in lines[:-1]:
            (self.stderr if line in map(str, report.bad) else self.stdout).write(line)
        if report.stopped:
            raise CommandError(lines[-1])
        self.stdout.write(lines[-1])
