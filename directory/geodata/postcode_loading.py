"""Puts postcode files into the database: only what differs is written, so that a second run, or one after a stop, is short."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction

from directory.geodata import codepoint, membership
from directory.geodata.models import Postcode

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

# A file that would retire more than this share of a postcode area's postcodes is broken or cut short.
MOST_RETIRED = 0.2
FEW = 50

_Known = tuple[float, float, bool]


@dataclass
class Loaded:
    """What a load did, in postcodes."""

    new: int = 0
    changed: int = 0
    retired: int = 0
    same: int = 0

    def __str__(self) -> str:
        return f"{self.new:,} new, {self.changed:,} changed, {self.retired:,} retired, {self.same:,} as before"


def load_postcodes(
    file: Path | None = None, areas: Collection[str] = (), report: Callable[[int, int, str, Loaded], None] | None = None
) -> Loaded:
    """Load the postcodes of some postcode areas ("HD"; none named: all), from a file or from those that come with the product.

    Each postcode area is one transaction: a load that is stopped goes on where it was when it is run again. A postcode that its postcode
    area's file no longer holds is retired, never deleted. report: called after each file with (files done, files, its label, the sum).

    Raises codepoint.UnreadableFile; what was loaded before stays.
    """
    total = Loaded()
    shapes = membership.shapes_of()
    todo = codepoint.parts(file, areas)
    for done, part in enumerate(todo, start=1):
        for rows in codepoint.read(part, areas):
            _store(rows, part, shapes, total)
            if report:
                report(done, len(todo), part.label, total)
    return total


@transaction.atomic
def _store(rows: list[codepoint.Row], part: codepoint.Part, shapes: "GeoDataFrame | None", total: Loaded) -> None:
    wanted = {code: (lat, lon, live) for code, lat, lon, live in rows}
    known = _known_of_area(part.area) if part.area else _known_among(wanted)
    gone = [code for code, (_, _, live) in known.items() if live and code not in wanted]
    live_before = sum(live for _, _, live in known.values())
    if len(gone) > max(FEW, live_before * MOST_RETIRED):
        raise codepoint.UnreadableFile(
            f"{part.label}: {len(gone):,} of {live_before:,} postcodes are not in the file. It looks cut short; nothing of it was loaded."
        )
    different = {code: values for code, values in wanted.items() if known.get(code) != values}
    placed = [(code, lat, lon) for code, (lat, lon, _) in different.items() if code not in known or known[code][:2] != (lat, lon)]
    _write(different)
    for start in range(0, len(gone), 500):
        Postcode.objects.filter(code__in=gone[start : start + 500]).update(live=False)
    membership.forget([code for code, _, _ in placed if code in known])
    membership.assign(placed, shapes)
    new = sum(code not in known for code in different)
    total.new += new
    total.changed += len(different) - new
    total.retired += len(gone)
    total.same += len(wanted) - len(different)


def _write(different: dict[str, _Known]) -> None:
    Postcode.objects.bulk_create(
        (Postcode(code=code, lat=lat, lon=lon, live=live) for code, (lat, lon, live) in different.items()),
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["lat", "lon", "live"],
        batch_size=5_000,
    )


def _known_of_area(area: str) -> dict[str, _Known]:
    rows = Postcode.objects.filter(code__range=(f"{area}0", f"{area}9ZZZZ")).values_list("code", "lat", "lon", "live")
    return {code: (lat, lon, live) for code, lat, lon, live in rows}


def _known_among(codes: Iterable[str]) -> dict[str, _Known]:
    wanted = list(codes)
    known: dict[str, _Known] = {}
    for start in range(0, len(wanted), 500):
        rows = Postcode.objects.filter(code__in=wanted[start : start + 500]).values_list("code", "lat", "lon", "live")
        known.update({code: (lat, lon, live) for code, lat, lon, live in rows})
    return known
