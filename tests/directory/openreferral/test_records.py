"""Records: whole, valid by the published schemas, with steady ids, and nothing in them that shall not leave."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from wagtail.images.models import Image

from directory import clock, listings, seeding
from directory.models import Contact, Location, Organisation, Service, ServiceArea, ServiceAtLocation
from directory.openreferral import taxonomies
from tests import factories
from tests.directory.openreferral.conftest import SECRET, faults

pytestmark = pytest.mark.django_db
LOGO = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"


def test_a_whole_listing_is_valid_in_every_place_where_it_stands(get, lunch):
    at = lunch.at_locations.get()
    assert faults(get(f"services/{lunch.pk}"), "service") == []
    assert faults(get(f"service_at_locations/{at.pk}"), "service_at_location") == []
    for detail in ({}, {"full_service": "true"}):
        assert faults(get(f"organizations/{lunch.organisation_id}", **detail), "organization") == []
    for full in ("true", "false"):
        for path, name in (("services", "service"), ("service_at_locations", "service_at_location"), ("organizations", "organization")):
            page = get(path, full=full)
            assert faults(page, f"{name}_list") == []
            assert [found for record in page["contents"] for found in faults(record, name)] == []
            assert len(page["contents"]) == 1


def test_what_a_list_tells_is_what_the_record_tells(get, lunch):
    record = get(f"services/{lunch.pk}")
    (full,) = get("services", full="true")["contents"]
    (flat,) = get("services")["contents"]
    assert full == record
    assert {name: value for name, value in flat.items() if name != "organization"}.items() <= record.items()
    assert flat["organization"].items() <= record["organization"].items()
    (place,) = record["service_at_locations"]
    alone = get(f"service_at_locations/{place['id']}")
    assert alone.pop("service").items() <= record.items()
    assert alone == place


def test_words_numbers_and_times_stand_where_the_standard_wants_them(get, lunch):
    record = get(f"services/{lunch.pk}")
    assert (record["status"], record["minimum_age"], record["maximum_age"]) == ("active", 60, 99.5)
    assert record["description"].startswith("A hot lunch with others.\n\nSoup")
    assert record["alert"] == "No pie this week"
    assert (record["email"], record["phones"][0]["number"]) == ("lunch@lunch.example", "01484 223197")
    assert record["contacts"][0]["phones"][0]["number"] == "01484 223197"
    assert {row["name"] for row in record["languages"]} == {"English", "Urdu"}
    assert [row["amount"] for row in record["cost_options"]] == [5, 2.5]
    assert record["capacities"][0]["available"] == 3
    assert [row["taxonomy_term"]["ccs_slug"] for row in record["attributes"]] == ["friendships", "nutrition"]
    rules = {(row.get("freq"), row.get("byday"), row.get("bymonthday"), row.get("dtstart")) for row in record["schedules"]}
    assert rules == {
        ("WEEKLY", "TU", None, None),
        ("MONTHLY", "1TH", None, None),
        ("MONTHLY", None, "5", None),
        (None, None, None, "2031-05-05"),
    }
    (address,) = record["service_at_locations"][0]["location"]["addresses"]
    assert (address["address_1"], address["city"], address["state_province"]) == ("Town End", "Golcar", "West Yorkshire")
    assert (address["postal_code"], address["country"]) == ("HD7 5AA", "GB")


def test_ids_stay_when_rows_are_written_anew(get, lunch, system):
    def ids(found):
        if isinstance(found, dict):
            return {found.get("id"), *(each for value in found.values() for each in ids(value))}
        return {each for value in found for each in ids(value)} if isinstance(found, list) else set()

    before = get(f"services/{lunch.pk}")
    times = "Tu 12:00-14:00 term time; Th[1] 10:00-11:30 not bank holidays; day 5 09:00-10:00; 2031-05-05 18:00-23:00"
    listings.set_fields(lunch, {"times": "Mo 10:00-11:00", "area": "HD9", "costs": []}, by=system)
    prices = [{"option": "A meal", "amount": "5"}, {"option": "With a carer", "amount": "2.50", "concession": True}]
    listings.set_fields(lunch, {"times": times, "area": "HD7; everywhere", "costs": prices}, by=system)
    assert ids(get(f"services/{lunch.pk}")) == ids(before)


def test_a_listing_of_hardly_anything_is_valid(get):
    bare = Service.objects.create(organisation=Organisation.objects.create(name="Some"), name=" ", summary="")
    record = get(f"services/{bare.pk}")
    assert faults(record, "service") == []
    assert record["organization"]["description"] == "Some"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://example.org/a?x=[1]|2%", "https://example.org/a?x=%5B1%5D%7C2%25"),
        ("https://example.org/a b", None),
        ("http://höhle.example/", "http://xn--hhle-5qa.example/"),
        ("javascript:alert(1)", None),
        ("example.org", None),
        ("https://[::1", None),
    ],
)
def test_an_address_that_is_none_is_left_out(get, url, told):
    service = factories.service("shopping")
    Service.objects.filter(pk=service.pk).update(url=url)
    record = get(f"services/{service.pk}")
    assert record.get("url") == told
    assert faults(record, "service") == []


def test_a_logo_is_an_address_that_opens(get, client, lunch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    image = Image.objects.create(title="Logo", file=SimpleUploadedFile("logo.gif", LOGO, "image/gif"))
    Organisation.objects.filter(pk=lunch.organisation_id).update(logo=image, logo_alt="A spoon")
    record = get(f"organizations/{lunch.organisation_id}")
    assert faults(record, "organization") == []
    assert record["logo"] == f"{settings.BASE_URL}{image.file.url}"


def test_a_secret_place_is_not_there_at_all(client, get, refuge):
    record = get(f"services/{refuge.pk}")
    assert not {"service_at_locations", "schedules", "ccs_closures", "contacts", "phones"} & record.keys()
    assert get("service_at_locations")["total_items"] == 0
    at = refuge.at_locations.get()
    get(f"service_at_locations/{at.pk}", 404)
    told = "".join(
        client.get(f"/oruk/{path}").content.decode()
        for path in (f"services/{refuge.pk}", "services?full=true", "service_at_locations?full=true", "organizations?full_service=true")
    )
    streamed = b"".join(client.get("/oruk/services?full=true&format=ndjson").streaming_content).decode()
    for word in (*map(str, SECRET.values()), str(at.pk), str(at.location_id), "Wanda", "Petra", "960111", "960222"):
        assert word not in told
        assert word not in streamed


@pytest.mark.parametrize(
    ("area", "shown"),
    [
        ({"everywhere": True}, True),
        ({"district": "HD7"}, False),
        ({"district": "LS1"}, True),
        ({"lat": SECRET["lat"], "lon": SECRET["lon"], "miles": 1}, False),
        ({"lat": SECRET["lat"], "lon": SECRET["lon"], "miles": 60}, False),
        ({"lat": 53.80, "lon": -1.55, "miles": 60}, True),
    ],
)
def test_an_area_that_would_tell_where_a_secret_place_is_stays_inside(get, refuge, area, shown):
    ServiceArea.objects.create(service=refuge, **area)
    assert ("service_areas" in get(f"services/{refuge.pk}")) is shown


@pytest.mark.parametrize(("half", "shown"), [(0.02, False), (0.5, True)])
def test_a_small_area_around_a_secret_place_stays_inside_and_a_large_one_does_not(get, refuge, half, shown):
    ServiceArea.objects.create(service=refuge, area=factories.area(half=half))
    far = factories.area("T0002", around=(54.9, -1.6), half=0.02)
    ServiceArea.objects.create(service=refuge, area=far)
    names = [row.get("ccs_area_code") for row in get(f"services/{refuge.pk}")["service_areas"]]
    assert sorted(names) == (["T0001", "T0002"] if shown else ["T0002"])


def test_what_is_covered_from_a_secret_place_alone_stays_inside(get, refuge):
    ServiceArea.objects.create(service=refuge, at_location=refuge.at_locations.get(), everywhere=True)
    assert "service_areas" not in get(f"services/{refuge.pk}")


def test_contacts_leave_by_their_own_tick_only(get):
    service = factories.service("shopping")
    contact = Contact.objects.create(service=service, name="Ann", phone="01632 960333", is_personal=True, agreed_on=clock.today())
    assert "contacts" not in get(f"services/{service.pk}")
    Contact.objects.filter(pk=contact.pk).update(show_in_open_data=True)
    record = get(f"services/{service.pk}")
    assert [row["name"] for row in record["contacts"]] == ["Ann"]
    # Somebody's own number is not that of the service.
    assert not {"phones", "email"} & record.keys()
    hidden = {"show_on_site": False, "show_in_print": False, "show_in_open_data": False}
    Contact.objects.filter(pk=contact.pk).update(withdrawn_on=clock.today(), **hidden)
    assert "contacts" not in get(f"services/{service.pk}")


def test_a_contact_of_one_place_stands_there(get):
    service = factories.service("shopping")
    at = service.at_locations.get()
    Contact.objects.create(service=service, role="Caretaker", phone="01632 960444", at_location=at, show_in_open_data=True)
    record = get(f"services/{service.pk}")
    assert "contacts" not in record
    assert record["service_at_locations"][0]["contacts"][0]["title"] == "Caretaker"


def test_a_note_for_staff_never_leaves(client):
    factories.service("shopping", internal_note="heronwitness", imported={"name": "heronwitness"})
    assert b"heronwitness" not in client.get("/oruk/services?full=true").content


def test_times_that_are_over_are_not_told(get):
    service = factories.service("shopping")
    service.schedules.create(weekday=0, opens="10:00", closes="11:00", valid_to="2020-01-01")
    service.schedules.create(every="once", on="2020-01-01", opens="10:00", closes="11:00")
    assert "schedules" not in get(f"services/{service.pk}")
    service.schedules.create(weekday=1, opens="10:00", closes="11:00")
    assert [row["byday"] for row in get(f"services/{service.pk}")["schedules"]] == ["TU"]


def test_a_place_without_a_postcode_has_no_address_but_its_own_words(get):
    service = factories.service("shopping", at=None)
    place = Location.objects.create(address="Behind the mill, Marsden")
    ServiceAtLocation.objects.create(service=service, location=place)
    location = get(f"services/{service.pk}")["service_at_locations"][0]["location"]
    assert "addresses" not in location
    assert location["ccs_address"] == "Behind the mill, Marsden"


def test_elements_and_needs_are_one_taxonomy(get):
    seeding.load_needs()
    (short,) = get("taxonomies")["contents"]
    whole = get(f"taxonomies/{short['id']}")
    assert faults(whole, "taxonomy") == []
    terms = whole["taxonomy_terms"]
    assert len(terms) == 29
    assert faults(get("taxonomies"), "taxonomy_list") == []
    page = get("taxonomy_terms")
    assert faults(page, "taxonomy_term_list") == []
    assert {term["id"] for term in page["contents"]} == {term["id"] for term in terms}
    tops = get("taxonomy_terms", top_only="true")["contents"]
    assert [term["ccs_slug"] for term in tops] == ["my-life", "my-home", "my-community", "my-care"]
    below = get("taxonomy_terms", parent_id=tops[0]["id"])["contents"]
    assert [term["ccs_slug"] for term in below] == [term["ccs_slug"] for term in terms if term.get("parent_id") == tops[0]["id"]]
    for term in terms:
        assert get(f"taxonomy_terms/{term['id']}") == term
    assert get("taxonomy_terms", taxonomy_id=taxonomies.TAXONOMY)["total_items"] == 29
    assert get("taxonomy_terms", taxonomy_id=tops[0]["id"])["empty"] is True


def test_organisations_are_those_that_offer_something_and_those_above_them(get):
    above = factories.organisation(name="Above")
    service = factories.service("shopping", organisation_=factories.organisation(name="Below", parent=above))
    factories.organisation(name="Idle")
    assert [row["name"] for row in get("organizations")["contents"]] == ["Above", "Below"]
    below = get(f"organizations/{service.organisation_id}")
    assert below["services"] == [{"id": str(service.pk), "name": service.name, "status": "active"}]
    assert get(f"organizations/{below['parent_organization_id']}")["name"] == "Above"
    Service.objects.update(status="closed", changed_at="2020-01-01T00:00Z")
    assert get("organizations")["total_items"] == 0
    get(f"organizations/{above.pk}", 404)


def test_the_root_names_the_published_documents(get):
    root = get("")
    assert faults(root, "api_details") == []
    assert root["openapi_url"].startswith("https://openreferraluk.org/")
    assert json.dumps(root) == json.dumps(get(""))
