"""Where a question is asked: the codes of a spot against the truth of the outlines, what is sure and what is only a part."""

import csv
import gzip
import json
import math
import os
import random
from pathlib import Path

import pytest
import shapely
from django.core.management import call_command
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from directory import listings
from directory.drawn_areas import columns_of
from directory.geodata.models import Area, AreaSet, Place, Postcode, PostcodeArea
from directory.geodata.postcode_loading import load_postcodes
from directory.geojson import read_outline
from directory.models import ServiceArea
from search.documents import documents_for
from search.places import Places
from tests import factories

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
FORTY_METRES = 40 / 111_195
SQUARE = [[-1.90, 53.61], [-1.87, 53.61], [-1.87, 53.63], [-1.90, 53.63], [-1.90, 53.61]]
HOLE = [[-1.885, 53.618], [-1.875, 53.618], [-1.875, 53.626], [-1.885, 53.626], [-1.885, 53.618]]
few = hypothesis_settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def code_of(area):
    return f"{area.area_set_id}:{area.code}"


def outline(*rings):
    return [{"drawn": {"type": "Polygon", "coordinates": list(rings)}, "label": "By the canal"}]


@pytest.fixture
def drawn(listing):
    """A listing that covers a square with a hole, and its code."""
    service = listing("Canal walks", area=outline(SQUARE, HOLE))
    return service, ServiceArea.objects.get(service=service).drawn


def test_a_spot_knows_the_drawn_areas_around_it(drawn):
    _, code = drawn
    places = Places()
    inside = places.around(53.612, -1.89, "here")
    assert code in inside.areas
    assert inside.areas_maybe == ()
    assert code not in places.around(53.622, -1.88, "in the hole").areas
    assert code in places.around(53.61, -1.885, "on the edge").areas
    assert code in places.around(53.618, -1.88, "on the edge of the hole").areas


def test_a_listing_is_indexed_by_the_code_that_spots_have(drawn):
    service, code = drawn
    (document,) = documents_for([str(service.pk)])
    assert code in document.areas
    assert document.area_names == ("By the canal",)


@pytest.mark.parametrize("ask", [lambda p: p.postcode("HD75AA"), lambda p: p.half_postcode("HD7"), lambda p: p.named("slaithwaite")])
def test_what_a_partner_draws_anew_counts_at_once(drawn, editor, ask):
    service, _ = drawn
    places = Places()
    before = ask(places)
    assert ask(places) is before
    listings.set_fields(service, {"area": outline([[-1.95, 53.55], [-1.80, 53.55], [-1.80, 53.70], [-1.95, 53.70]])}, by=editor)
    new = ServiceArea.objects.get(service=service).drawn
    assert new in ask(places).areas
    assert new not in before.areas
    listings.set_fields(service, {"area": "everywhere"}, by=editor)
    assert new not in ask(places).areas


def test_a_half_postcode_is_no_point(ground):
    valley, far = Area.objects.get(code="T0001"), Area.objects.get(code="T0002")
    assert Places().half_postcode("HD7").areas == (code_of(valley),)
    assert Places().half_postcode("HD7").areas_maybe == ()
    factories.postcode("HD7 9ZZ", (53.69, -1.63), inside=far)
    spot = Places().half_postcode("HD7")
    assert set(spot.areas) == {code_of(valley), code_of(far)} == set(spot.areas_maybe)
    assert spot.areas[0] == code_of(valley)
    assert spot.districts == ("HD7",)


def test_a_half_postcode_lies_partly_in_a_drawn_area(drawn):
    _, code = drawn
    assert code not in Places().half_postcode("HD7").areas
    factories.postcode("HD7 9ZZ", (53.612, -1.89))
    spot = Places().half_postcode("HD7")
    assert code in spot.areas
    assert code in spot.areas_maybe


def test_a_postcode_beside_a_line_may_be_covered(drawn):
    _, code = drawn
    factories.postcode("HD7 9ZY", (53.61 - FORTY_METRES / 2, -1.885))
    factories.postcode("HD7 9ZX", (53.61 - FORTY_METRES * 2, -1.885))
    assert code in Places().postcode("HD7 9ZY").areas_maybe
    assert code not in Places().postcode("HD7 9ZX").areas


def test_a_village_in_two_half_postcodes_has_both(ground):
    for letter in "ABC":
        factories.postcode(f"HD7 4A{letter}", (53.6380, -1.8530))
        factories.postcode(f"HD3 4A{letter}", (53.6375, -1.8540))
    assert Places().named("golcar").districts == ("HD7", "HD3")
    assert Places().named("marsden").districts == ("HD7",)


def test_a_spot_knows_its_village_where_the_table_of_roads_does(ground):
    places = Places()
    assert places.named("mazden").locality == "marsden"
    assert places.postcode("HD7 6AB").locality == "marsden"
    assert places.around(53.6235, -1.8815, "here").locality == "slaithwaite"
    assert places.named("dewsbury").locality == ""
    assert places.half_postcode("HD7").locality == ""


def test_names_that_are_no_place_are_none(ground):
    places = Places()
    assert [places.named("atlantis"), places.postcode("ZZ9 9ZZ"), places.half_postcode("ZZ9")] == [None, None, None]
    assert places.postcode("ZZ9 9ZZ") is None


