"""Great-circle distances."""

from math import acos, cos, pi, radians, sin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.eligibility.distance import EARTH_KM, km_between

latitude, longitude = st.floats(-90, 90), st.floats(-180, 180)


@settings(deadline=None)
@given(latitude, longitude, latitude, longitude)
def test_agrees_with_the_law_of_cosines_and_is_the_same_both_ways(lat, lon, other_lat, other_lon):
    phi, other_phi = radians(lat), radians(other_lat)
    cosine = sin(phi) * sin(other_phi) + cos(phi) * cos(other_phi) * cos(radians(other_lon - lon))
    expected = EARTH_KM * acos(max(-1.0, min(1.0, cosine)))

    # The law of cosines is coarse near 0 and near the antipode: half a metre.
    assert km_between(lat, lon, other_lat, other_lon) == pytest.approx(expected, abs=5e-4)
    assert km_between(lat, lon, other_lat, other_lon) == pytest.approx(km_between(other_lat, other_lon, lat, lon), abs=1e-9)


def test_known_distances():
    assert km_between(53.6, -1.9, 53.6, -1.9) == 0
    assert km_between(0, 0, 1, 0) == pytest.approx(EARTH_KM * pi / 180)
    assert km_between(0, 0, 0, 180) == pytest.approx(EARTH_KM * pi)
    assert km_between(0, 179.5, 0, -179.5) == pytest.approx(EARTH_KM * pi / 180)
    assert km_between(53.6458, -1.7850, 53.4808, -2.2426) == pytest.approx(35.4, abs=0.2)  # Huddersfield to Manchester
