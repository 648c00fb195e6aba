from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from directory import clock
from directory.listings import set_fields
from directory.models import Contact, Location
from directory.venues import set_location
from search.documents import documents_for, documents_of_all
from tests.factories import organisation, service

HALL = {"name": "Marsden Mechanics", "address": "Peel Street, Marsden", "lat": 53.6006, "lon": -1.9278, "found_by": "map"}


def only(made):
    (document,) = documents_for([str(made.pk)])
    return document


def test_a_listing_becomes_what_the_index_holds(listing):
    made = listing(
        "Knit & natter",
        description="Bring [needles](http://example.org/pattern) and **wool**.",
        needs=["friendships", "social-outings-and-events"],
        delivery=["place"],
        who_for="Carers",
        min_age="55",
        is_free=True,
        languages="Punjabi; English",
        area="HD7",
        places=[HALL],
        access={"step_free": True, "hearing_loop": False},
    )
    document = only(made)
    assert (document.name, document.organisation) == ("Knit & natter", "Group of Knit & natter")
    assert document.needs == ("friendships", "social-outings-and-events")
    assert (document.modes, document.free, document.min_age) == (("place",), True, 55)
    assert document.languages == ("punjabi", "english")
    assert document.areas == ("district:HD7",)
    assert document.place.name == "Marsden Mechanics"
    assert document.access == ("step_free:yes", "hearing_loop:no")
    assert {"wool", "needl", "carer", "peel"} <= set(document.text_tokens)
    assert not {"http", "org", "pattern"} & set(document.text_tokens)
    assert document.url == made.get_absolute_url()


def test_one_document_for_each_place_and_one_where_there_is_none(listing):
    two = listing("Two halls", places=[HALL, {**HALL, "name": "Slaithwaite Hall", "lat": 53.6222, "lon": -1.8822}])
    none = listing("By phone", delivery=["phone"])
    documents = list(documents_of_all())
    assert sorted(document.service for document in documents) == sorted([str(two.pk), str(two.pk), str(none.pk)])
    assert only(none).place is None


def test_a_masked_place_leaves_no_trace(listing):
    made = listing("A refuge", places=[HALL])
    Location.objects.update(masked=True)
    document = only(made)
    assert document.place is None
    assert document.access == ()
    assert "peel" not in document.text_tokens
    assert "mechan" not in document.text_tokens


def test_contacts_and_internal_notes_stay_out(listing):
    made = listing("Lunch", phone="01484 000000", email="edith.testperson@example.org", internal_note="ask Quentin")
    Contact.objects.create(
        service=made, name="Quentin Testname", phone="07700 900123", is_personal=True, show_on_site=False, show_in_print=False
    )
    text = str(only(made))
    for trace in ("01484", "edith", "testperson", "quentin", "07700"):
        assert trace not in text.lower()


def test_closed_listings_are_not_indexed_and_paused_ones_say_so(listing):
    closed = listing("Closed", status="closed")
    paused = listing("Paused", status="paused")
    assert list(documents_for([str(closed.pk)])) == []
    assert only(paused).paused is True


@pytest.mark.parametrize(("left", "days", "spaces"), [(2, 1, True), (0, 1, False), (2, 100, None)])
def test_spaces_count_while_they_are_fresh(listing, left, days, spaces):
    day = (clock.today() - timedelta(days=days)).isoformat()
    assert only(listing("Group", spaces={"left": left, "on": day})).spaces is spaces


def test_areas_around_places_and_everywhere(listing):
    assert only(listing("Around", area=[{"around": [53.6, -1.9], "miles": 2, "label": "Golcar"}])).circles == ((53.6, -1.9, 2.0),)
    assert only(listing("All", area="everywhere")).areas == ("*",)


@pytest.mark.django_db
def test_reading_all_listings_takes_a_constant_number_of_queries(django_assert_max_num_queries, ground):
    for _ in range(12):
        service("shopping", organisation_=organisation(), covers="HD7")
    with django_assert_max_num_queries(12):
        assert len(list(documents_of_all())) == 12


CHURCH_HALL = {"name": "Hall", "address": "1 High Street, Marsden", "postcode": "HD7 6AB"}
CHAPEL = {"name": "Chapel", "address": "2 Low Street, Slaithwaite", "postcode": "HD7 5AA"}


def place_of(service, name):
    return str(service.at_locations.get(location__name=name).location_id)


def test_a_place_with_an_area_of_its_own_covers_that_and_not_the_area_of_the_whole(listing, editor):
    service = listing("Driver", places=[CHURCH_HALL, CHAPEL], area="HD7")
    set_fields(service, {"area": [{"district": "HD7"}, {"district": "HD9", "place": place_of(service, "Hall")}]}, by=editor)
    areas = {each.place.name: each.areas for each in documents_for([str(service.pk)])}
    assert areas == {"Hall": ("district:HD9",), "Chapel": ("district:HD7",)}


def test_what_is_covered_from_a_secret_place_is_found_without_the_place(listing, editor):
    service = listing("Refuge", places=[CHURCH_HALL, CHAPEL])
    secret = service.at_locations.get(location__name="Hall").location
    set_fields(service, {"area": [{"district": "HD9", "place": str(secret.pk)}]}, by=editor)
    set_location(secret, {"masked": True}, by=editor)
    told = {each.place.name if each.place else "": each.areas for each in documents_for([str(service.pk)])}
    assert told == {"Chapel": (), "": ("district:HD9",)}


def test_nobody_finds_the_middle_of_a_circle_around_a_secret_place(listing, editor):
    """Asked from many places who comes there, the circle would tell its middle."""
    service = listing("Refuge", places=[CHURCH_HALL])
    secret = service.at_locations.get().location
    set_fields(service, {"area": [{"around": [secret.lat, secret.lon], "miles": 3, "label": "within 3 miles of HD7 5AA"}]}, by=editor)
    assert only(service).circles
    set_location(secret, {"masked": True}, by=editor)
    document = only(service)
    assert (document.circles, document.area_names) == ((), ())
    assert "5aa" not in " ".join(document.text_tokens)


def test_an_area_covered_from_where_the_service_is_not_is_refused(listing, editor):
    here, elsewhere = listing("Here", places=[CHURCH_HALL]), listing("Elsewhere", places=[CHAPEL])
    with pytest.raises(ValidationError):
        set_fields(here, {"area": [{"district": "HD7", "place": place_of(elsewhere, "Chapel")}]}, by=editor)
