"""The preview of a listing: the public page with what waits, and nothing of it is left anywhere."""

import pytest
from django.test import Client
from django.urls import reverse

from directory import moderation
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.journal.heads import head
from directory.listing_fields import read_values
from directory.models import Location, Service
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def service() -> Service:
    return factories.service(name="Tea Room", summary="A pot of tea.", at_place=True)


@pytest.fixture
def partner(service: Service) -> User:
    return factories.partner(service.organisation)


def read(user: User, service: Service, how: str = "") -> str:
    client = Client()
    client.force_login(user)
    response = client.get(reverse("partner-preview", args=[service.pk]) + how)
    assert response.status_code == 200
    return response.content.decode()


def test_it_shows_what_waits_and_leaves_nothing_behind(service: Service, partner: User) -> None:
    places = [{"address": "The new hall, Golcar", "postcode": ""}]
    moderation.propose(
        service, {"name": "Tea and Cake", "how_to_access": "Just turn up.", "places": places, "costs": [{"amount": "2.50"}]}, by=partner
    )
    before, mark, venues = read_values(service), head(), Location.objects.count()
    text = read(partner, service)
    for words in ("<h1>Tea and Cake</h1>", "Just turn up.", "The new hall, Golcar", "£2.50", "what waits for us: "):
        assert words in text
    fresh = Service.objects.get(pk=service.pk)
    assert (read_values(fresh), head(), Location.objects.count()) == (before, mark, venues)
    public = Client().get(fresh.get_absolute_url()).content.decode()
    assert "Tea and Cake" not in public
    assert "The new hall" not in public


def test_as_it_is_now(service: Service, partner: User) -> None:
    moderation.propose(service, {"summary": "Tea and cake."}, by=partner)
    assert "Tea and cake." in read(partner, service)
    now = read(partner, service, "?now")
    assert "Tea and cake." not in now
    assert "A pot of tea." in now


def test_ages_that_only_fit_together_are_taken_together(service: Service, partner: User) -> None:
    Service.objects.filter(pk=service.pk).update(min_age=18, max_age=30)
    moderation.propose(service, {"min_age": "60", "max_age": "90"}, by=partner)
    assert "This cannot be shown yet" not in read(partner, service)


def test_what_cannot_be_taken_over_is_named_and_the_rest_is_shown(partner: User, service: Service) -> None:
    moderation.propose(service, {"access": {"step_free": True}, "summary": "Tea and cake."}, by=partner)
    service.at_locations.all().delete()
    text = read(partner, service)
    assert "This cannot be shown yet:" in text
    assert "Getting in" in text
    assert "Tea and cake." in text


def test_a_listing_that_visitors_do_not_see_is_shown_to_its_group(service: Service, partner: User) -> None:
    Service.objects.filter(pk=service.pk).update(status="closed")
    assert "Visitors do not see this listing at the moment." in read(partner, service)


def test_another_group_sees_no_preview(service: Service) -> None:
    for user in (factories.partner(factories.organisation()), factories.user(Role.EDITOR)):
        client = Client()
        client.force_login(user)
        assert client.get(reverse("partner-preview", args=[service.pk])).status_code == 404
