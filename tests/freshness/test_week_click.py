"""The links of reminders about this week: a GET does nothing, a POST does it once, for 60 days, for those who keep the listing."""

import re
from typing import Any

import pytest
from django.test import Client

from directory import clock, listings, locks
from directory.accounts.roles import Role
from directory.freshness import reminders, tokens
from directory.freshness.mails import MOST_WITH_WEEK
from directory.freshness.models import CheckToken, WeekPress
from directory.listing_fields import read_values
from directory.looks.models import WeekOfLooks
from directory.models import Change, Contact, Membership, Service
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(listing, later, post: Any):
    """A group with a listing that was asked about: its links by what they do, the listing, its keeper, the mail."""
    group = factories.organisation(name="Marsden Friends")
    user = factories.partner(group)
    with later(0):
        service = listing("Lunch Club", organisation_=group)
        reminders.remind_some()
    (sent,) = post()
    links = dict(re.findall(r"^(We have places|We are full|Closed this week): http://127.0.0.1:8000(/this-week/\S+)$", sent.body, re.M))
    return links, service, user, sent


def values(service: Service) -> dict[str, Any]:
    return read_values(Service.objects.get(pk=service.pk))


def days_on(page: Any) -> str:
    return re.search(r'name="day" value="([^"]*)"', page.content.decode())[1]


def test_the_mail_holds_the_links_and_until_when(asked) -> None:
    links, _, _, sent = asked
    assert set(links) == {"We have places", "We are full", "Closed this week"}
    assert "Those about this week work until 22 January 2027." in sent.body
    assert "Looked at" not in sent.body


def test_the_mail_says_how_often_a_page_is_looked_at(listing, later, post: Any) -> None:
    with later(0):
        service = listing("Lunch Club", email="club@group.example")
        WeekOfLooks.objects.create(service=service, week=clock.today(), count=37)
        reminders.remind_some()
    (sent,) = post()
    assert "Looked at 37 times this week and in the 4 before." in sent.body


def test_who_follows_a_link_has_said_nothing(asked, later) -> None:
    links, service, _, _ = asked
    before = values(service)
    with later(1):
        for path in links.values():
            page = Client().get(path)
            assert page.status_code == 200
            assert "no-store" in page["Cache-Control"]
            assert page.content.count(b'<button class="button">') == 1
            assert Client().head(path).status_code == 200
    assert values(service) == before
    assert not WeekPress.objects.exists()


def test_full_is_said_once_and_taken_back_once(asked, later) -> None:
    links, service, user, _ = asked
    path = links["We are full"]
    with later(1):
        page = Client().post(path, follow=True)
        assert b"Full at the moment, counted on 24 November 2026" in page.content
        assert values(service)["spaces"] == {"left": 0, "on": "2026-11-24"}
        assert Change.objects.get().made_by == user
        Client().post(path)
        assert Change.objects.count() == 1
        page = Client().post(path, {"do": "back"}, follow=True)
        assert b"Take it back" not in page.content
        assert values(service)["spaces"] is None
        assert Client().post(path, {"do": "back"}).status_code == 400
        assert Client().post(path, follow=True).status_code == 200
        assert values(service)["spaces"] is None


def test_on_a_locked_listing_it_waits_and_says_so(asked, later) -> None:
    links, service, _, _ = asked
    with later(1):
        locks.lock(service, by=factories.user(Role.EDITOR))
        page = Client().post(links["We are full"], follow=True).content.decode()
        assert locks.WAITS in page
        assert "Take it back" not in page
        assert values(service)["spaces"] is None


def test_a_link_that_was_used_says_nothing_again(asked, later) -> None:
    links, service, _, _ = asked
    with later(1):
        Client().post(links["We are full"])
        Client().post(links["We have places"], {"left": "4"})
        Client().post(links["We are full"])
        assert values(service)["spaces"]["left"] == 4


def test_a_number_is_needed_and_the_link_lives_on(asked, later) -> None:
    links, service, _, _ = asked
    with later(1):
        for left in ("", "0", "lots", "-2"):
            page = Client().post(links["We have places"], {"left": left})
            assert page.status_code == 400
            assert b"Write how many places are left" in page.content
        assert b"3 places left" in Client().post(links["We have places"], {"left": "3"}, follow=True).content


