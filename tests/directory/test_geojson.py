"""GeoJSON that people draw or paste: what is taken, what is refused and in which words, and that the same outline is always the same."""

import json
import math
import random

import pytest
import shapely
from django.core.exceptions import ValidationError
from hypothesis import assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from shapely import Point, Polygon

from directory.geojson import MOST_POINTS, read_outline, shape_of

SQUARE = [[-1.92, 53.58], [-1.82, 53.58], [-1.82, 53.66], [-1.92, 53.66], [-1.92, 53.58]]
HOLE = [[-1.88, 53.61], [-1.86, 53.61], [-1.86, 53.63], [-1.88, 53.63], [-1.88, 53.61]]
ELSEWHERE = [[-1.75, 53.60], [-1.72, 53.60], [-1.72, 53.62], [-1.75, 53.60]]
BOW_TIE = [[-1.92, 53.58], [-1.82, 53.66], [-1.82, 53.58], [-1.92, 53.66], [-1.92, 53.58]]
quick = hypothesis_settings(deadline=None, max_examples=60)


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def refused(value):
    with pytest.raises(ValidationError) as error:
        read_outline(value)
    return " ".join(error.value.messages)


@pytest.mark.parametrize(
    "value",
    [
        polygon(SQUARE),
        json.dumps(polygon(SQUARE)),
        {"type": "Feature", "properties": {"name": "x"}, "geometry": polygon(SQUARE)},
        {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": None, "geometry": polygon(SQUARE)}]},
        {"type": "GeometryCollection", "geometries": [polygon(SQUARE)]},
        {"type": "MultiPolygon", "coordinates": [[SQUARE]]},
        polygon(SQUARE[:-1]),
        polygon(SQUARE[::-1]),
        polygon([[lon, lat, 212.0] for lon, lat in SQUARE]),
        polygon([[lon + 1e-7, lat - 1e-7] for lon, lat in SQUARE]),
    ],
)
def test_however_it_is_written_it_is_the_same_outline(value):
    assert read_outline(value) == read_outline(polygon(SQUARE[2:-1] + SQUARE[:2]))


def test_holes_and_several_parts_are_kept():
    two = read_outline({"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE], [ELSEWHERE]]})
    shape = shape_of(two)
    assert two["type"] == "MultiPolygon"
    assert shape.equals(Polygon(SQUARE, [HOLE]).union(Polygon(ELSEWHERE)))
    assert not shape.covers(Point(-1.87, 53.62))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("", "not GeoJSON"),
        ("{", "not GeoJSON"),
        ("[1, 2]", "not GeoJSON"),
        ("[" * 200_000, "not GeoJSON"),
        ("x" * 600_000, "longer than"),
        ({"type": "Point", "coordinates": [-1.88, 53.62]}, "holds no outline"),
        ({"type": "LineString", "coordinates": SQUARE}, "holds no outline"),
        ({"type": "FeatureCollection", "features": []}, "holds no outline"),
        ({"type": "Feature", "geometry": None}, "holds no outline"),
        (polygon(), "holds no outline"),
        ({"type": "Polygon"}, "broken"),
        ({"type": "Polygon", "coordinates": {"a": 1}}, "broken"),
        (polygon([[-1.9, 53.6], [-1.8, 53.6], [-1.9, 53.6]]), "at least three corners"),
        (polygon([["-1.9", "53.6"], [-1.8, 53.6], [-1.8, 53.7]]), "pair of numbers"),
        (polygon([[True, 53.6], [-1.8, 53.6], [-1.8, 53.7]]), "pair of numbers"),
        (polygon([[math.nan, 53.6], [-1.8, 53.6], [-1.8, 53.7]]), "leaves Great Britain"),
        (polygon([[10**400, 53.6], [-1.8, 53.6], [-1.8, 53.7]]), "leaves Great Britain"),
        (polygon([[2.35, 48.85], [2.36, 48.85], [2.36, 48.86]]), "leaves Great Britain"),
        (polygon([[lat, lon] for lon, lat in SQUARE]), "look swapped"),
        (polygon([[413000, 411000], [414000, 411000], [414000, 412000]]), "metres of the national grid"),
        (polygon(BOW_TIE), "crosses itself near 53.6200, -1.8700"),
        (polygon(SQUARE, ELSEWHERE), "hole leaves the outline"),
        (polygon([[-1.9, 53.6], [-1.8, 53.6], [-1.7, 53.6]]), "encloses nothing"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_plain_words(value, words):
    assert words in refused(value) or (words == "encloses nothing" and "crosses itself" in refused(value))


def test_too_many_points_are_refused():
    circle = [[-1.87 + math.cos(turn / 400) / 50, 53.6 + math.sin(turn / 400) / 50] for turn in range(MOST_POINTS + 1)]
    assert "2,001 points" in refused(polygon(circle))


def test_a_scribble_is_refused_without_mending_it(monkeypatch):
    """Mending one of 500 corners would take minutes."""
    scattered = random.Random(1)
    scribble = [[scattered.uniform(-2, -1), scattered.uniform(53, 54)] for _ in range(500)]
    mended = []
    monkeypatch.setattr(shapely, "make_valid", lambda shape: mended.append(shape) or shape)
    assert "crosses itself" in refused(polygon(scribble))
    assert not mended


@pytest.mark.parametrize("many", [30, 240])
def test_parts_that_cross_often_are_refused_where_too_many_points_come_of_it(many):
    def box(west, south, east, north):
        return [[[west, south], [east, south], [east, north], [west, north]]]

    rows = [box(-2, 53 + at / many, -1, 53 + (at + 0.3) / many) for at in range(many)]
    columns = [box(-2 + at / many, 53, -2 + (at + 0.3) / many, 54) for at in range(many)]
    assert "more than 2,000 points" in refused({"type": "MultiPolygon", "coordinates": rows + columns})


def test_a_line_that_crosses_itself_hardly_at_all_is_mended():
    slip = [*SQUARE[:2], [-1.8203, 53.6202], [-1.8199, 53.6201], [-1.8201, 53.6203], [-1.8201, 53.62], *SQUARE[2:]]
    assert not Polygon(slip).is_valid
    assert shape_of(read_outline(polygon(slip))).area == pytest.approx(Polygon(SQUARE).area, rel=0.01)


corner = st.tuples(st.floats(-2.1, -1.6), st.floats(53.4, 53.8))


def round_the_middle(corners):
    """The same corners in the order of the clock, so that the line hardly ever crosses itself."""
    lon, lat = (sum(each) / len(corners) for each in zip(*corners, strict=True))
    return sorted(corners, key=lambda each: math.atan2(each[1] - lat, each[0] - lon))


@quick
@given(st.lists(st.lists(corner, min_size=3, max_size=9).map(round_the_middle), min_size=1, max_size=4))
def test_reading_what_was_read_changes_nothing(rings):
    try:
        once = read_outline({"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]})
    except ValidationError:
        assume(False)
    again = read_outline(json.loads(json.dumps(once)))
    assert again == once
    assert shape_of(once).is_valid


@quick
@given(corner, st.floats(0.001, 0.1), st.floats(0.001, 0.1))
def test_what_is_kept_is_where_it_was_drawn(middle, wide, high):
    lon, lat = middle
    drawn = shapely.box(lon - wide, lat - high, lon + wide, lat + high)
    kept = shape_of(read_outline(shapely.to_geojson(drawn)))
    assert kept.symmetric_difference(drawn).area <= 4e-5 * (wide + high)
