from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from directory.accounts.system import system_user
from directory.taxonomies.list_files import BadList, read_list
from directory.taxonomies.loading import load_shipped, load_taxonomy


class Command(BaseCommand):
    help = (
        "Load a published list of terms (JSON, as the web services of the Local Government Association give it); --shipped loads our own."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?")
        parser.add_argument("--uri", default="", help="the list's own address, where the file does not say it")
        parser.add_argument("--terms-uri", default="", help="what the addresses of its terms begin with, where the file does not say them")
        parser.add_argument("--shipped", action="store_true", help="the few terms and mappings that come with the product")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["shipped"]:
            self.stdout.write(f"{load_shipped()} mappings made.")
        elif not options["file"]:
            raise CommandError("Name a file, or say --shipped.")
        if options["file"]:
            try:
                told = read_list(Path(options["file"]), uri=options["uri"], terms_uri=options["terms_uri"])
                self.stdout.write(str(load_taxonomy(told, by=system_user())))
            except BadList as error:
                raise CommandError(str(error)) from error
