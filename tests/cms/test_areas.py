"""Outlines that maps fetch once: the ground, and the area that a service covers."""

import json
import re

import pytest

from directory.listings import set_fields, withdraw
from directory.models import Service
from tests.cms.conftest import HALL


@pytest.fixture
def club(listing):
    return listing("Lunch club", delivery=["place"], places=[HALL], area="within 2 miles of Golcar")


def test_the_page_names_the_ground_and_holds_no_outline_of_it(club, indexed, client):
    indexed()
    page = client.get("/find/", {"q": "shopping"}).content.decode()
    data = json.loads(re.search(r'<script id="finder-map-data" type="application/json">(.+?)</script>', page)[1])
    assert data["areas"]["features"] == []
    answer = client.get(data["ground"])
    assert answer["Cache-Control"] == "public, max-age=604800"
    assert [feature["properties"] for feature in answer.json()["features"]] == [{"name": "Colne Valley"}]


def test_a_card_names_the_area_it_covers_and_the_address_changes_with_the_area(club, indexed, client, editor):
    indexed()
    before = re.search(r'data-area="([^"]+)"', client.get("/find/", {"q": "shopping"}).content.decode())[1]
    shape = client.get(before).json()
    assert len(shape["features"]) == 1
    set_fields(club, {"area": "within 4 miles of Golcar"}, by=editor)
    after = re.search(r'data-area="([^"]+)"', client.get("/find/", {"q": "shopping"}).content.decode())[1]
    assert after != before
    assert client.get(after).json() != shape
    # An old page leads on to what is right now.
    assert client.get(before)["Location"] == after


@pytest.mark.parametrize("area", ["HD7", "everywhere", ""])
def test_what_has_no_line_has_no_address(club, indexed, client, editor, area):
    set_fields(club, {"area": area}, by=editor)
    indexed()
    assert "data-area" not in client.get("/find/", {"q": "shopping"}).content.decode()
    assert client.get(f"/areas/served/{club.pk}/0000/x.geojson").status_code == 404
    assert client.get(f"/areas/served/{club.pk}/0000.geojson").status_code == 404


def test_what_visitors_do_not_see_has_no_outline(club, indexed, client, editor):
    indexed()
    address = re.search(r'data-area="([^"]+)"', client.get("/find/", {"q": "shopping"}).content.decode())[1]
    withdraw(club, by=editor)
    assert client.get(address).status_code == 404
    assert Service.objects.filter(pk=club.pk).exists()


def test_a_ground_that_is_not_installed_is_nowhere(ground, client):
    assert client.get("/areas/no-such-set/0000.geojson").status_code == 404
