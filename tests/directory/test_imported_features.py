"""Listings come in out of GeoJSON; and whatever the file, a dry run says field by field what would become of each listing."""

import json
from pathlib import Path
from typing import Any

import pytest

from directory import listings
from directory.accounts.models import User
from directory.imports import BadFile, import_listings
from directory.imports.reading import read_rows
from directory.listing_fields import read_values
from directory.models import Service

POINT = {"type": "Point", "coordinates": [-1.8492, 53.6407]}


def feature(geometry: Any = POINT, **properties: Any) -> dict[str, Any]:
    values = {"source_id": "lunch", "name": "Lunch", "summary": "A hot lunch.", "min_age": 60, "phone": "01484 223197", **properties}
    return {"type": "Feature", "geometry": geometry, "properties": values}


def write(folder: Path, *features: dict[str, Any], more: str = "") -> Path:
    file = folder / "groups.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}) + more, encoding="utf-8")
    return file


@pytest.mark.django_db
@pytest.mark.usefixtures("needs")
def test_features_come_in_with_their_points(tmp_path: Path, system: User) -> None:
    file = write(tmp_path, feature(), feature(None, source_id="bingo", name="Bingo", min_age=None))
    assert import_listings(file, by=system).made == ["Lunch", "Bingo"]
    (place,) = read_values(Service.objects.get(name="Lunch"))["places"]
    assert (place["lat"], place["lon"]) == (53.6407, -1.8492)
    assert read_values(Service.objects.get(name="Bingo"))["places"] == []
    assert import_listings(file, by=system).unchanged == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("needs")
def test_a_shape_that_is_no_point_and_a_far_away_one_are_told_by_their_number(tmp_path: Path, system: User) -> None:
    line = {"type": "LineString", "coordinates": [[-1.8, 53.6], [-1.9, 53.7]]}
    far = {"type": "Point", "coordinates": [53.6, -1.8]}
    report = import_listings(write(tmp_path, feature(line), feature(far, source_id="far")), by=system)
    first, second = map(str, report.bad)
    assert first.startswith("groups.geojson, row 1, column (all): its shape is a LineString")
    assert second.startswith("groups.geojson, row 2, column lat: ")
    assert not Service.objects.exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"type": "FeatureCollection", "features": []}', "groups.geojson"),
        ('{"type": "FeatureCollection", "features": [{"type"', "groups.geojson"),
        ('{"hello": 1}', "groups.geojson"),
        (json.dumps({"type": "FeatureCollection", "features": [feature(lat=1)]}), "the property “lat” as well"),
        (json.dumps({"type": "FeatureCollection", "features": [feature(colour="red")]}), "do not know the heading “colour”"),
    ],
)
def test_what_is_no_such_file_is_one_clear_sentence(tmp_path: Path, content: str, says: str) -> None:
    file = tmp_path / "groups.geojson"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(BadFile, match=says) as fault:
        list(read_rows(file))
    assert "\n" not in str(fault.value)


@pytest.mark.django_db
@pytest.mark.usefixtures("needs")
def test_a_dry_run_tells_old_and_new_of_each_field(tmp_path: Path, system: User, editor: User) -> None:
    import_listings(write(tmp_path, feature()), by=system)
    listings.set_fields(Service.objects.get(), {"summary": "Our own words."}, by=editor)
    newer = feature(phone="01484 111222", summary="Their words.\nTwo lines.")
    report = import_listings(write(tmp_path, newer), by=system, dry_run=True)
    lines = list(report.lines())
    assert "  row 1, Lunch: Phone: “01484 223197” → “01484 111222”" in lines
    assert "  row 1, Lunch: In one plain sentence: “Our own words.” → “Their words.; Two lines.”" in lines
    assert [difference.conflict for difference in report.differences] == [False, True]
    assert read_values(Service.objects.get())["phone"] == "01484 223197"
