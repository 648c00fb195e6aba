"""Miles by road between villages where a hill lies between them: the table that comes with the product, or the co-op's own."""

import csv
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from directory.geodata.codepoint import UnreadableFile
from directory.geodata.locating import PlaceName, fold, locality_of, miles, place_vocabulary

SHIPPED = Path(__file__).resolve().parents[1] / "data" / "valley_roads.csv"
COLUMNS = ("from", "to", "miles", "source")
MOST_MILES = 60.0
# What rounding to a tenth may take away.
ROUNDING = 0.06


@dataclass(frozen=True)
class Road:
    """The way between two villages, the same in both directions. `source` says where the figure is from."""

    one: str
    other: str
    miles: float
    source: str


def own_table() -> Path:
    """Where the co-op's own table lies, if it has one."""
    return Path(settings.CARESTORE_HOME) / "valley_roads.csv"


def table_in_use() -> Path:
    """The co-op's own table, or else the one that comes with the product."""
    own = own_table()
    return own if own.is_file() else SHIPPED


def read_roads(file: Path) -> list[Road]:
    """Every road of a table, with the villages by their names in the gazetteer. Raises UnreadableFile with a line for each bad row."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFile(f"{file.name} cannot be read: {error}.") from error
    if not rows or not set(COLUMNS) <= set(rows[0]):
        raise UnreadableFile(f"{file.name} needs rows below the headings {', '.join(COLUMNS)}.")
    known = place_vocabulary()
    roads: dict[frozenset[str], Road] = {}
    bad: list[str] = []
    for number, row in enumerate(rows, start=2):
        try:
            road = _road({column: (row[column] or "").strip() for column in COLUMNS}, known)
            if roads.setdefault(frozenset((road.one, road.other)), road) is not road:
                raise ValueError(f"{road.one} and {road.other} stand there twice; a road goes both ways")
        except ValueError as why:
            bad.append(f"{file.name}, line {number}: {why}.")
    if bad:
        raise UnreadableFile("\n".join(bad))
    return list(roads.values())


def install_own(file: Path) -> int:
    """Check a table and make it the co-op's own. Returns how many roads it has. Raises UnreadableFile; then nothing has changed."""
    roads = read_roads(file)
    beside = own_table().with_suffix(".new")
    with beside.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        writer.writerows((road.one, road.other, f"{road.miles:g}", road.source) for road in roads)
    os.replace(beside, own_table())
    return len(roads)


def _road(row: Mapping[str, str], known: Mapping[str, PlaceName]) -> Road:
    """Raises ValueError with what is wrong."""
    one, other = (_village(row[end], known) for end in ("from", "to"))
    if one == other:
        raise ValueError(f"from {one.name} to itself is no way")
    try:
        length = float(row["miles"])
    except ValueError:
        raise ValueError(f"{row['miles']!r} is no number of miles") from None
    straight = miles(one.lat, one.lon, other.lat, other.lon)
    if not straight - ROUNDING <= length <= MOST_MILES:
        raise ValueError(f"{row['miles']} miles from {one.name} to {other.name} cannot be: as the crow flies it is {straight:.1f}")
    if not row["source"]:
        raise ValueError("there is no source: say who measured it, or that it is an estimate")
    return Road(one.name, other.name, length, row["source"])


def _village(name: str, known: Mapping[str, PlaceName]) -> PlaceName:
    place = known.get(fold(name))
    if place is None:
        raise ValueError(f"{name!r} is no village of the gazetteer")
    if (village := locality_of(place.lat, place.lon)) != place.name:
        raise ValueError(f"{name} lies where the gazetteer has {village}: use that name")
    return place