def test_every_database_is_asked_in_its_own_words(each_store):
    """SQLite and PostgreSQL write truths, ids and outlines differently."""
    valley = factories.area("T0001", "Colne Valley", around=(53.61, -1.90), half=0.05)
    beside = factories.area("T0002", "Dewsbury", around=(53.69, -1.63), half=0.05)
    columns = columns_of(read_outline({"type": "Polygon", "coordinates": [SQUARE]}))
    ServiceArea.objects.create(service=factories.service(), **columns)
    Place.objects.create(name="Slaithwaite", kind="village", lat=53.6222, lon=-1.8822, postcode_district="HD7", also="Slawit")
    factories.postcode("HD7 5AA", (53.6230, -1.8810), inside=valley)
    PostcodeArea.objects.create(postcode_id="HD75AA", area=beside, main=False)
    Postcode.objects.create(code="HD75AB", lat=53.6000, lon=-1.8000, live=False)
    Postcode.objects.create(code="HD101AA", lat=53.6000, lon=-1.8000)
    sure, places = {code_of(valley), columns["drawn"]}, Places()
    assert set(places.postcode("HD7 5AA").areas) == sure | {code_of(beside)}
    assert places.postcode("HD7 5AA").areas_maybe == (code_of(beside),)
    assert places.postcode("HD7 5AB").retired
    for spot in (places.half_postcode("HD7"), places.named("slawit"), places.around(53.6229, -1.8811, "here")):
        assert set(spot.areas) == sure
        assert spot.districts == ("HD7",)
        assert (spot.lat, spot.lon) == pytest.approx((53.6230, -1.8810), abs=0.002)


@few
@given(lat=st.floats(53.60, 53.64), lon=st.floats(-1.91, -1.86))
def test_any_position_agrees_with_the_outline(drawn, lat, lon):
    _, code = drawn
    truth = shapely.Polygon(SQUARE, [HOLE])
    assert (code in Places().around(lat, lon, "here").areas) == truth.covers(shapely.Point(lon, lat))


@pytest.mark.skipif(not DATA.is_dir() and not os.environ.get("CI"), reason="../shared/data is not beside this checkout")
def test_real_postcodes_and_real_wards(db):
    """The codes of spots against shapely on the file itself, and its ward against the one that others worked out."""
    file = DATA / "boundaries" / "kirklees_wards_2013.geojson"
    load_postcodes(areas=["HD"])
    call_command("load_places", verbosity=0)
    call_command("load_areas", str(file), "--set", "wards-2013", "--kind", "ward", "--year", "2013", "--install", verbosity=0)
    here = AreaSet.objects.get().pk
    features = json.loads(file.read_text())["features"]
    wards = {each["properties"]["code"]: shapely.from_geojson(json.dumps(each["geometry"])) for each in features}
    with gzip.open(DATA / "postcodes" / "postcodes_kirklees.csv.gz", "rt") as stream:
        known = {row["postcode"].replace(" ", ""): row for row in csv.DictReader(stream)}
    rows = list(Postcode.objects.filter(code__in=known).order_by("code"))
    places = Places()
    chosen = random.Random(7).sample(rows, 150)
    agree = 0
    for postcode in chosen:
        spot = places.postcode(postcode.code)
        truth = {f"{here}:{code}" for code, shape in wards.items() if shape.covers(shapely.Point(postcode.lon, postcode.lat))}
        assert set(spot.areas) - set(spot.areas_maybe) == truth
        beside = {code.partition(":")[2] for code in spot.areas_maybe}
        squeeze = math.cos(math.radians(postcode.lat))
        for code, shape in wards.items():
            near = shapely.transform(shape, lambda points, p=postcode, s=squeeze: (points - [p.lon, p.lat]) * [s, 1.0])
            away = near.distance(shapely.Point(0, 0)) / FORTY_METRES
            assert code not in beside or 0 < away < 1.02
            assert away > 0.98 or away == 0 or code in beside
        agree += any(known[postcode.code]["ward13"] == code.partition(":")[2] for code in spot.areas)
    assert agree >= 149
    _half_postcodes(places, known, here)


def _half_postcodes(places, known, here):
    """HD7 lies in the wards of its postcodes; none of them holds it whole."""
    spot = places.half_postcode("HD7")
    wards = {row["ward13"] for code, row in known.items() if code.startswith("HD7") and len(code) == 6}
    named = {code.partition(":")[2] for code in spot.areas}
    assert spot.areas_maybe == spot.areas
    assert all(code.startswith(str(here)) for code in spot.areas)
    assert len(named) > 1
    assert named <= wards
    few = wards - named
    assert sum(row["ward13"] in few for row in known.values() if row["postcode"].startswith("HD7 ")) <= 5


def test_a_valley_is_its_half_postcodes_together(ground):
    factories.postcode("HD3 4AA", (53.6410, -1.8300))
    valley = Places().named("the colne valley") or Places().named("colne valley")
    assert (valley.name, valley.kind, valley.districts) == ("Colne Valley", "half_postcode", ("HD7", "HD3"))
    assert Places().half_postcode("HD7").areas[0] in valley.areas
    # A county is too large to be near its middle.
    assert Places().named("kirklees") is None
