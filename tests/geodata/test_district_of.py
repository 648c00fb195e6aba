"""The half postcode of a position given in numbers."""

import pytest

from directory.geodata.locating import district_of
from directory.geodata.models import Postcode

pytestmark = pytest.mark.django_db


def test_it_is_that_of_the_nearest_postcode_in_use():
    Postcode.objects.create(code="HD75AA", lat=53.62, lon=-1.87)
    Postcode.objects.create(code="HD34AA", lat=53.63, lon=-1.87)
    Postcode.objects.create(code="HD99AA", lat=53.621, lon=-1.87, live=False)
    assert district_of(53.6215, -1.87) == "HD7"
    assert district_of(53.629, -1.87) == "HD3"


def test_far_from_any_there_is_none():
    Postcode.objects.create(code="HD75AA", lat=53.62, lon=-1.87)
    assert district_of(53.7, -1.87) is None
