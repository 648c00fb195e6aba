"""Addresses as the standard wants them: a first line, a town and a county, although a place here has one line and a postcode."""

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import uuid5

from directory.geodata.spelling import compact, normalise_postcode, shown_postcode
from directory.models import Location
from directory.openreferral.values import Record, told

# Every postcode area's chief post town, and the county that stood on envelopes there.
TOWNS = Path(__file__).parent / "data" / "post_towns.csv"
_AREA = re.compile(r"[A-Z]{1,2}(?=[0-9])")


@dataclass(frozen=True)
class PostTown:
    """Where a postcode area's letters go."""

    town: str
    county: str


def addresses_of(location: Location) -> list[Record]:
    """The address of a place, by a steady id; none where its postcode is not known, without which no address is whole."""
    code = normalise_postcode(location.postcode)
    post_town = post_town_of(location.postcode)
    if code is None or post_town is None:
        return []
    first, town = _parted(location, post_town)
    address = told(
        id=str(uuid5(location.pk, "address")),
        location_id=str(location.pk),
        address_1=first or location.name.strip() or town,
        city=town,
        state_province=post_town.county,
        postal_code=shown_postcode(code),
        country="GB",
        address_type="physical",
    )
    return [address]


def post_town_of(postcode: str) -> PostTown | None:
    """Town and county of a postcode's area; None for what is no postcode of this country."""
    found = _AREA.match(compact(postcode))
    return _towns().get(found[0]) if found else None


def _parted(location: Location, post_town: PostTown) -> tuple[str, str]:
    """The first line and the town: "Peel Street, Marsden" is Peel Street in Marsden."""
    pieces = [piece.strip() for piece in location.address.split(",")]
    code = compact(location.postcode)
    pieces = [piece for piece in pieces if piece and compact(piece) != code and piece.casefold() != post_town.county.casefold()]
    if len(pieces) > 1 and not any(letter.isdigit() for letter in pieces[-1]):
        return ", ".join(pieces[:-1]), pieces[-1]
    return ", ".join(pieces), post_town.town


@lru_cache(maxsize=1)
def _towns() -> dict[str, PostTown]:
    with TOWNS.open(encoding="utf-8", newline="") as file:
        return {row["area"]: PostTown(row["town"], row["county"]) for row in csv.DictReader(file)}
