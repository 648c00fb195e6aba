"""Outlines of areas as GeoJSON text, for a whole page of records at once. Listings share areas, so what was written once is kept."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any
from uuid import UUID

from directory.extents import extent_of
from directory.geodata.models import Area
from directory.models import ServiceArea
from directory.served import circle

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Told = tuple[Any, ...]
# A ward's outline is about 20 kB of text, a circle's one.
MOST_LETTERS = 40_000_000

_lock = Lock()
_kept: "OrderedDict[Told, str]" = OrderedDict()
_letters = 0


def outlines_for(rows: Iterable[ServiceArea]) -> dict[UUID, str]:
    """GeoJSON by row, for those that have a line. Two queries at most, whatever is asked for; the rows come from `areas_with_names`."""
    asked = {row.pk: (told, row) for row in rows if (told := _told(row)) is not None}
    found = {told: text for told, _ in asked.values() if (text := _get(told)) is not None}
    missing = {told: row for told, row in asked.values() if told not in found}
    found |= _drawn([row for told, row in missing.items() if told[0] == "drawn"])
    found |= _areas([row for told, row in missing.items() if told[0] == "area"])
    for told in missing:
        if told[0] == "circle":
            _, lat, lon, miles = told
            found[told] = _keep(told, circle(lat, lon, miles))
    return {pk: found[told] for pk, (told, _) in asked.items() if told in found}


def _told(row: ServiceArea) -> Told | None:
    """What an outline hangs on: a drawing's code for ever, a known area's while its set is not loaded anew."""
    if row.drawn:
        return "drawn", row.drawn
    if row.area is not None:
        return "area", row.area_id, row.area.area_set.changed_at
    if row.lat is not None and row.lon is not None and row.miles:
        return "circle", row.lat, row.lon, row.miles
    return None


def _drawn(rows: Sequence[ServiceArea]) -> dict[Told, str]:
    if not rows:
        return {}
    shapes = ServiceArea.objects.filter(pk__in=[row.pk for row in rows]).values_list("drawn", "outline")
    return {told: _keep(told, _read(outline)) for drawn, outline in shapes if outline for told in [("drawn", drawn)]}


def _areas(rows: Sequence[ServiceArea]) -> dict[Told, str]:
    if not rows:
        return {}
    shapes = dict(Area.objects.filter(pk__in={row.area_id for row in rows}).values_list("pk", "geometry"))
    tolds = {row.area_id: told for row in rows if (told := _told(row)) is not None}
    return {told: _keep(told, _read(shapes[pk])) for pk, told in tolds.items() if pk in shapes}


def _read(stored: bytes | memoryview) -> "BaseGeometry":
    import shapely

    return shapely.from_wkb(bytes(stored))


def _get(told: Told) -> str | None:
    with _lock:
        if told in _kept:
            _kept.move_to_end(told)
        return _kept.get(told)


def _keep(told: Told, shape: "BaseGeometry") -> str:
    global _letters
    text = extent_of(shape)
    with _lock:
        if told not in _kept:
            _letters += len(text)
        _kept[told] = text
        while _letters > MOST_LETTERS:
            _letters -= len(_kept.popitem(last=False)[1])
    return text