def test_closed_this_week(asked, later) -> None:
    links, service, _, _ = asked
    path = links["Closed this week"]
    with later(2):
        page = Client().get(path)
        assert b"Closed from Wednesday 25 to Sunday 29 November." in page.content
        days = days_on(page)
    with later(3):
        assert Client().post(path, {"day": days}).status_code == 400
        Client().post(path, {"day": days_on(Client().get(path))})
    assert values(service)["closures"] == [{"first": "2026-11-26", "last": "2026-11-29"}]


def test_a_form_from_elsewhere_does_nothing(asked, later) -> None:
    links, service, _, _ = asked
    with later(1):
        assert Client(enforce_csrf_checks=True).post(links["We are full"]).status_code == 403


def test_a_link_ends_after_sixty_days(asked, later) -> None:
    links, service, _, _ = asked
    path = links["We are full"]
    with later(60):
        assert Client().get(path).status_code == 200
    with later(61):
        page = Client().post(path)
        assert page.status_code == 404
        assert b"sign in and say what is new" in page.content
    assert values(service)["spaces"] is None


def test_who_has_left_and_what_is_withdrawn_says_nothing(asked, later) -> None:
    links, service, user, _ = asked
    with later(1):
        Client().post(links["We are full"])
        Membership.objects.filter(user=user).delete()
        for path in links.values():
            assert Client().get(path).status_code == 404
            assert Client().post(path, {"do": "back", "left": "2"}).status_code == 404
        Membership.objects.create(user=user, organisation=service.organisation)
        assert Client().get(links["We have places"]).status_code == 200
        listings.withdraw(service, by=factories.administrator())
        assert Client().get(links["We have places"]).status_code == 404
    assert values(service)["spaces"]["left"] == 0


def test_an_address_speaks_while_it_stands_in_the_listing(listing, later, post) -> None:
    with later(0):
        service = listing("Lunch Club", email="club@group.example")
        reminders.remind_some()
        path = tokens.week_path(CheckToken.objects.get().pk, "full")
        Contact.objects.update(email="new@group.example")
        assert Client().get(path).status_code == 404
        Contact.objects.update(email="Club@group.example")
        assert b"/partner/" not in Client().get(path).content
        Client().post(path)
    assert values(service)["spaces"]["left"] == 0


def test_forged_links_and_those_of_another_kind(asked, later) -> None:
    links, _, _, sent = asked
    token = CheckToken.objects.get()
    right = re.search(r"/still-right/(\S+)/", sent.body)[1]
    with later(1):
        for text in (
            "x",
            right,
            f"{token.pk.hex}-full.{'A' * 43}",
            tokens.week_path(token.pk, "fly").split("/")[2],
            f"{token.pk.hex}-full",
        ):
            assert Client().get(f"/this-week/{text}/").status_code == 404
            assert Client().post(f"/this-week/{text}/").status_code == 404
        changed = links["We are full"].replace("-full", "-closed")
        assert Client().post(changed, {"day": "2026-11-24"}).status_code == 404


def test_a_secret_place_is_not_told(listing, later) -> None:
    with later(0):
        service = listing("Refuge", email="refuge@group.example")
        at = service.at_locations.get()
        at.location.name, at.location.masked = "Canary House", True
        at.location.save()
        closed = {"first": "2026-11-24", "last": "2026-11-24", "place": str(at.location_id)}
        listings.set_fields(service, {"closures": [closed]}, by=factories.user(factories.Role.EDITOR))
        reminders.remind_some()
        token = CheckToken.objects.get().pk
        for path in (tokens.week_path(token, "full"), tokens.right_path(token)):
            page = Client().get(path)
            assert page.status_code == 200
            assert b"Canary House" not in page.content


def test_a_mail_about_many_listings_is_not_all_links(listing, later, post: Any) -> None:
    group = factories.organisation()
    factories.partner(group)
    with later(0):
        for number in range(MOST_WITH_WEEK + 1):
            listing(f"Group {number}", organisation_=group)
        reminders.remind_some()
    (sent,) = post()
    assert "/this-week/" not in sent.body
    assert "about this week" not in sent.body
    assert "say in one press" in sent.body
