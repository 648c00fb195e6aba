"""The area as Open Referral tells it, out and in; and outlines in the files that are imported."""

import json
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from directory import coverage, listings
from directory.extents import as_service_areas, from_service_areas
from directory.geodata.models import Place
from directory.imports import import_listings
from directory.models import Service

SQUARE = {"type": "Polygon", "coordinates": [[[-1.92, 53.58], [-1.82, 53.58], [-1.82, 53.66], [-1.92, 53.66], [-1.92, 53.58]]]}
STANDARDS = Path(__file__).resolve().parents[3] / "shared" / "standards"


@pytest.fixture
def golcar(db):
    Place.objects.create(name="Golcar", kind="village", lat=53.6379, lon=-1.8533, postcode_district="HD7")


def test_an_outline_goes_out_and_comes_back(service, editor):
    area = coverage.clean([{"drawn": SQUARE, "label": "By the canal"}])
    listings.set_fields(service, {"area": area}, by=editor)
    (told,) = as_service_areas(service)
    assert told.keys() == {"id", "name", "extent", "extent_type"}
    assert (told["name"], told["extent_type"]) == ("By the canal", "geojson")
    assert from_service_areas([told]) == area
    listings.set_fields(service, {"area": "HD9"}, by=editor)
    listings.set_fields(service, {"area": area}, by=editor)
    assert as_service_areas(service) == [told]


def test_what_has_no_line_has_a_name_only(service, editor, golcar):
    listings.set_fields(service, {"area": "HD7; Golcar"}, by=editor)
    told = {each["name"]: each for each in as_service_areas(service)}
    assert told["HD7"].keys() == {"id", "name"}
    assert json.loads(told["Golcar"]["extent"])["type"] == "Polygon"
    listings.set_fields(service, {"area": "everywhere"}, by=editor)
    assert as_service_areas(service)[0]["name"] == "United Kingdom"


def test_names_of_a_feed_are_read_as_words(golcar):
    assert from_service_areas([{"id": "1", "name": "Golcar", "extent_type": "text", "extent": "the village"}]) == coverage.clean("Golcar")
    assert from_service_areas([{"name": "hd7"}, {"extent": "HD9"}]) == coverage.clean("HD7; HD9")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"name": "x", "extent": "extent", "extent_type": "geojson"}, "not GeoJSON"),
        ({"name": "Atlantis"}, "do not know the area"),
        ({"id": "1"}, "neither a name nor an outline"),
    ],
)
def test_what_a_feed_says_and_nobody_understands_is_said(golcar, told, words):
    with pytest.raises(ValidationError, match=words):
        from_service_areas([told])


def test_an_outline_stands_in_a_cell_of_an_imported_file(tmp_path, system, needs, golcar):
    file = tmp_path / "walks.csv"
    cell = json.dumps(SQUARE).replace('"', '""')
    file.write_text(f'name,summary,area_served\nCanal walks,Walks.,"Golcar; By the canal: {cell}"\n')
    assert import_listings(file, by=system).lines()
    (service,) = Service.objects.all()
    assert coverage.names(coverage.read(service)) == ["By the canal", "Golcar"]
    again = import_listings(file, by=system)
    assert again.unchanged == 1
    file.write_text('name,summary,area_served\nOther,Walks.,"By the canal: {""type"": ""Point"", ""coordinates"": [1, 2]}"\n')
    (bad,) = import_listings(file, by=system).bad
    assert (bad.column, "holds no outline" in str(bad.text)) == ("area_served", True)
