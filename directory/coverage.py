"""The area a service covers: read from words, checked as JSON, stored as rows, said in words."""

import csv
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from directory.geodata.locating import fold, installed_set, normalise_district, place_vocabulary
from directory.geodata.models import Area
from directory.models import Service, ServiceArea

REGIONS = Path(__file__).parent / "data" / "regions.csv"
EVERYWHERE = {"everywhere", "the whole country", "whole country", "nationwide", "england", "uk"}
# How far "in Golcar" goes, in miles, by what sort of place it is.
MILES_AROUND = {"town": 2.5, "village": 1.5, "suburb": 1.0, "hamlet": 1.0}
MOST_PARTS = 60


def read(service: Service) -> list[dict[str, Any]]:
    """The rows of a service as JSON, in a steady order."""
    return _sorted(_as_json(row) for row in service.areas.all())


def clean(value: Any) -> list[dict[str, Any]]:
    """JSON rows, or words parted by semicolons, as JSON rows. Raises ValidationError in plain words."""
    if isinstance(value, str):
        parts = [part.strip() for part in value.replace("\n", ";").split(";")]
        value = [row for part in parts if part for row in _from_words(part)]
    if not isinstance(value, list) or len(value) > MOST_PARTS:
        raise ValidationError(f"An area is a list of {MOST_PARTS} parts at most.")
    rows = {json.dumps(row, sort_keys=True): row for row in map(_clean_row, value)}
    return _sorted(rows.values())


def write(service: Service, value: Iterable[Mapping[str, Any]]) -> None:
    """Put these rows in the place of those that are there."""
    service.areas.all().delete()
    ServiceArea.objects.bulk_create([ServiceArea(service=service, **_columns(row)) for row in value])


def names(value: Iterable[Mapping[str, Any]]) -> list[str]:
    """Each part by its name, once."""
    return list(dict.fromkeys(_name(row) for row in value))


def as_text(value: Iterable[Mapping[str, Any]]) -> str:
    """Words that `clean` reads back, for a text field."""
    return "; ".join(names(value))


def _sorted(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (_name(row), json.dumps(row, sort_keys=True)))


def _name(row: Mapping[str, Any]) -> str:
    return "everywhere" if row.get("everywhere") else row.get("label") or row.get("district") or "an area"


def _from_words(words: str) -> list[dict[str, Any]]:
    folded = fold(words)
    if folded in EVERYWHERE:
        return [{"everywhere": True}]
    if district := normalise_district(words):
        return [{"district": district}]
    if districts := _regions().get(folded):
        return [{"district": district, "label": districts[0]} for district in districts[1:]]
    if area := _area_called(folded):
        return [{"area": str(area.pk), "label": area.name}]
    if place := place_vocabulary().get(folded):
        return [{"around": [place.lat, place.lon], "miles": MILES_AROUND.get(place.kind, 1.5), "label": place.name}]
    raise ValidationError(f"We do not know the area “{words}”. Write a half postcode (HD7), a village or town, or “everywhere”.")


@lru_cache(maxsize=1)
def _regions() -> dict[str, list[str]]:
    """Folded name -> its name, then its postcode districts."""
    with REGIONS.open(encoding="utf-8", newline="") as file:
        return {fold(row["name"]): [row["name"], *row["districts"].split(";")] for row in csv.DictReader(file)}


def _area_called(folded: str) -> Area | None:
    here = installed_set()
    return None if here is None else _areas_by_name(here.pk, here.changed_at).get(folded)


@lru_cache(maxsize=2)
def _areas_by_name(area_set: Any, changed_at: Any) -> dict[str, Area]:
    """Folded name -> area of a set, read once for each state of the set."""
    rows = Area.objects.filter(area_set=area_set).only("id", "name", "area_set").order_by("-code")
    return {fold(area.name): area for area in rows}


def _clean_row(row: Any) -> dict[str, Any]:
    if not isinstance(row, Mapping):
        raise ValidationError("Each part of an area names a half postcode, a known area, or a distance around a place.")
    label = row.get("label") or ""
    kinds = [key for key in ("district", "area", "around", "everywhere") if row.get(key)]
    allowed = {"label", *kinds, *(["miles"] if kinds == ["around"] else [])}
    if (
        len(kinds) != 1
        or "\0" in label
        or not {key for key, value in row.items() if value not in (None, "")} <= allowed
        or not isinstance(label, str)
    ):
        raise ValidationError("Each part of an area names one thing: a half postcode, a known area, or a distance around a place.")
    named = {"label": label.strip()[:100]} if label.strip() else {}
    return {**_CLEANERS[kinds[0]](row), **named}


def _clean_district(row: Mapping[str, Any]) -> dict[str, Any]:
    district = normalise_district(str(row["district"]))
    if not district:
        raise ValidationError(f"“{row['district']}” is not a half postcode such as HD7.")
    return {"district": district}


def _clean_area(row: Mapping[str, Any]) -> dict[str, Any]:
    try:
        key = UUID(str(row["area"]))
    except ValueError as error:
        raise ValidationError("That area is not known here.") from error
    if not Area.objects.filter(pk=key).exists():
        raise ValidationError("That area is not known here.")
    return {"area": str(key)}


def _clean_around(row: Mapping[str, Any]) -> dict[str, Any]:
    try:
        lat, lon = (float(number) for number in row["around"])
        miles = float(row["miles"])
    except (KeyError, TypeError, ValueError) as error:
        raise ValidationError("A distance around a place needs a position and a number of miles.") from error
    if not (-90 <= lat <= 90 and -180 <= lon <= 180 and 0 < miles <= 500):
        raise ValidationError("A distance around a place needs a position on the earth and up to 500 miles.")
    return {"around": [lat, lon], "miles": miles}


_CLEANERS = {"district": _clean_district, "area": _clean_area, "around": _clean_around, "everywhere": lambda row: {"everywhere": True}}


def _as_json(row: ServiceArea) -> dict[str, Any]:
    named = {"label": row.label} if row.label else {}
    if row.everywhere:
        return {"everywhere": True, **named}
    if row.district:
        return {"district": row.district, **named}
    if row.area_id:
        return {"area": str(row.area_id), **named}
    return {"around": [row.lat, row.lon], "miles": row.miles, **named}


def _columns(row: Mapping[str, Any]) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "label": row.get("label", ""),
        "everywhere": bool(row.get("everywhere")),
        "district": row.get("district", ""),
    }
    columns["area_id"] = row.get("area")
    columns["lat"], columns["lon"] = row.get("around", (None, None))
    columns["miles"] = row.get("miles")
    return columns
