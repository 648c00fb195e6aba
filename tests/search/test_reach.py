from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import valleys
from search.geometry import Positions, miles_between, miles_from
from search.query import Query
from search.reach import TRAVEL_MILES, Reach, way
from tests.finding import HD7, MARSDEN, SLAITHWAITE, document

HERE = Query(place=MARSDEN)
AT_HERE = (MARSDEN.lat, MARSDEN.lon)
FAR = (53.65, -1.60)


@pytest.mark.parametrize(
    ("fields", "reach"),
    [
        ({"modes": ("home",), "areas": ("wards:colne-valley",)}, Reach.COMES_TO_YOU),
        ({"modes": ("outreach",), "areas": ("*",)}, Reach.COMES_TO_YOU),
        ({"modes": ("place",), "areas": ("district:HD7",), "at": FAR}, Reach.COVERS_YOU),
        ({"modes": ("phone",), "areas": ("*",)}, Reach.COVERS_YOU),
        ({"modes": ("place",), "circles": ((*FAR, 2.0), (*AT_HERE, 0.5))}, Reach.COVERS_YOU),
        ({"modes": ("place",), "at": AT_HERE}, Reach.NEAR_YOU),
        ({"modes": ("home",), "at": AT_HERE}, Reach.NEAR_YOU),
        ({"modes": ("phone", "place"), "at": FAR}, Reach.ANYWHERE),
        ({"modes": ("online",)}, Reach.ANYWHERE),
        ({"modes": ()}, Reach.ANYWHERE),
        ({"modes": ("place",), "at": FAR}, None),
        ({"modes": ("phone",), "areas": ("wards:dewsbury",)}, None),
        ({"modes": ("place",), "at": AT_HERE, "areas": ("wards:golcar",)}, None),
        ({"modes": ("home",), "circles": ((*FAR, 2.0),)}, None),
    ],
)
def test_the_four_classes_and_what_does_not_reach(fields, reach):
    found = way(document("s", **fields), HERE)
    assert (found.reach if found else None) == reach


def test_a_circle_around_the_middle_of_a_half_postcode_may_end_inside_it():
    half = Query(place=HD7)
    service = document("s", modes=("home",), circles=((HD7.lat, HD7.lon, 1.0),))
    assert (way(service, half).reach, way(service, half).sure) == (Reach.COMES_TO_YOU, False)
    assert way(document("s", circles=((HD7.lat, HD7.lon, 20.0),)), half).sure
    assert way(document("s", circles=((*AT_HERE, 1.0),)), HERE).sure


def test_without_a_place_in_the_question_there_is_no_reach():
    assert way(document("s", at=AT_HERE), Query()) is None


def test_a_missing_address_that_says_nothing_is_told_as_such():
    assert way(document("s"), HERE).stated is False
    assert way(document("s", modes=("phone",)), HERE).stated is True


def test_the_radius_moves_the_edge_which_belongs_to_it():
    service = document("s", at=(SLAITHWAITE.lat, SLAITHWAITE.lon))
    miles = miles_between(MARSDEN.lat, MARSDEN.lon, SLAITHWAITE.lat, SLAITHWAITE.lon)
    assert miles < TRAVEL_MILES
    assert way(service, Query(place=MARSDEN, radius=miles)).reach is Reach.NEAR_YOU
    assert way(service, Query(place=MARSDEN, radius=miles - 0.001)) is None


lats, lons = st.floats(-90, 90), st.floats(-180, 180)


@given(lats, lons, st.lists(st.tuples(lats, lons), max_size=5))
def test_many_distances_are_those_of_each(lat, lon, places):
    many = miles_from(lat, lon, np.array([place[0] for place in places]), np.array([place[1] for place in places]))
    assert many == pytest.approx([miles_between(lat, lon, *place) for place in places], abs=1e-6)


island = st.tuples(st.floats(49.5, 61), st.floats(-8.5, 2))


@given(island, st.lists(island, min_size=1, max_size=5), st.data())
def test_positions_asked_again_and_again_are_as_far_and_at_the_edge_to_the_last_bit(here, places, data):
    lats, lons = np.array(places).T
    there = Positions.of(lats, lons)
    exactly = miles_from(*here, lats, lons)
    edge = data.draw(st.sampled_from(exactly.tolist()))
    assert there.miles_from(*here, edge) == pytest.approx(exactly, abs=1e-6)
    assert (there.miles_from(*here, edge) <= edge).tolist() == (exactly <= edge).tolist()
    assert there.miles_from(*here, exactly).tolist() == exactly.tolist()


@pytest.fixture
def roads(tmp_path, settings):
    """The co-op's own table, in which the way from Marsden to Slaithwaite leads round a hill."""
    settings.CARESTORE_HOME = tmp_path
    (tmp_path / "valley_roads.csv").write_text("from,to,miles,source\nMarsden,Slaithwaite,4.5,walked\n")


def test_the_far_side_of_the_hill_is_as_far_as_the_road(roads):
    hall = document("s", at=(SLAITHWAITE.lat, SLAITHWAITE.lon), locality="slaithwaite")
    here = replace(MARSDEN, locality=valleys.locality("MARSDEN"))
    found = way(hall, Query(place=here))
    assert (found.miles, found.by_road, found.reach) == (4.5, True, Reach.NEAR_YOU)
    assert way(hall, Query(place=here, radius=4.0)) is None
    crow = way(hall, HERE)
    assert (crow.by_road, round(crow.miles, 1)) == (False, 2.4)
    assert way(replace(hall, locality=""), Query(place=here)).by_road is False
    assert way(document("s", modes=("phone",), locality="slaithwaite"), Query(place=here)).miles is None


def test_without_roads_in_the_table_distances_are_crow_flies(tmp_path, settings):
    assert valleys.locality("Marsden") == "marsden"
    settings.CARESTORE_HOME = tmp_path
    (tmp_path / "valley_roads.csv").write_text("from,to,miles,source\n")
    assert (valleys.locality("Marsden"), valleys.road_miles("marsden")) == ("", {})


def test_an_area_that_holds_a_part_only_is_told_as_not_sure():
    border = replace(MARSDEN, areas_maybe=("wards:colne-valley",))
    perhaps = way(document("s", modes=("home",), areas=("wards:colne-valley",)), Query(place=border))
    assert (perhaps.reach, perhaps.sure) == (Reach.COMES_TO_YOU, False)
    assert way(document("s", modes=("home",), areas=("wards:colne-valley", "district:HD7")), Query(place=border)).sure


def test_a_road_is_never_shorter_than_the_crow_flies(settings, tmp_path):
    """Road miles go from village to village; a place at the far edge of one may lie farther away than that."""
    settings.CARESTORE_HOME = tmp_path
    (tmp_path / "valley_roads.csv").write_text("from,to,miles,source\nMarsden,Meltham,0.5,made up\n", encoding="utf-8")
    far = (53.593, -1.852)
    found = way(document("a", at=far, locality="Meltham"), Query(place=replace(MARSDEN, locality="Marsden"), radius=20))
    assert found is not None
    assert found.miles == pytest.approx(miles_between(MARSDEN.lat, MARSDEN.lon, *far), abs=0.01)
