"""manage.py import_sheet KIND FILE --by ADDRESS [--write]: a spreadsheet of the co-op, tried, or brought in."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from directory.accounts.models import User
from directory.imports.faults import BadFile
from matching.models import Sheet
from matching.sheets.flow import bring_in, drop_sheet, try_sheet
from matching.sheets.reading import read_sheet


class Command(BaseCommand):
    """What becomes of each row, by its number; without --write nothing is written and nothing kept."""

    help = "Try a spreadsheet of people, volunteers, checks or pairs, and with --write bring its good rows in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=Sheet.Kind.values)
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, help="The e-mail address of the coordinator who brings it in.")
        parser.add_argument("--write", action="store_true", help="Write the good rows, all of them or none.")

    def handle(self, *args: Any, **options: Any) -> None:
        by = User.objects.filter(email=options["by"].strip().lower(), is_active=True).first()
        if by is None:
            raise CommandError("There is no account with this address.")
        try:
            sheet = try_sheet(options["kind"], read_sheet(options["file"], options["kind"]), by=by)
        except (BadFile, OSError) as error:
            raise CommandError(str(error)) from error
        except PermissionDenied as error:
            raise CommandError("Only a coordinator brings spreadsheets in.") from error
        outcome = sheet.outcome
        if options["write"]:
            sheet = bring_in(sheet, by=by)
            outcome = sheet.outcome
        for line in outcome:
            if line["does"] != "same":
                self.stdout.write(f"row {line['row']}: {line['does']}{': ' if line['words'] else ''}{line['words']}")
        counts = ", ".join(f"{number} {name}" for name, number in sheet.counts.items())
        if not options["write"]:
            drop_sheet(sheet, by=by)
        self.stdout.write(f"{'Brought in' if options['write'] else 'Tried, nothing is written'}: {counts}.")
