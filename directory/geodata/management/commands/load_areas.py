import re
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from directory.geodata.area_files import read_areas
from directory.geodata.areas import SetDetails, Shape, Stored, WrongSet, store
from directory.geodata.codepoint import UnreadableFile
from directory.geodata.models import AreaKind
from directory.geodata.sectors import CannotDraw, draw_sectors, sector_details


class Command(BaseCommand):
    help = "Load areas (wards, districts, ...) from a GeoJSON as a set of one kind and year; or draw postcode sectors where there is none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", default="", help="GeoJSON, or another file of outlines that geopandas reads.")
        parser.add_argument("--set", dest="slug", default="", help="Short name of the set, such as kirklees-wards-2013.")
        parser.add_argument("--title", default="", help="Name of the set as people read it; without it, made from --set.")
        parser.add_argument("--kind", choices=AreaKind.values, help="What the areas are.")
        parser.add_argument("--year", type=int, help="The year the lines came into force.")
        parser.add_argument("--code", default="code", help="Column with the areas' codes (default: code).")
        parser.add_argument("--name", default="name", help="Column with the areas' names (default: name).")
        parser.add_argument("--crs", default="", help="Coordinate system, where the file does not say it: EPSG:27700 is the national grid.")
        parser.add_argument("--source", default="", help="Where the file is from, shown beside maps and figures.")
        parser.add_argument("--licence", default="", help="Under which licence, shown beside maps and figures.")
        parser.add_argument("--install", action="store_true", help="Make this the set that 'area' means from now on.")
        parser.add_argument("--skip-bad", action="store_true", help="Load the good features although some are bad.")
        parser.add_argument("--sectors", action="store_true", help="Draw postcode sectors from the loaded postcodes and install them.")
        parser.add_argument("--areas", default="", help="With --sectors: only these postcode areas, such as HD,HX.")

    def handle(self, *args: Any, file: str, sectors: bool, areas: str, **options: Any) -> None:
        if bool(file) == sectors:
            raise CommandError("Name a file of areas, or say --sectors (not both).")
        try:
            if sectors:
                letters = [name.strip().upper() for name in areas.split(",") if name.strip()]
                stored = store(sector_details(), draw_sectors(letters), install_it=True)
            else:
                details = _details(options)
                stored = store(details, self._good_shapes(Path(file), options), install_it=options["install"])
        except (UnreadableFile, WrongSet, CannotDraw) as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            self._tell(stored)

    def _good_shapes(self, file: Path, options: dict[str, Any]) -> list[Shape]:
        """The areas of the file, with a line for each bad feature, which stops the load unless --skip-bad."""
        reading = read_areas(file, options["code"], options["name"], options["crs"])
        for line in (*reading.bad, *reading.mended):
            self.stderr.write(line)
        if reading.bad and not options["skip_bad"]:
            raise CommandError(
                f"{len(reading.bad)} bad features, so nothing was loaded. Mend the file, or load the others with --skip-bad."
            )
        if not reading.shapes:
            raise CommandError(f"{file.name} holds no area.")
        return reading.shapes

    def _tell(self, stored: Stored) -> None:
        self.stdout.write(
            f"{stored.area_set}: {stored.new} new areas, {stored.again} loaded again; {stored.postcodes:,} postcodes lie in them."
            + (" This set is installed." if stored.area_set.installed else "")
        )
        if stored.missing:
            self.stdout.write(f"Not in the file, and kept: {', '.join(stored.missing)}.")


def _details(options: dict[str, Any]) -> SetDetails:
    slug, kind, year = options["slug"], options["kind"], options["year"]
    if not slug or not kind or not year:
        raise CommandError("A file of areas needs --set, --kind and --year.")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", slug):
        raise CommandError("--set is small letters, digits and hyphens, such as kirklees-wards-2013.")
    if not 1800 <= year <= 2200:
        raise CommandError("--year is a year, such as 2026.")
    title = options["title"] or slug.replace("-", " ").removesuffix(f" {year}").capitalize()
    return SetDetails(slug, title[:120], AreaKind(kind), year, options["source"][:300], options["licence"][:300])
