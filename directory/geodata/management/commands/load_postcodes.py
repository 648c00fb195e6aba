import re
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from directory.geodata.codepoint import ATTRIBUTION, UnreadableFile
from directory.geodata.models import AreaSet
from directory.geodata.postcode_loading import Loaded, load_postcodes


class Command(BaseCommand):
    help = "Load postcodes and their positions, all of Great Britain or some postcode areas. Safe to stop and to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--areas", default="", help="Only these postcode areas, such as HD,HX. Without it: all, 1.7 million postcodes.")
        parser.add_argument(
            "--file", default="", help="Code-Point Open (zip, folder or CSV), or a CSV with headings, instead of what is here."
        )

    def handle(self, *args: Any, areas: str, file: str, **options: Any) -> None:
        letters = [name.strip().upper() for name in areas.split(",") if name.strip()]
        odd = [name for name in letters if not re.fullmatch("[A-Z]{1,2}", name)]
        if odd:
            raise CommandError(f"{', '.join(odd)}: a postcode area is the one or two letters a postcode begins with, such as HD.")
        try:
            total = load_postcodes(Path(file) if file else None, letters, self._progress if options["verbosity"] else None)
        except UnreadableFile as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError("Stopped. What was loaded stays; run the same command again to go on.") from None
        if options["verbosity"]:
            self.stdout.write(f"Postcodes: {total}.\n{ATTRIBUTION}")
            if not AreaSet.objects.filter(installed=True).exists():
                self.stdout.write(
                    "No areas are installed yet: 'manage.py load_areas' takes a GeoJSON, or draws postcode sectors with --sectors."
                )

    def _progress(self, done: int, files: int, label: str, total: Loaded) -> None:
        """One line that is written over on a terminal; every tenth file in a log."""
        count = total.new + total.changed + total.same
        line = f"{done} of {files} files, {label}: {count:,} postcodes"
        if self.stdout.isatty():
            self.stdout.write(f"\r{line:<60}", ending="\n" if done == files else "")
            self.stdout.flush()
        elif done % 10 == 0:
            self.stdout.write(line)
