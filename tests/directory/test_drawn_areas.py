"""Areas drawn on a map: kept with a listing, and found again by the positions in them."""

import math

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from directory import coverage, listings
from directory.drawn_areas import drawn_at, shares_of_drawn
from directory.geojson import read_outline
from directory.models import ServiceArea

SQUARE = [[-1.92, 53.58], [-1.82, 53.58], [-1.82, 53.66], [-1.92, 53.66], [-1.92, 53.58]]
HOLE = [[-1.88, 53.61], [-1.86, 53.61], [-1.86, 53.63], [-1.88, 53.63], [-1.88, 53.61]]
ELSEWHERE = [[-1.75, 53.60], [-1.72, 53.60], [-1.72, 53.62], [-1.75, 53.60]]
BOW_TIE = [[-1.92, 53.58], [-1.82, 53.66], [-1.82, 53.58], [-1.92, 53.66], [-1.92, 53.58]]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def draw(service, *outlines, by, label="Around the reservoir"):
    return listings.set_fields(service, {"area": [{"drawn": outline, "label": label} for outline in outlines]}, by=by)


def test_a_drawn_area_is_stored_once_written_and_read_back(service, editor):
    outline = read_outline(polygon(SQUARE, HOLE))
    draw(service, outline, by=editor)
    assert coverage.read(service) == [{"drawn": outline, "label": "Around the reservoir"}]
    row = ServiceArea.objects.get(service=service)
    assert (row.west, row.south, row.east, row.north) == (-1.92, 53.58, -1.82, 53.66)
    assert str(row) == "Around the reservoir"
    version = service.version
    draw(service, polygon(SQUARE[::-1], HOLE), by=editor)
    assert listings.set_fields(service, {"name": service.name}, by=editor).version == version


def test_two_that_draw_the_same_share_its_code(service, organisation, editor, system):
    other = listings.create_service(organisation, by=system, name="Other", summary="Other.", area=[{"drawn": polygon(SQUARE[::-1])}])
    draw(service, polygon(SQUARE), by=editor)
    codes = set(ServiceArea.objects.filter(service__in=[service, other]).values_list("drawn", flat=True))
    assert len(codes) == 1
    assert drawn_at(53.62, -1.87) == (tuple(codes), ())
    assert str(other.areas.get()) == "An area drawn on a map"


def test_edges_count_as_inside_and_holes_do_not(service, editor):
    draw(service, polygon(SQUARE, HOLE), by=editor)
    (code,) = drawn_at(53.60, -1.90)[0]
    for lat, lon in [(53.58, -1.92), (53.58, -1.87), (53.66, -1.85), (53.61, -1.87), (53.62, -1.88)]:
        assert drawn_at(lat, lon)[0] == (code,)
    assert drawn_at(53.62, -1.87) == ((), ())
    assert drawn_at(53.57, -1.87) == ((), ())


def test_a_line_close_by_may_leave_some_doors_inside(service, editor):
    draw(service, polygon(SQUARE), by=editor)
    code = service.areas.get().drawn
    twenty_metres = 20 / 111_195
    assert drawn_at(53.58 - twenty_metres, -1.87, edge=40) == ((), (code,))
    assert drawn_at(53.60, -1.92 - twenty_metres / math.cos(math.radians(53.6)), edge=40) == ((), (code,))
    assert drawn_at(53.58 - 3 * twenty_metres, -1.87, edge=40) == ((), ())
    assert drawn_at(53.58 - twenty_metres, -1.87) == ((), ())
    assert drawn_at(53.58 + twenty_metres, -1.87, edge=40) == ((code,), ())


def test_the_share_of_many_positions(service, editor):
    draw(service, polygon(SQUARE), by=editor)
    code = service.areas.get().drawn
    assert shares_of_drawn([(53.60, -1.90), (53.60, -1.80), (53.58, -1.85), (53.50, -1.85)]) == {code: 0.5}
    assert shares_of_drawn([(53.50, -1.85)]) == {}
    assert shares_of_drawn([]) == {}


def test_what_is_taken_away_is_gone_at_once(service, editor):
    draw(service, polygon(SQUARE), by=editor)
    assert drawn_at(53.60, -1.90)[0]
    listings.set_fields(service, {"area": "HD7"}, by=editor)
    assert drawn_at(53.60, -1.90) == ((), ())


def test_all_drawn_areas_of_a_listing_together_have_a_limit(service, editor):
    circles = [
        polygon([[lon + math.cos(turn / 200) / 100, 53.6 + math.sin(turn / 200) / 100] for turn in range(1_250)]) for lon in (-1.9, -1.8)
    ]
    with pytest.raises(ValidationError, match="2,000 points together"):
        draw(service, *circles, by=editor)


@pytest.mark.parametrize(
    "columns",
    [
        {"drawn": "drawn:x"},
        {"drawn": "drawn:x", "outline": b"x"},
        {"drawn": "drawn:x", "outline": b"x", "west": 1.0, "south": 1.0, "east": 1.0, "north": 2.0},
        {"outline": b"x", "district": "HD7"},
        {"drawn": "drawn:x", "outline": b"x", "west": 1.0, "south": 1.0, "east": 2.0, "north": 2.0, "district": "HD7"},
    ],
)
def test_half_an_outline_is_refused_by_the_database(service, columns):
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceArea.objects.create(service=service, **columns)


def test_a_list_of_listings_reads_no_outline(service, editor, django_assert_max_num_queries):
    draw(service, polygon(SQUARE), by=editor)
    (row,) = type(service).objects.filter(pk=service.pk).with_everything().get().areas.all()
    assert "outline" in row.get_deferred_fields()


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("within 2 miles of Golcar", 1),
        ("2.5 miles around Golcar; HD8", 2),
        ("Around the reservoir", 1),
        ("HD7; Around the reservoir", 2),
    ],
)
def test_words_beside_a_drawn_area_leave_it_as_it_is(text, rows, golcar):
    before = coverage.clean([{"drawn": polygon(SQUARE), "label": "Around the reservoir"}])
    value = coverage.clean(text, before=before)
    assert len(value) == rows
    assert ("Around the reservoir" in text) == (before[0] in value)
    assert coverage.clean(coverage.as_text(value), before=value) == value


@pytest.fixture
def golcar(db):
    from directory.geodata.models import Place

    Place.objects.create(name="Golcar", kind="village", lat=53.6379, lon=-1.8533, postcode_district="HD7", also="Gowca")


def test_miles_around_a_place_are_said_and_read_back(golcar):
    (row,) = coverage.clean("within 2 miles of gowca")
    assert row == {"around": [53.6379, -1.8533], "miles": 2.0, "label": "within 2 miles of Golcar"}
    assert coverage.clean("within 1 mile of Golcar")[0]["label"] == "within 1 mile of Golcar"
    with pytest.raises(ValidationError, match="do not know where “Atlantis”"):
        coverage.clean("within 2 miles of Atlantis")
