import pytest

from search.geometry import degrees_around, miles_between
from search.query import Query
from search.reach import TRAVEL_MILES, Reach, way
from tests.finding import MARSDEN, SLAITHWAITE, document

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


def test_the_box_around_a_circle_holds_it():
    height, width = degrees_around(53.6, 10)
    assert miles_between(53.6, -1.9, 53.6 + height, -1.9) > 10
    assert miles_between(53.6, -1.9, 53.6, -1.9 + width) > 10
