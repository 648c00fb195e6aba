"""Which areas hold a half postcode or a village, and which village a position belongs to."""

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from directory.geodata.grounds import Ground, areas_at, ground_of_half, ground_of_place, stand_of
from directory.geodata.localities import MOST_MILES, NOWHERE, Localities
from directory.geodata.locating import localities, locality_of, miles, place_vocabulary
from directory.geodata.models import Place, Postcode
from directory.geodata.place_loading import load_places

pytestmark = pytest.mark.django_db
VILLAGES = {"Marsden": (53.6006, -1.9278), "Slaithwaite": (53.6222, -1.8822), "Golcar": (53.6379, -1.8533)}


def named(area_set, *codes):
    return tuple(f"{area_set.pk}:{code}" for code in codes)


def test_a_position_on_a_shared_line_lies_in_both_areas(wards):
    assert areas_at(53.62, -1.82) == named(wards, "W1", "W2")
    assert areas_at(53.62, -1.88) == named(wards, "W1")
    assert areas_at(53.70, -1.88) == ()


def test_a_postcode_beside_a_line_has_doors_on_the_other_side(wards):
    assert stand_of("hd7-5ab") == ("HD7 5AB", "HD7", 53.62, -1.8202, True, named(wards, "W2"))
    assert stand_of("HD7 5AA").beside == ()
    assert not stand_of("HD7 5ZZ").live
    assert stand_of("HD7 9ZZ") is stand_of("nonsense") is None


def test_a_half_postcode_lies_in_the_areas_of_its_live_postcodes(wards):
    ground = ground_of_half("hd7")
    assert ground.shares == dict(zip(named(wards, "W1", "W2"), (2 / 3, 1 / 3), strict=True))
    assert ground.districts == ("HD7",)
    assert len(ground.positions) == 3
    assert ground_of_half("HD7 5").shares == dict(zip(named(wards, "W1"), (1.0,), strict=True))
    assert ground_of_half("HD99") == ground_of_half("nowhere") == Ground()


def test_a_village_has_the_half_postcodes_of_its_postcodes(wards, places):
    Postcode.objects.bulk_create(Postcode(code=f"HD34A{letter}", lat=53.624, lon=-1.884) for letter in "ABC")
    Postcode.objects.create(code="HD84AA", lat=53.80, lon=-1.884)
    ground = ground_of_place(place_vocabulary()["slawit"], localities())
    assert ground.districts == ("HD7", "HD3")
    assert len(ground.positions) == 4


def test_a_village_without_postcodes_has_the_half_postcode_of_the_gazetteer(places):
    assert ground_of_place(place_vocabulary()["slaithwaite"], localities()) == Ground((), ("HD7",), {})


def test_the_village_of_a_position(db):
    assert locality_of(53.6, -1.9) == ""
    load_places()
    assert locality_of(53.6006, -1.9278) == "Marsden"
    assert locality_of(53.6110, -1.9100) == "Marsden"
    assert locality_of(53.5300, -1.9000) == ""
    Place.objects.all().delete()
    assert locality_of(53.6006, -1.9278) == ""


@hypothesis_settings(deadline=None)
@given(st.lists(st.tuples(st.floats(53.55, 53.70), st.floats(-2.0, -1.75)), max_size=6))
def test_many_positions_at_once_are_each_at_the_nearest_village(positions):
    table = Localities(list(VILLAGES), *zip(*VILLAGES.values(), strict=True))
    lats, lons = [lat for lat, _ in positions], [lon for _, lon in positions]
    for (lat, lon), number in zip(positions, table.numbers_at(lats, lons), strict=True):
        away = {name: miles(lat, lon, *middle) for name, middle in VILLAGES.items()}
        nearest = min(away, key=away.__getitem__)
        said = table.at(lat, lon)
        assert said == ("" if number == NOWHERE else table.names[number])
        if away[nearest] < MOST_MILES * 0.99:
            assert away[said] <= away[nearest] + 0.01
        if away[nearest] > MOST_MILES * 1.01:
            assert said == ""
