"""The area a service covers: read from words, checked as JSON, stored as rows, said in words."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from directory import venues
from directory.area_words import outlines_in, words_as_rows
from directory.drawn_areas import columns_of, outline_of, size_words
from directory.geodata.locating import normalise_district
from directory.geodata.models import Area
from directory.geojson import MOST_POINTS, read_outline
from directory.models import Location, Service, ServiceArea

MOST_PARTS = 60
_KINDS = "a half postcode, a known area, a distance around a place, or an outline"


def read(service: Service) -> list[dict[str, Any]]:
    """The rows of a service as JSON, in a steady order."""
    return as_json(service.areas.all())


def as_json(rows: Iterable[ServiceArea]) -> list[dict[str, Any]]:
    """Stored rows as JSON, in a steady order."""
    return _sorted(map(_as_json, rows))


def clean(value: Any, before: Iterable[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
    """JSON rows, or words and GeoJSON parted by semicolons, as JSON rows. Raises ValidationError in plain words.

    `before`: rows that words may mean by their names, too; that is how a drawn area stays when the words beside it change.
    """
    if isinstance(value, str):
        named = _by_name(before)
        words, drawn = outlines_in(value)
        parts = [part.strip() for part in words.replace("\n", ";").split(";")]
        value = [*(row for part in parts if part for row in named.get(part) or words_as_rows(part)), *drawn]
    if not isinstance(value, list) or len(value) > MOST_PARTS:
        raise ValidationError(f"An area is a list of {MOST_PARTS} parts at most.")
    rows = {json.dumps(row, sort_keys=True): row for row in map(_clean_row, value)}
    if sum(_points(row["drawn"]) for row in rows.values() if "drawn" in row) > MOST_POINTS:
        raise ValidationError(f"The drawn areas have more than {MOST_POINTS:,} points together. Draw them more simply.")
    return _sorted(rows.values())


def write(service: Service, value: Sequence[Mapping[str, Any]]) -> None:
    """Put these rows in the place of those that are there. Raises ValidationError for the area of a place where the service is not."""
    service.areas.all().delete()
    make(service, value)


def make(service: Service, value: Sequence[Mapping[str, Any]]) -> None:
    """Write the rows of a service that has none. Raises ValidationError as `write` does."""
    places = venues.rows_by_place(service) if any(row.get("place") for row in value) else {}
    if any(row.get("place") and row["place"] not in places for row in value):
        raise ValidationError("One of the areas is covered from a place where the service is not.")
    ServiceArea.objects.bulk_create(
        [ServiceArea(service=service, at_location_id=places.get(row.get("place", "")), **_columns(row)) for row in value]
    )


def of_place(rows: Iterable[Mapping[str, Any]], place: str) -> list[dict[str, Any]]:
    """The rows that hold for one place alone (the id of a Location), or with "" for the whole service; said without their place."""
    return [{name: told for name, told in row.items() if name != "place"} for row in rows if row.get("place", "") == place]


def names(value: Iterable[Mapping[str, Any]]) -> list[str]:
    """Each part by its name, once."""
    return list(dict.fromkeys(part_name(row) for row in value))


def as_text(value: Iterable[Mapping[str, Any]]) -> str:
    """Words that `clean` reads back, for a text field."""
    return "; ".join(names(value))


def in_words(value: Iterable[Mapping[str, Any]]) -> str:
    """What it says to people who compare two of them: an outline shows how large it is, since its name may stay while it changes."""
    rows = list(value)
    places = Location.objects.in_bulk({row["place"] for row in rows if "place" in row})
    return ", ".join(dict.fromkeys(_compared(row, places) for row in rows))


def _compared(row: Mapping[str, Any], places: Mapping[UUID, Location]) -> str:
    told = part_name(row) + (f" ({size_words(row['drawn'])})" if "drawn" in row else "")
    return f"{told} from {places.get(UUID(row['place'])) or 'a place'}" if "place" in row else told


def part_name(row: Mapping[str, Any]) -> str:
    """What one part is called."""
    if row.get("everywhere"):
        return "everywhere"
    return row.get("label") or row.get("district") or ("an area drawn on a map" if row.get("drawn") else "an area")


def _by_name(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Rows by their names: several districts may share the name of a region."""
    named: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        named.setdefault(part_name(row), []).append(row)
    return named


def _points(outline: Mapping[str, Any]) -> int:
    parts = outline["coordinates"] if outline["type"] == "MultiPolygon" else [outline["coordinates"]]
    return sum(len(ring) - 1 for part in parts for ring in part)


def _sorted(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (part_name(row), json.dumps(row, sort_keys=True)))


def _clean_row(row: Any) -> dict[str, Any]:
    if not isinstance(row, Mapping):
        raise ValidationError(f"Each part of an area names {_KINDS}.")
    label = row.get("label") or ""
    kinds = [key for key in _CLEANERS if row.get(key)]
    allowed = {"label", "place", *kinds, *(["miles"] if kinds == ["around"] else [])}
    if (
        len(kinds) != 1
        or not isinstance(label, str)
        or "\0" in label
        or not {key for key, value in row.items() if value not in (None, "")} <= allowed
    ):
        raise ValidationError(f"Each part of an area names one thing: {_KINDS}.")
    # In a text field a semicolon parts one name from the next.
    label = " ".join(label.replace(";", ",").split())[:100].strip()
    place = {"place": _place_id(row["place"])} if row.get("place") else {}
    return {**_CLEANERS[kinds[0]](row), **({"label": label} if label else {}), **place}


def _place_id(value: Any) -> str:
    try:
        return str(UUID(str(value)))
    except ValueError as error:
        raise ValidationError("An area is covered from a place that is not known here.") from error


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


_CLEANERS = {
    "district": _clean_district,
    "area": _clean_area,
    "around": _clean_around,
    "drawn": lambda row: {"drawn": read_outline(row["drawn"])},
    "everywhere": lambda row: {"everywhere": True},
}


def _as_json(row: ServiceArea) -> dict[str, Any]:
    named = {"label": row.label} if row.label else {}
    if row.at_location is not None:
        named["place"] = str(row.at_location.location_id)
    if row.everywhere:
        return {"everywhere": True, **named}
    if row.district:
        return {"district": row.district, **named}
    if row.area_id:
        return {"area": str(row.area_id), **named}
    if row.drawn:
        return {"drawn": outline_of(row), **named}
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
    return columns | (columns_of(row["drawn"]) if "drawn" in row else {})
