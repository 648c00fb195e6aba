"""What people call the area they cover: a village, a half postcode, a region, so many miles around a place."""

import csv
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError

from directory.geodata.locating import fold, installed_set, locate, normalise_district, place_vocabulary
from directory.geodata.models import Area
from directory.geojson import NO_JSON

REGIONS = Path(__file__).parent / "data" / "regions.csv"
EVERYWHERE = {"everywhere", "the whole country", "whole country", "nationwide", "england", "uk"}
# How far "in Golcar" goes, in miles, by what sort of place it is.
MILES_AROUND = {"town": 2.5, "village": 1.5, "suburb": 1.0, "hamlet": 1.0}
MOST_MILES = 500
MOST_HALVES = 3
_WITHIN = re.compile(r"(?:within\s+)?(?P<miles>\d{1,3}(?:\.\d{1,2})?)\s+miles?\s+(?:of|around|from)\s+(?P<place>\S.*)", re.IGNORECASE)


def halves_of_region(name: str) -> tuple[str, tuple[str, ...]] | None:
    """What a region is called, and the half postcodes that make it up; None for any other name."""
    region = _regions().get(fold(name))
    return (region[0], tuple(region[1:])) if region else None


def small_regions() -> frozenset[str]:
    """The folded names of regions that are small enough to stand for where somebody is: a valley, not a district of the county."""
    return frozenset(name for name, region in _regions().items() if len(region) - 1 <= MOST_HALVES)


def words_as_rows(words: str) -> list[dict[str, Any]]:
    """One name of an area (or the few half postcodes of a region) as rows. Raises ValidationError in plain words."""
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
    if found := _WITHIN.fullmatch(words.strip()):
        return [within(float(found["miles"]), found["place"])]
    raise ValidationError(f"We do not know the area “{words}”. Write a half postcode (HD7), a village or town, or “everywhere”.")


def outlines_in(text: str) -> tuple[str, list[dict[str, Any]]]:
    """The rows for GeoJSON that stands in a text ("By the canal: {…}; HD7"), and the text without it. Raises ValidationError."""
    rows: list[dict[str, Any]] = []
    while (start := text.find("{")) >= 0:
        try:
            outline, end = json.JSONDecoder().raw_decode(text, start)
        except (ValueError, RecursionError) as error:
            raise ValidationError(NO_JSON) from error
        before, mark, label = _last_part(text[:start])
        rows.append({"drawn": outline, "label": label.strip().removesuffix(":").strip()})
        text = f"{before}{mark or ';'}{text[end:]}"
    return text, rows


def _last_part(text: str) -> tuple[str, str, str]:
    before, mark, last = text.replace("\n", ";").rpartition(";")
    return before, mark, last


def within(miles: float, place: str) -> dict[str, Any]:
    """The row for so many miles around a postcode, half postcode, village or town. Raises ValidationError in plain words."""
    if not 0 < miles <= MOST_MILES:
        raise ValidationError(f"A distance is more than 0 and up to {MOST_MILES} miles.")
    found = locate(place)
    if found is None:
        raise ValidationError(f"We do not know where “{place}” is. Write a postcode, a half postcode (HD7), or a village or town.")
    return {"around": [found.lat, found.lon], "miles": miles, "label": within_label(miles, found.name)}


def within_label(miles: float, name: str) -> str:
    """ "within 2 miles of Golcar": words that `words_as_rows` reads back."""
    return f"within {miles:g} {'mile' if miles == 1 else 'miles'} of {name}"


def read_within(label: str) -> tuple[str, str] | None:
    """The miles and the place of such words, as they stand there; None for any others."""
    found = _WITHIN.fullmatch(label)
    return (found["miles"], found["place"]) if found else None


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
