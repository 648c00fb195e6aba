import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.geodata.areas import SetDetails, Shape, store
from directory.geodata.credits import credits
from directory.geodata.models import AreaKind, AreaSet
from directory.geodata.outlines import Frame, bounds_of, simplified_outlines, svg_outlines

VALLEY = (-2.0, 53.5, -1.5, 53.8)


@given(st.floats(53.5, 53.8), st.floats(-2.0, -1.5))
def test_every_position_within_the_bounds_is_on_the_sheet(lat, lon):
    x, y = Frame.around(VALLEY, 400, 320).point(lat, lon)
    assert 0 <= x <= 400
    assert 0 <= y <= 320


def test_north_is_up_and_a_mile_is_as_long_across_as_upwards():
    frame = Frame.around(VALLEY)
    (x, y), (east, _), (_, north) = frame.point(53.6, -1.8), frame.point(53.6, -1.8 + 0.1), frame.point(53.6 + 0.1, -1.8)
    assert east > x
    assert north < y
    assert (east - x) / (y - north) == pytest.approx(0.593, abs=0.01)


def test_a_set_is_drawn_as_paths_with_a_point_for_the_name(wards):
    frame = Frame.around(bounds_of(wards))
    west, east = sorted(svg_outlines(wards, frame), key=lambda outline: outline.x)
    assert (west.code, west.name, east.code) == ("W1", "West Ward", "W2")
    assert re.fullmatch(r"(M[-\d. L]+Z)+", west.path)
    assert west.x < frame.point(53.6, -1.82)[0] < east.x


def test_the_outlines_are_geojson_with_id_code_and_name(wards):
    collection = simplified_outlines(wards)
    assert collection["type"] == "FeatureCollection"
    found = {one["properties"]["code"]: one for one in collection["features"]}
    assert found["W1"]["properties"]["id"] == str(wards.areas.get(code="W1").pk)
    corners = {tuple(corner) for corner in found["W1"]["geometry"]["coordinates"][0]}
    assert corners == {(-1.92, 53.58), (-1.82, 53.58), (-1.82, 53.66), (-1.92, 53.66)}


def test_outlines_follow_the_set_when_it_is_loaded_again(wards):
    import shapely

    simplified_outlines(wards)
    details = SetDetails("wards-2013", "Wards", AreaKind.WARD, 2013)
    store(details, [Shape("W3", "Third Ward", shapely.box(-1.72, 53.58, -1.62, 53.66))])
    assert len(simplified_outlines(AreaSet.objects.get(slug="wards-2013"))["features"]) == 3


def test_neighbours_keep_one_line_when_outlines_lose_points(db):
    import math

    import shapely

    wave = [(-1.8 + 0.01 * math.sin(step / 30), 53.5 + step / 10_000) for step in range(2_001)]
    west = shapely.Polygon([(-2, 53.5), *wave, (-2, 53.7)])
    east = shapely.Polygon([(-1.6, 53.5), *wave, (-1.6, 53.7)])
    area_set = store(SetDetails("w", "W", AreaKind.WARD, 2013), [Shape("A", "A", west), Shape("B", "B", east)]).area_set
    shapes = [shapely.geometry.shape(one["geometry"]) for one in simplified_outlines(area_set)["features"]]
    assert shapely.get_num_coordinates(shapes).sum() < 1_000
    assert shapely.intersection(*shapes).area == 0
    assert shapely.union(*shapes).area == pytest.approx(0.4 * 0.2, rel=1e-4)


def test_a_hole_stays_open(db):
    import shapely

    ring = shapely.box(-2, 53.5, -1.5, 53.8).difference(shapely.box(-1.8, 53.6, -1.7, 53.7))
    area_set = store(SetDetails("w", "W", AreaKind.WARD, 2013), [Shape("A", "A", ring)]).area_set
    assert svg_outlines(area_set, Frame.around(bounds_of(area_set)))[0].path.count("M") == 2


@pytest.mark.django_db
def test_an_empty_set_draws_nothing():
    empty = AreaSet.objects.create(slug="w", name="W", kind="ward", year=2013)
    assert bounds_of(empty) is None
    assert simplified_outlines(empty)["features"] == []
    assert svg_outlines(empty, Frame.around(VALLEY)) == []


def test_a_page_owes_credit_for_what_is_loaded(wards):
    assert len(credits()) == 1
    assert "Ordnance" in credits()[0] or "OS data" in credits()[0]
    AreaSet.objects.update(source="ONS", licence="Open Government Licence v3.0")
    assert credits()[1] == "Wards (2013): ONS. Open Government Licence v3.0"


@pytest.mark.django_db
def test_nothing_loaded_owes_nothing():
    assert credits() == []
