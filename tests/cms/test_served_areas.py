"""The area a service covers, on its page: in words, and as an outline on the map, with or without a place."""

import json
import re

import pytest
from django.urls import reverse

from directory.listings import set_fields
from directory.models import Service
from directory.served import extent_digest
from directory.venues import set_location
from tests import factories
from tests.cms.conftest import HALL

SQUARE = {"type": "Polygon", "coordinates": [[[-1.92, 53.58], [-1.82, 53.58], [-1.82, 53.66], [-1.92, 53.66], [-1.92, 53.58]]]}
HOLE = [[-1.88, 53.61], [-1.86, 53.61], [-1.86, 53.63], [-1.88, 53.63], [-1.88, 53.61]]


@pytest.fixture
def club(listing):
    return listing("Lunch club", delivery=["place"], places=[HALL])


def drawn(client, service):
    """The paths of served areas in the drawn map, and the features that the living map gets."""
    html = client.get(service.get_absolute_url()).content.decode()
    paths = re.findall(r'<path class="map-area tone-served" d="([^"]+)"', html)
    data = re.search(r'<script id="finder-map-data" type="application/json">(.+?)</script>', html)
    features = json.loads(data[1])["areas"]["features"] if data else []
    return html, paths, [feature for feature in features if feature["properties"].get("tone") == "served"]


def test_a_drawn_area_is_told_and_drawn(club, client, editor):
    outline = {"type": "Polygon", "coordinates": [SQUARE["coordinates"][0], HOLE]}
    set_fields(club, {"area": [{"drawn": outline, "label": "Around the canal"}]}, by=editor)
    html, paths, features = drawn(client, club)
    assert "<b>For people in:</b> Around the canal" in html
    assert "Map of Lunch club: where it is and which area it covers" in html
    assert "The dashed line: the area it covers" in html
    assert len(paths) == len(features) == 1
    assert paths[0].count("M") == 2
    assert len(features[0]["geometry"]["coordinates"]) == 2


def test_what_of_an_area_is_not_drawn_is_told(club, client, editor):
    set_fields(club, {"area": [{"district": "HD7"}, {"drawn": SQUARE, "label": "Around the canal"}]}, by=editor)
    html, paths, _ = drawn(client, club)
    assert len(paths) == 1
    assert "The dashed line: Around the canal. Not drawn: HD7." in html


def test_the_whole_outline_is_on_the_map_without_a_place(club, client, editor):
    set_fields(club, {"places": [], "delivery": ["home"], "area": [{"drawn": SQUARE, "label": "Around the canal"}]}, by=editor)
    html, paths, _ = drawn(client, club)
    assert "Map of Lunch club: the area it covers" in html
    corners = [tuple(map(float, pair.split())) for pair in paths[0].strip("MZ").split("L")]
    assert len(corners) == 4
    assert all(0 <= x <= 400 and 0 <= y <= 320 for x, y in corners)


@pytest.mark.parametrize(("area", "many"), [("Upper Ward", 1), ("within 2 miles of Golcar", 1), ("HD7", 0), ("everywhere", 0)])
def test_known_areas_and_miles_around_have_an_outline_and_half_postcodes_none(club, client, editor, area, many):
    factories.area("T0009", "Upper Ward", around=(53.61, -1.90), half=0.02)
    set_fields(club, {"area": area}, by=editor)
    html, paths, features = drawn(client, club)
    assert (len(paths), len(features)) == (many, many)
    assert ("dashed line" in html) == bool(many)


def test_a_secret_place_stays_secret_beside_its_area(club, client, editor):
    location = club.at_locations.get().location
    location.masked = True
    location.save()
    set_fields(club, {"area": [{"drawn": SQUARE, "label": "Around the canal"}]}, by=editor)
    html, paths, _ = drawn(client, club)
    assert len(paths) == 1
    assert 'class="map-pin"' not in html
    assert HALL["postcode"] not in html


def test_miles_around_a_secret_place_are_neither_told_nor_drawn(club, client, editor):
    """The middle of the circle is the address."""
    location = club.at_locations.get().location
    around = {"around": [location.lat, location.lon], "miles": 2, "label": "within 2 miles of HD7 6AB"}
    set_fields(club, {"area": [around, {"district": "HD7"}]}, by=editor)
    before = client.get(drawn_address(club)).json()
    assert len(before["features"]) == 1
    address = drawn_address(club)
    set_location(location, {"masked": True}, by=editor)
    html, paths, features = drawn(client, club)
    assert (paths, features) == ([], [])
    assert "<b>For people in:</b> HD7" in html
    assert "HD7 6AB" not in html
    assert client.get(address).status_code == 404


def test_a_small_outline_around_a_secret_place_is_not_drawn(club, client, editor):
    lat, lon = 53.6006, -1.9278
    ring = [
        [lon - 0.01, lat - 0.01],
        [lon + 0.01, lat - 0.01],
        [lon + 0.01, lat + 0.01],
        [lon - 0.01, lat + 0.01],
        [lon - 0.01, lat - 0.01],
    ]
    location = club.at_locations.get().location
    set_location(location, {"lat": lat, "lon": lon, "masked": True}, by=editor)
    set_fields(club, {"area": [{"drawn": {"type": "Polygon", "coordinates": [ring]}, "label": "Around Peel Street"}]}, by=editor)
    html, paths, _ = drawn(client, club)
    assert paths == []
    assert "Peel Street" not in html


def drawn_address(service):
    fresh = Service.objects.with_everything().get(pk=service.pk)
    return reverse("area-served", args=[service.pk, extent_digest(fresh) or "none"])
