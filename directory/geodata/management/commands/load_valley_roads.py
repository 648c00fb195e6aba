from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from directory.geodata.codepoint import UnreadableFile
from directory.geodata.valley_roads import install_own, own_table


class Command(BaseCommand):
    help = "Use the co-op's own table of miles by road between villages, in place of the estimates that come with the product."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="CSV with from, to, miles, source; villages by their names in the gazetteer, each pair once.")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        try:
            count = install_own(Path(file))
        except UnreadableFile as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            self.stdout.write(f"{count} roads, in {own_table()}. Take that file away to go back to the estimates.")
            self.stdout.write("Now run rebuild_index, so that the finder knows which listings lie in these villages.")
