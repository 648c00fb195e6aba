"""The part of the listing form that asks which area a service covers: chosen areas, half postcodes, names, miles around a place, outlines."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from directory import coverage
from directory.area_words import read_within, within
from directory.geodata.locating import installed_set, normalise_district, place_vocabulary
from directory.geodata.models import Area, Postcode
from directory.geodata.outlines import simplified_outlines
from directory.geojson import read_outline

Row = dict[str, Any]
# More areas than these are too many to tick: they are written by name.
MOST_CHOICES = 80


# The id of a place of the listing, and what it is called.
At = tuple[str, str]


def questions(area: list[Row], places: Sequence[At] = ()) -> dict[str, forms.Field]:
    """The fields, in their order, for a listing at these places that covers `area`."""
    seen = coverage.of_place(area, "")
    fields: dict[str, forms.Field] = {"area_everywhere": forms.BooleanField(label="We cover the whole country", required=False)}
    if choices := _choices(seen):
        fields["area_chosen"] = forms.MultipleChoiceField(
            label="Whole areas", choices=choices, required=False, widget=forms.CheckboxSelectMultiple
        )
    fields["area_districts"] = forms.CharField(
        label="Half postcodes", required=False, max_length=400, help_text="Part them with commas: HD7, HD9."
    )
    fields["area"] = forms.CharField(
        label="Villages and towns", required=False, max_length=1000, help_text="Part them with semicolons: Golcar; Marsden."
    )
    for index in range(len(_withins(seen)) + 1):
        which = "" if not index else f" ({index + 1})"
        fields[f"area_miles_{index}"] = forms.FloatField(
            label=f"Within this many miles{which}", required=False, min_value=0.1, max_value=500
        )
        fields[f"area_place_{index}"] = forms.CharField(label=f"of this postcode, village or town{which}", required=False, max_length=80)
    for index, row in enumerate(_drawn(seen)):
        fields[f"area_keep_{index}"] = forms.BooleanField(label=f"Keep the drawn area: {coverage.part_name(row)}", required=False)
    fields["area_drawn"] = forms.CharField(
        label="An area of your own, drawn on a map",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off", "data-draw-area": "draw-area-data"}),
        help_text="Where you see a map here, draw on it. Or paste an outline as GeoJSON, which many map tools can give.",
    )
    fields["area_drawn_name"] = forms.CharField(
        label="What do people call the drawn area?", required=False, max_length=100, help_text="For example: around the reservoir."
    )
    for place, name in _asked(area, places):
        fields[f"area_at_{place}"] = forms.CharField(
            label=f"Another area, only for {name}",
            required=False,
            max_length=1000,
            help_text="Leave this empty where the answers above hold for this place, too. Or write villages and half postcodes: Golcar; HD7.",
        )
    return fields


def initial(area: list[Row], places: Sequence[At] = ()) -> dict[str, Any]:
    """What the fields show at first."""
    seen = coverage.of_place(area, "")
    shown: dict[str, Any] = {
        "area_everywhere": any(row.get("everywhere") for row in seen),
        "area_chosen": [row["area"] for row in seen if "area" in row],
        "area_districts": ", ".join(row["district"] for row in seen if _is_plain_district(row)),
        "area": coverage.as_text(_named(seen)),
        **{f"area_keep_{index}": True for index in range(len(_drawn(seen)))},
    }
    for index, row in enumerate(_withins(seen)):
        shown[f"area_miles_{index}"], shown[f"area_place_{index}"] = read_within(row["label"]) or ("", "")
    for place, _ in _asked(area, places):
        shown[f"area_at_{place}"] = coverage.as_text(coverage.of_place(area, place))
    return shown


def answer(data: Mapping[str, Any], area: list[Row], places: Sequence[At] = ()) -> list[Row]:
    """The area as JSON rows; what the person left as it was stays exactly so. Raises ValidationError with {field: [text]}."""
    rows: list[Row] = []
    faults: dict[str, list[str]] = {}
    seen = coverage.of_place(area, "")
    for name, part in [*_parts(data, seen), *_parts_at(data, area, places)]:
        try:
            rows += part()
        except ValidationError as error:
            faults[name] = error.messages
    if faults:
        raise ValidationError(faults)
    return rows


def map_data() -> dict[str, Any]:
    """What the map to draw on shows as its ground: the installed areas, and the towns and villages by name."""
    here = installed_set()
    places = dict.fromkeys(place_vocabulary().values())
    return {
        "areas": simplified_outlines(here) if here else None,
        "places": [{"name": place.name, "lat": place.lat, "lon": place.lon} for place in places if place.kind in ("town", "village")],
        "tile_url": settings.TILE_URL,
        "tile_attribution": settings.TILE_ATTRIBUTION,
    }


def _parts(data: Mapping[str, Any], seen: list[Row]) -> "Iterator[tuple[str, Any]]":
    """Each question with what reads it."""
    if data.get("area_everywhere"):
        yield "area_everywhere", lambda: [row for row in seen if row.get("everywhere")] or [{"everywhere": True}]
    yield "area_chosen", lambda: _chosen(data.get("area_chosen") or [], seen)
    yield "area_districts", lambda: _districts(data.get("area_districts") or "", seen)
    yield "area", lambda: coverage.clean(data.get("area") or "", before=_named(seen))
    for index in range(len(_withins(seen)) + 1):
        yield (
            f"area_miles_{index}",
            lambda index=index: _within(data.get(f"area_miles_{index}"), data.get(f"area_place_{index}") or "", seen),
        )
    yield "area_keep_0", lambda: [row for index, row in enumerate(_drawn(seen)) if data.get(f"area_keep_{index}")]
    yield "area_drawn", lambda: _new_outline(data.get("area_drawn") or "", data.get("area_drawn_name") or "")


def _asked(area: list[Row], places: Sequence[At]) -> list[At]:
    """The places that are asked for an area of their own: those of a listing with several, or with such an area."""
    return list(places) if len(places) > 1 or any("place" in row for row in area) else []


def _parts_at(data: Mapping[str, Any], area: list[Row], places: Sequence[At]) -> "Iterator[tuple[str, Any]]":
    for place, _ in _asked(area, places):
        yield f"area_at_{place}", lambda place=place: _covered_from(place, data.get(f"area_at_{place}") or "", area)


def _covered_from(place: str, text: str, area: list[Row]) -> list[Row]:
    return [{**row, "place": place} for row in coverage.clean(text, before=coverage.of_place(area, place))]


def _choices(seen: list[Row]) -> list[tuple[str, str]]:
    """The areas of the installed set, and those of other sets that the listing has already."""
    here = installed_set()
    rows = list(Area.objects.filter(area_set=here).defer("geometry")) if here else []
    if len(rows) > MOST_CHOICES:
        rows = []
    known = {str(row.pk) for row in rows}
    others = [row["area"] for row in seen if "area" in row and row["area"] not in known]
    rows += list(Area.objects.filter(pk__in=others).defer("geometry").select_related("area_set"))
    return [(str(row.pk), row.name) for row in rows]


def _chosen(chosen: list[str], seen: list[Row]) -> list[Row]:
    there = {row["area"]: row for row in seen if "area" in row}
    names = dict(Area.objects.filter(pk__in=chosen).values_list("pk", "name"))
    return [there.get(str(pk)) or {"area": str(pk), "label": name} for pk, name in names.items()]


def _districts(text: str, seen: list[Row]) -> list[Row]:
    """Half postcodes out of a comma list; one that no postcode here begins with is a slip."""
    there = {row["district"]: row for row in seen if _is_plain_district(row)}
    rows = []
    for part in filter(None, (part.strip() for part in re.split(r"[,;\n]", text))):
        district = normalise_district(part)
        if not district:
            raise ValidationError(f"“{part}” is not a half postcode such as HD7. Villages and towns go into the question below.")
        if district not in there and _is_unknown(district):
            raise ValidationError(f"There is no half postcode {district}.")
        rows.append(there.get(district) or {"district": district})
    return rows


def _is_unknown(district: str) -> bool:
    """Are the postcodes of these letters loaded, and does none begin so?"""
    letters = re.match("[A-Z]+", district)
    assert letters is not None
    loaded = Postcode.objects.filter(code__range=(f"{letters[0]}0", f"{letters[0]}9ZZZZ"))
    there = Postcode.objects.filter(code__range=(f"{district}0AA", f"{district}9ZZ"), live=True)
    return loaded.exists() and not any(code[:-3] == district for code in there.values_list("code", flat=True).iterator())


def _within(miles: float | None, place: str, seen: list[Row]) -> list[Row]:
    if miles is None and not place.strip():
        return []
    if miles is None or not place.strip():
        raise ValidationError("Say both how many miles, and from where.")
    row = within(miles, place)
    # A place whose middle moved since is still the same answer.
    return [next((before for before in _withins(seen) if before["label"] == row["label"]), row)]


def _new_outline(text: str, name: str) -> list[Row]:
    if not text.strip():
        return []
    if not name.strip():
        raise ValidationError("Give the drawn area a name, so that people know it without the map.")
    return [{"drawn": read_outline(text), "label": name}]


def _drawn(seen: list[Row]) -> list[Row]:
    return [row for row in seen if "drawn" in row]


def _withins(seen: list[Row]) -> list[Row]:
    return [row for row in seen if "around" in row and read_within(row.get("label", ""))]


def _is_plain_district(row: Row) -> bool:
    """A half postcode of its own, not one of those that a region's name stands for."""
    return "district" in row and not row.get("label")


def _named(seen: list[Row]) -> list[Row]:
    """What the question for villages and towns shows: all that has a name and no question of its own."""
    return [
        row
        for row in seen
        if not row.get("everywhere")
        and "area" not in row
        and "drawn" not in row
        and not _is_plain_district(row)
        and row not in _withins(seen)
    ]
