from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from directory.accounts.system import system_user
from directory.imports import BadFile, import_listings
from directory.imports.columns import AS_THEY_ARE, Columns
from directory.imports.report import Report, bad_rows_as_table
from directory.sources.keeping import columns_of, set_source
from directory.sources.models import ImportSource
from directory.spreadsheets import csv_lines


class Command(BaseCommand):
    help = "Take the listings of a CSV file, an XLSX workbook or GeoJSON, or with --dry-run say what would happen. A bad row stops the file unless --skip-bad."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument(
            "--source", default="", help="where rows come from that do not say so themselves; the file's name where left out"
        )
        parser.add_argument("--columns", default="", metavar="SOURCE", help="read the file by the columns that are kept for this source")
        parser.add_argument(
            "--keep",
            action="append",
            default=[],
            metavar="HEADING=FIELD",
            help="keep for that source what a heading is; “HEADING=” leaves it out",
        )
        parser.add_argument("--key", default="", metavar="HEADING", help="keep for that source which heading tells its rows apart")
        parser.add_argument("--licence", default="", help="keep for that source under which licence its listings stand")
        parser.add_argument("--dry-run", action="store_true", help="say what would be made and changed, and write nothing")
        parser.add_argument("--skip-bad", action="store_true", help="leave bad rows out instead of stopping")

        parser.add_argument(
            "--bad-rows", default="", metavar="FILE", help="write the bad rows, and what is wrong with each, to this CSV file"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = import_listings(
                options["file"],
                by=system_user(),
                source=options["source"] or options["columns"],
                dry_run=options["dry_run"],
                skip_bad=options["skip_bad"],
                columns=self._columns(options),
            )
        except BadFile as error:
            raise CommandError(str(error)) from error
        if options["bad_rows"] and report.bad:
            self._write_bad(Path(options["bad_rows"]), report)
        lines = list(report.lines())
        for line in lines[:-1]:
            (self.stderr if line in map(str, report.bad) else self.stdout).write(line)
        if report.stopped:
            raise CommandError(lines[-1])
        self.stdout.write(lines[-1])

    def _write_bad(self, path: Path, report: Report) -> None:
        try:
            with path.open("x", encoding="utf-8", newline="") as file:
                file.writelines(csv_lines(bad_rows_as_table(report.bad)))
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error

    def _columns(self, options: dict[str, Any]) -> Columns:
        name = options["columns"]
        wishes = options["keep"] or options["key"] or options["licence"]
        if not name:
            if wishes:
                raise CommandError("Say with --columns for which source that is to be kept.")
            return AS_THEY_ARE
        source = ImportSource.objects.filter(name=name).first()
        if wishes:
            said = dict(pair.rpartition("=")[::2] for pair in options["keep"])
            if "" in said:
                raise CommandError("Write --keep as HEADING=FIELD.")
            known = source or ImportSource()
            try:
                source = set_source(
                    name,
                    known.columns | said,
                    by=system_user(),
                    defaults=known.defaults,
                    licence=options["licence"] or known.licence,
                    key_column=options["key"] or known.key_column,
                )
            except ValidationError as error:
                raise CommandError(" ".join(error.messages)) from error
        if source is None:
            raise CommandError(f"Nothing is kept for {name} yet. Say what its headings are with --keep.")
        return columns_of(source)
