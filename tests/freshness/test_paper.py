"""Listings on paper: every fact with a box, who gets a letter, and what comes back by post."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from directory import clock, listings
from directory.accounts.roles import Role
from directory.freshness import paper
from directory.freshness.facts import facts_of, lines
from directory.freshness.models import Letter
from directory.models import Contact, Service
from tests import factories

pytestmark = pytest.mark.django_db
PHONE = "01484 496000"


@pytest.fixture
def editor() -> Any:
    return factories.user(Role.EDITOR)


@pytest.fixture
def desk(editor: Any) -> Client:
    client = Client()
    client.force_login(editor)
    return client


def text_of(client: Client, *address: Any, **query: str) -> str:
    response = client.get(reverse(address[0], args=address[1:]), query)
    assert response.status_code == 200
    return response.content.decode()


def test_a_group_prints_its_own_listing_with_a_box_for_every_fact(monday: None, listing, settings: Any) -> None:
    settings.SITE_ADDRESS = "The Mill, Slaithwaite"
    group = factories.organisation(name="Marsden Friends")
    client = Client()
    client.force_login(factories.partner(group))
    service = listing("Lunch Club", organisation_=group, phone=PHONE, who_for="Everybody", what_to_bring="A cup")
    text = text_of(client, "partner-print", service.pk)
    for said in ("Lunch Club", PHONE, "Everybody", "A cup", "The Mill", "Signed", paper.reference(service.pk), "Marsden Friends"):
        assert said in text
    assert text.count("A box to tick") == text.count('<th scope="row">') >= 5
    assert "Your page does not say this yet" in text
    other = Client()
    other.force_login(factories.partner(factories.organisation()))
    assert other.get(reverse("partner-print", args=[service.pk])).status_code == 404


def test_a_secret_place_stands_on_no_envelope(monday: None, listing) -> None:
    group = factories.organisation(name="Refuge")
    client = Client()
    client.force_login(factories.partner(group))
    service = listing("Refuge", organisation_=group)
    at = service.at_locations.get()
    at.location.name, at.location.address, at.location.postcode = "Canary House", "9 Hidden Lane", "HD7 5AA"
    at.location.save()
    assert "9 Hidden Lane" in text_of(client, "partner-print", service.pk)
    at.location.masked = True
    at.location.save()
    closed = {"first": "2026-11-24", "last": "2026-11-24", "place": str(at.location_id)}
    listings.set_fields(service, {"closures": [closed]}, by=factories.user(Role.EDITOR))
    text = text_of(client, "partner-print", service.pk)
    for secret in ("Canary House", "Hidden Lane", "HD7 5AA"):
        assert secret not in text


def test_a_persons_own_contact_is_not_on_the_sheet(monday: None, listing) -> None:
    group = factories.organisation()
    client = Client()
    client.force_login(factories.partner(group))
    service = listing(organisation_=group)
    Contact.objects.create(service=service, name="Ada Example", phone=PHONE, is_personal=True, agreed_on=clock.today())
    text = text_of(client, "partner-print", service.pk)
    assert "Ada" not in text
    assert PHONE not in text


def test_an_area_that_is_covered_from_a_secret_place_does_not_name_it(monday: None, listing, editor: Any) -> None:
    service = listing("Refuge")
    place = service.at_locations.get().location
    place.name = "Canary House"
    place.save()
    listings.set_fields(service, {"area": [{"district": "HD7", "place": str(place.pk)}]}, by=editor)
    assert "Canary" in lines("area", facts_of(service)["area"])[0]
    place.masked = True
    place.save()
    assert lines("area", facts_of(service)["area"]) == ["HD7"]


def test_miles_around_a_secret_place_stand_on_no_sheet(monday: None, listing, editor: Any) -> None:
    service = listing("Refuge")
    place = service.at_locations.get().location
    around = {"around": [place.lat or 53.6, place.lon or -1.8], "miles": 2, "label": "within 2 miles of HD7 6AB"}
    listings.set_fields(service, {"area": [around, {"district": "HD7"}]}, by=editor)
    place.masked = True
    place.save()
    assert lines("area", facts_of(service)["area"]) == ["HD7"]


def test_letters_go_to_whom_no_mail_reaches(monday: None, listing, editor: Any) -> None:
    phone = listing("Phone only", phone=PHONE, checked_at=clock.today() - timedelta(days=400))
    nothing = listing("Nothing at all", checked_at=None, checked_how="")
    listing("Mail", email="club@group.example")
    listing("In time", checked_at=clock.today())
    kept = factories.organisation()
    factories.partner(kept)
    listing("Has members", organisation_=kept)
    assert paper.to_post() == [nothing.pk, phone.pk]


def test_what_was_posted_rests(listing, later, editor: Any) -> None:
    with later(0):
        service = listing(phone=PHONE)
        for _ in range(2):
            assert paper.posted([service.pk], by=editor) == 1
        assert Letter.objects.count() == 1
    with later(55):
        assert paper.to_post() == []
    with later(56):
        assert paper.to_post() == [service.pk]


def test_a_signed_sheet_is_the_groups_own_word_of_its_day(monday: None, listing, editor: Any) -> None:
    service = listing(phone=PHONE)
    paper.posted([service.pk], by=editor)
    signed = clock.today() - timedelta(days=3)
    paper.came_back(service, signed_on=signed, right=True, by=editor)
    service.refresh_from_db()
    assert (service.checked_at, service.checked_how, service.checked_by) == (signed, "owner", editor)
    assert Letter.objects.get().back_on == clock.today()


def test_a_sheet_with_changes_checks_nothing_yet(monday: None, listing, editor: Any) -> None:
    service = listing(phone=PHONE)
    before = service.checked_at
    paper.came_back(service, signed_on=clock.today(), right=False, by=editor)
    service.refresh_from_db()
    assert service.checked_at == before


@pytest.mark.parametrize("days", [-1, 91])
def test_a_day_that_cannot_be_is_refused(monday: None, listing, editor: Any, days: int) -> None:
    service = listing(phone=PHONE)
    with pytest.raises(ValidationError):
        paper.came_back(service, signed_on=clock.today() - timedelta(days=days), right=True, by=editor)
    service.refresh_from_db()
    assert service.checked_how == "owner"
    assert service.checked_at != clock.today()


def test_only_staff_say_what_came_back(monday: None, listing) -> None:
    service = listing(phone=PHONE)
    keeper = factories.partner(service.organisation)
    with pytest.raises(PermissionDenied):
        paper.came_back(service, signed_on=clock.today(), right=True, by=keeper)
    with pytest.raises(PermissionDenied):
        paper.posted([service.pk], by=keeper)
    assert not Letter.objects.exists()


def test_a_reference_is_found_as_it_is_typed(monday: None, listing) -> None:
    service = listing(id="3f0a1bbc-0000-4000-8000-000000000001")
    service = Service.objects.get(pk=service.pk)
    twin = listing("Twin", id="3f0a1bbc-0000-4000-8000-000000000002")
    listing("Other", id="3f0a1bbd-0000-4000-8000-000000000003")
    assert paper.reference(service.pk) == "3F0A 1BBC"
    for typed in ("3F0A 1BBC", "3f0a1bbc", " 3f0a-1bbc ", "3FOA IBBC"):
        assert [str(found.pk) for found in paper.find(typed)] == [str(service.pk), str(twin.pk)]
    for typed in ("", "3F0A", "3F0A 1BBC 0", "ZZZZ ZZZZ", "%"):
        assert paper.find(typed) == []


def test_the_pile_and_what_comes_back(monday: None, listing, desk: Client) -> None:
    service = listing(phone=PHONE)
    second = listing("Walks", phone=PHONE)
    text = text_of(desk, "to-post", paper="1")
    assert text.count('class="sheet"') == 2
    assert "2 to post" in text_of(desk, "to-post")
    answer = desk.post(reverse("posted"), {"service": [str(service.pk), "nonsense"]}, follow=True)
    assert "Noted: 1 letter posted today." in answer.content.decode()
    assert "1 to post" in answer.content.decode()
    found = text_of(desk, "to-post", reference=paper.reference(service.pk))
    assert "posted 23 November 2026" in found
    assert "No listing has this reference" in text_of(desk, "to-post", reference="12")
    path = reverse("came-back", args=[service.pk])
    assert path in found
    for wrong in ({}, {"says": "right", "signed_on": "2020-01-01"}, {"says": "maybe", "signed_on": "2026-11-20"}):
        desk.post(path, wrong)
        service.refresh_from_db()
        assert service.checked_at.year == 2025
    answer = desk.post(path, {"says": "right", "signed_on": "2026-11-20"}, follow=True)
    assert "own word" in answer.content.decode()
    answer = desk.post(reverse("came-back", args=[second.pk]), {"says": "change", "signed_on": "2026-11-20"})
    assert str(second.pk) in answer["Location"]
    assert desk.get(answer["Location"]).status_code == 200
    assert "0 to post" not in text_of(desk, "to-post")
    service.refresh_from_db()
    assert str(service.checked_at) == "2026-11-20"


def test_a_long_pile_takes_few_queries(monday: None, listing, desk: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(25):
        listing(f"Group {number}", phone=PHONE)
    text_of(desk, "to-post")
    with django_assert_max_num_queries(40):
        assert len(re.findall("We posted those", text_of(desk, "to-post"))) == 1
