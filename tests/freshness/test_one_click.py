"""The links of reminders: a GET does nothing, a POST does it once, for 30 days, for those who keep the listing."""

import re
from typing import Any

import pytest
from django.test import Client

from directory import clock
from directory.freshness import reminders, tokens
from directory.freshness.models import CheckToken, WantsNoMail
from directory.listings import set_fields
from directory.models import Contact, Membership, Service
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(listing, later, post: Any):
    """A group with two listings that were asked about: the links, the first listing, its keeper."""
    group = factories.organisation()
    user = factories.partner(group)
    with later(0):
        first = listing("Lunch Club", organisation_=group)
        listing("Walks", organisation_=group)
        reminders.remind_some()
    (sent,) = post()
    paths = re.findall(r"http://127.0.0.1:8000(/still-right/\S+)", sent.body)
    return paths, first, user


def press(client: Client, path: str, service: Service) -> Any:
    return client.post(path, {"version": Service.objects.get(pk=service.pk).version}, follow=True)


def test_who_follows_a_link_has_said_nothing(asked, later) -> None:
    (path, *_), service, _ = asked
    before = service.checked_at
    with later(1):
        for _ in range(3):
            page = Client().get(path)
            assert page.status_code == 200
            assert "no-store" in page["Cache-Control"]
        assert b"Yes, it is still right" in page.content
        assert Client().head(path).status_code == 200
    service.refresh_from_db()
    assert service.checked_at == before


def test_one_press_checks_once(asked, later) -> None:
    (path, other, _), service, user = asked
    with later(1):
        page = press(Client(), path, service)
        today = clock.today()
        assert b"Thank you" in page.content
        assert other.encode() in page.content
    service.refresh_from_db()
    assert (service.checked_at, service.checked_how, service.checked_by) == (today, "link", user)
    with later(20):
        assert b"Thank you" in press(Client(), path, service).content
    service.refresh_from_db()
    assert service.checked_at == today
    assert CheckToken.objects.filter(used_at=None).count() == 1


def test_a_form_from_elsewhere_does_nothing(asked, later) -> None:
    (path, *_), service, _ = asked
    with later(1):
        assert Client(enforce_csrf_checks=True).post(path, {"version": service.version}).status_code == 403


def test_a_link_ends_after_thirty_days(asked, later) -> None:
    (path, *_), service, _ = asked
    with later(30):
        assert Client().get(path).status_code == 200
    with later(31):
        assert Client().get(path).status_code == 404
        press(Client(), path, service)
    service.refresh_from_db()
    assert service.checked_how == "owner"


def test_what_changed_meanwhile_is_looked_at_again(asked, later) -> None:
    (path, *_), service, _ = asked
    with later(1):
        version = service.version
        set_fields(service, {"summary": "Now on Thursdays."}, by=factories.administrator())
        page = Client().post(path, {"version": version})
        assert page.status_code == 409
        assert b"Now on Thursdays." in page.content
        assert Client().post(path, {"version": "x"}).status_code == 409
    service.refresh_from_db()
    assert service.checked_how == "owner"


def test_who_has_left_the_group_says_nothing_for_it(asked, later) -> None:
    (path, *_), service, user = asked
    Membership.objects.filter(user=user).delete()
    with later(1):
        assert Client().get(path).status_code == 404
        assert press(Client(), path, service).status_code == 404


def test_an_address_speaks_while_it_stands_in_the_listing(listing, later, post) -> None:
    with later(0):
        service = listing("Lunch Club", email="club@group.example")
        reminders.remind_some()
        path = tokens.right_path(CheckToken.objects.get().pk)
        Contact.objects.update(email="new@group.example")
        assert Client().get(path).status_code == 404
        Contact.objects.update(email="Club@group.example")
        page = Client().get(path)
        assert b"/partner/services/" not in page.content
        assert b"Thank you" in press(Client(), path, service).content
    service.refresh_from_db()
    assert service.checked_how == "link"


def test_a_secret_place_is_not_told(listing, later) -> None:
    with later(0):
        service = listing("Refuge", email="refuge@group.example")
        place = service.at_locations.get().location
        place.name, place.postcode, place.masked = "Canary House", "HD7 5AA", True
        place.save()
        reminders.remind_some()
        page = Client().get(tokens.right_path(CheckToken.objects.get().pk))
    assert page.status_code == 200
    assert b"Canary House" not in page.content
    assert b"HD7 5AA" not in page.content


@pytest.mark.parametrize("path", ["/still-right/x/", "/still-right/stop/x/", "/still-right/" + "0" * 32 + ".abc/"])
def test_what_is_not_whole_is_said(path: str) -> None:
    assert Client().get(path).status_code == 404
    assert Client().post(path).status_code == 404


def test_a_link_of_one_kind_is_not_one_of_the_other(asked) -> None:
    paths, _, _ = asked
    (stop,) = [path for path in paths if "/stop/" in path]
    assert Client().get(stop.replace("/stop/", "/")).status_code == 404


def test_no_more_mails_by_one_press(asked, later) -> None:
    paths, _, _ = asked
    (stop,) = [path for path in paths if "/stop/" in path]
    assert Client().get(stop).status_code == 200
    assert not WantsNoMail.objects.exists()
    client = Client(enforce_csrf_checks=True)
    for _ in range(2):
        assert client.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert WantsNoMail.objects.count() == 1
