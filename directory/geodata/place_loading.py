"""Puts the gazetteer, a CSV of towns and villages with their local spellings, into the database."""

import csv
from pathlib import Path

from django.db import transaction

from directory import clock
from directory.geodata.codepoint import UnreadableFile
from directory.geodata.models import Place, PlaceKind
from directory.geodata.spelling import normalise_district

GAZETTEER = Path(__file__).resolve().parents[1] / "data" / "gazetteer.csv"
COLUMNS = ("name", "kind", "lat", "lon", "postcode_district", "also")


@transaction.atomic
def load_places(file: Path = GAZETTEER) -> int:
    """Load every place of the file, all or none; a place that is there by name and district is brought up to date. Returns how many.

    Raises UnreadableFile with one line for each bad row.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFile(f"{file.name} cannot be read: {error}.") from error
    if not rows or not set(COLUMNS) <= set(rows[0]):
        raise UnreadableFile(f"{file.name} needs rows below the headings {', '.join(COLUMNS)}.")
    places: dict[tuple[str, str], Place] = {}
    bad: list[str] = []
    for number, row in enumerate(rows, start=2):
        try:
            place = _place({column: (row[column] or "").strip() for column in COLUMNS})
            if places.setdefault((place.name, place.postcode_district), place) is not place:
                raise ValueError("the same name and half postcode stand there twice")
        except ValueError as why:
            bad.append(f"{file.name}, line {number}: {why}.")
    if bad:
        raise UnreadableFile("\n".join(bad))
    Place.objects.bulk_create(
        places.values(),
        update_conflicts=True,
        unique_fields=["name", "postcode_district"],
        update_fields=["kind", "lat", "lon", "also", "changed_at"],
        batch_size=500,
    )
    return len(places)


def _place(row: dict[str, str]) -> Place:
    """Raises ValueError with what is wrong."""
    if not row["name"]:
        raise ValueError("there is no name")
    if row["kind"] not in PlaceKind.values:
        raise ValueError(f"the kind {row['kind']!r} is none of {', '.join(PlaceKind.values)}")
    district = normalise_district(row["postcode_district"])
    if not district:
        raise ValueError(f"{row['postcode_district']!r} is no half postcode")
    try:
        lat, lon = float(row["lat"]), float(row["lon"])
    except ValueError:
        raise ValueError(f"{row['lat']!r} and {row['lon']!r} are no position") from None
    if not (49 < lat < 62 and -9 < lon < 3):
        raise ValueError(f"{lat}, {lon} is outside Great Britain")
    return Place(name=row["name"], kind=row["kind"], lat=lat, lon=lon, postcode_district=district, also=row["also"], changed_at=clock.now())
