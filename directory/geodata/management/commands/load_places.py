from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from directory.geodata.codepoint import UnreadableFile
from directory.geodata.place_loading import GAZETTEER, load_places


class Command(BaseCommand):
    help = "Load towns and villages with their local spellings, from the gazetteer that comes with the product or from another CSV."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", default=str(GAZETTEER), help="CSV with name, kind, lat, lon, postcode_district, also.")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        try:
            count = load_places(Path(file))
        except UnreadableFile as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            self.stdout.write(f"{count} places.")
