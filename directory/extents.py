"""The area a service covers as Open Referral tells it: `service_areas` of HSDS 3, an outline as GeoJSON in `extent`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import uuid5

from django.core.exceptions import ValidationError

from directory import coverage
from directory.area_words import words_as_rows
from directory.geojson import DECIMALS, read_outline
from directory.models import Service, ServiceArea, ServiceAtLocation
from directory.served import outline_of_row

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

GEOJSON = "geojson"
LABEL_LETTERS = 100


def as_service_areas(service: Service, at: ServiceAtLocation | None = None) -> list[dict[str, str]]:
    """Each part of the area of the whole service, or of what is covered from one place alone; see `as_service_area`."""
    place = at.pk if at is not None else None
    return [_with_outline(row) for row in service.areas.all() if row.at_location_id == place]


def as_service_area(row: ServiceArea, extent: str | None = None) -> dict[str, str]:
    """One part of an area by a steady id, with its outline as `extent_of` writes it. Keys without a value are left out.

    A half postcode has a name only.
    """
    name = "United Kingdom" if row.everywhere else str(row)
    told = row.drawn or f"{row.area_id}|{row.district}|{row.lat}|{row.lon}|{row.miles}"
    shown = {"id": str(uuid5(row.at_location_id or row.service_id, told)), "name": name}
    return {**shown, "extent": extent, "extent_type": GEOJSON} if extent else shown


def extent_of(shape: "BaseGeometry") -> str:
    """An outline as GeoJSON text, its corners rounded to about a metre."""
    import numpy
    import shapely

    return str(shapely.to_geojson(shapely.transform(shape, lambda points: numpy.round(points, DECIMALS) + 0.0)))


def from_service_areas(told: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the listing field `area` out of a feed's `service_areas`. A name without an outline is read as words.

    Raises ValidationError in plain words where one has an outline that cannot be taken, or is neither.
    """
    return coverage.clean([row for each in told for row in _rows(each)])


def _with_outline(row: ServiceArea) -> dict[str, str]:
    shape = outline_of_row(row)
    return as_service_area(row, extent_of(shape) if shape is not None else None)


def _rows(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    name = " ".join(str(told.get("name") or told.get("description") or "").split())
    extent, kind = told.get("extent"), str(told.get("extent_type") or "").lower()
    if extent and (kind == GEOJSON or (not kind and str(extent).lstrip().startswith("{"))):
        return [{"drawn": read_outline(extent), "label": name[:LABEL_LETTERS]}]
    words = name or (str(extent).strip() if extent else "")
    if not words:
        raise ValidationError("A service area has neither a name nor an outline.")
    return words_as_rows(words)
