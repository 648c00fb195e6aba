import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.geodata.areas import SetDetails, install, store
from directory.geodata.locating import (
    Located,
    Retired,
    area_for_postcode,
    area_of,
    find_postcode,
    fold,
    installed_set,
    locate,
    miles,
    names,
    place_vocabulary,
    suggest_postcode,
)
from directory.geodata.models import AreaKind, Place, Postcode, PostcodeArea

lats, lons = st.floats(49.5, 60.5), st.floats(-8, 2)


def test_a_full_postcode_is_found_with_its_area(wards):
    found = find_postcode("hd7 5aa")
    assert found == Located("postcode", "HD7 5AA", 53.62, -1.88, "HD7", ("W1",))
    assert locate("HD7 5AA") == found


def test_a_retired_postcode_is_answered_as_such_and_still_located(wards):
    found = find_postcode("HD7 5ZZ")
    assert isinstance(found, Retired)
    assert (found.name, found.area_codes) == ("HD7 5ZZ", ("W1",))
    where = locate("HD7 5ZZ")
    assert (where.kind, where.lat, where.lon) == ("postcode", found.lat, found.lon)


@pytest.mark.parametrize("text", ["HD7 9XX", "nonsense", "", " , ,", "ZZ99", "\x00", "HD7 5AA' OR 1=1"])
def test_what_is_not_known_is_none(wards, text):
    assert find_postcode(text) is None
    assert locate(text) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("HD7 5AAA", "HD7 5AA"),
        ("HDD7 5AA", "HD7 5AA"),
        ("HD5 7AA", "HD7 5AA"),
        ("DH7 5AA", "HD7 5AA"),
        ("HD7 5AA", "HD7 5AA"),
        ("HD7 5ZZ", None),
        ("Marsden", None),
        ("x" * 5_000, None),
    ],
)
def test_a_slip_gets_a_suggestion_that_is_live(postcodes, typed, meant):
    assert suggest_postcode(typed) == meant


def test_a_half_postcode_is_the_middle_of_its_live_postcodes(wards):
    found = locate("hd7")
    inside = [Postcode.objects.get(code=code) for code in ("HD75AA", "HD75AB", "HD76DQ")]
    assert (found.kind, found.name, found.postcode_district) == ("district", "HD7", "HD7")
    assert found.lat == pytest.approx(sum(postcode.lat for postcode in inside) / 3)
    assert found.lon == pytest.approx(sum(postcode.lon for postcode in inside) / 3)
    assert found.area_codes == ("W1", "W2")


def test_a_longer_district_is_another_one(postcodes):
    assert locate("HD1") is None
    assert locate("HD10").lon == -1.70


def test_a_sector_is_narrower_than_its_half_postcode(wards):
    found = locate("HD7 6")
    assert (found.kind, found.name, found.lon, found.area_codes) == ("district", "HD7 6", -1.78, ("W2",))


@pytest.mark.parametrize("typed", ["Slaithwaite", "slawit", " SLAWIT!", "Slawit, Huddersfield", "nowhere, slawit"])
def test_a_village_is_found_by_the_names_people_give_it(wards, places, typed):
    found = locate(typed)
    assert (found.kind, found.name, found.postcode_district, found.area_codes) == ("place", "Slaithwaite", "HD7", ("W1",))


def test_a_places_own_name_beats_the_spelling_of_another(places):
    assert place_vocabulary()["slathwaite"].postcode_district == "DG1"
    assert place_vocabulary()[fold("Bottom o' th' Hill")].name == "St Mary's Mill"
    assert list(names()) == ["Slaithwaite", "Slathwaite", "St Mary's Mill"]


def test_the_vocabulary_follows_the_gazetteer(places):
    assert "golcar" not in place_vocabulary()
    Place.objects.create(name="Golcar", kind="village", lat=53.6379, lon=-1.8533, postcode_district="HD7")
    assert place_vocabulary()["golcar"].name == "Golcar"


def test_a_position_lies_in_one_area_of_the_installed_set(wards):
    assert area_of(53.6, -1.9).code == "W1"
    assert area_of(53.6, -1.75).code == "W2"
    assert area_of(53.6, -1.82).code == "W1"
    assert area_of(53.6, -1.0) is None


def test_without_an_installed_set_there_is_no_area(postcodes, places):
    assert installed_set() is None
    assert area_of(53.6, -1.9) is None
    assert area_for_postcode("HD7 5AA") is None
    assert locate("slawit").area_codes == ()


def test_a_postcode_near_the_line_lies_across_two_areas(wards):
    assert find_postcode("HD7 5AB").area_codes == ("W1", "W2")
    assert area_for_postcode("hd7 5ab").code == "W1"
    assert PostcodeArea.objects.filter(postcode_id="HD75AB", main=True).count() == 1


def test_area_means_the_installed_set_only(wards):
    whole = wards.areas.first().outline.union(wards.areas.last().outline)
    from directory.geodata.areas import Shape

    newer = store(SetDetails("valley-2026", "Valley", AreaKind.NEIGHBOURHOOD, 2026), [Shape("V", "The valley", whole)]).area_set
    assert area_for_postcode("HD7 5AA").code == "W1"
    install(newer)
    assert area_for_postcode("HD7 5AA").code == "V"
    assert find_postcode("HD7 5AB").area_codes == ("V",)
    assert installed_set() == newer


def test_a_postcode_that_came_without_membership_is_placed_by_its_position(wards):
    Postcode.objects.create(code="HD76ZZ", lat=53.6, lon=-1.75)
    assert area_for_postcode("HD7 6ZZ").code == "W2"
    assert find_postcode("HD7 6ZZ").area_codes == ("W2",)


@given(lats, lons, lats, lons)
def test_distance_is_the_same_both_ways_and_nought_at_home(lat1, lon1, lat2, lon2):
    assert miles(lat1, lon1, lat2, lon2) == pytest.approx(miles(lat2, lon2, lat1, lon1))
    assert miles(lat1, lon1, lat1, lon1) == 0
    assert 0 <= miles(lat1, lon1, lat2, lon2) < 1_000


def test_a_known_distance():
    """London to Edinburgh, 331 to 332 miles as the crow flies."""
    assert miles(51.5074, -0.1278, 55.9533, -3.1883) == pytest.approx(331.6, abs=1)
