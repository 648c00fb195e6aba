"""The buttons of the week on /partner/: one press each, said in words, taken back, and never another group's."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from directory import clock, listings, locks, this_week
from directory.accounts.models import User
from directory.listing_fields import read_values
from directory.models import Change, ChangeField, Service

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
WEEK = " ".join(f"2026-11-{day}" for day in range(23, 30))


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.held_at(MONDAY):
        yield


@pytest.fixture
def browser(client: Client, partner: User) -> Client:
    client.force_login(partner)
    return client


def press(browser: Client, service: Service, do: str, **more: Any) -> str:
    """The page after a press."""
    response = browser.post(reverse("partner-this-week", args=[service.pk]), {"do": do, **more}, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def home(browser: Client) -> str:
    response = browser.get(reverse("partner"))
    assert response.status_code == 200
    return response.content.decode()


def test_one_press_and_the_page_says_what_visitors_read(service: Service, browser: Client) -> None:
    text = press(browser, service, "full")
    assert "Tuesday lunch: your page now says: Full at the moment, counted on 23 November 2026." in text
    assert "Changed today: Places left." in text
    assert "your page says so already" in press(browser, service, "full")
    assert Change.objects.count() == 1


def test_back_to_the_listing_that_was_pressed(service: Service, browser: Client) -> None:
    address = reverse("partner-this-week", args=[service.pk])
    assert browser.post(address, {"do": "full"})["Location"] == f"/partner/#listing-{service.pk}"
    assert browser.post(address, {"do": "full", "back": "service"})["Location"] == reverse("partner-service", args=[service.pk])
    assert f'id="listing-{service.pk}"' in home(browser)


def test_what_is_not_right_is_said_at_the_top_where_reading_begins(service: Service, browser: Client) -> None:
    address = reverse("partner-this-week", args=[service.pk])
    assert browser.post(address, {"do": "places", "left": "many"})["Location"] == reverse("partner")


def test_every_link_button_and_label_says_of_which_listing(service: Service, browser: Client, system: User) -> None:
    listings.create_service(service.organisation, by=system, name="Bingo", summary="An afternoon of bingo.")
    text = home(browser).split("<main", 1)[1].split("</main>", 1)[0]
    found = re.findall(r"<(a|button|summary|label)\b[^>]*>(.*?)</\1>", text, re.S)
    named = Counter(re.sub(r"<[^>]+>", "", words) for kind, words in found if "checkbox" not in words)
    assert [words for words, times in named.items() if times > 1] == []


def test_places_closed_and_open_again(service: Service, browser: Client) -> None:
    assert f'name="day" value="{WEEK}"' in home(browser)
    assert "Open as usual again" not in home(browser)
    press(browser, service, "places", left="3")
    text = press(browser, service, "closed", day=WEEK)
    assert "Closed from 23 to 29 November 2026. 3 places left, counted on 23 November 2026" in text
    assert "Open as usual again" in text
    text = press(browser, service, "open")
    assert "Closed from" not in text
    assert read_values(Service.objects.get())["closures"] == []


def test_ticked_days(service: Service, browser: Client) -> None:
    press(browser, service, "closed", day=["2026-11-24", "2026-11-26"])
    assert [row["first"] for row in read_values(Service.objects.get())["closures"]] == ["2026-11-24", "2026-11-26"]


def test_a_notice_holds_a_week_and_comes_down(service: Service, browser: Client) -> None:
    assert "Bring a cup &amp; spoon." in press(browser, service, "notice", notice="Bring a cup & spoon.")
    assert str(Service.objects.get().notice_until) == "2026-11-30"
    assert "Take the notice down" in home(browser)
    press(browser, service, "no-notice")
    assert Service.objects.get().notice == ""


def test_the_last_press_is_taken_back_once(service: Service, browser: Client) -> None:
    before = read_values(service)
    press(browser, service, "closed", day=WEEK)
    change = Change.objects.get()
    assert f'name="change" value="{change.pk}"' in home(browser)
    assert "taken back" in press(browser, service, "back", change=change.pk)
    assert read_values(Service.objects.get()) == before
    assert "It was taken back before." in press(browser, service, "back", change=change.pk)
    assert str(change.pk) not in home(browser)


def test_what_changed_since_and_what_is_long_ago_is_not_offered(service: Service, browser: Client, editor: User) -> None:
    press(browser, service, "places", left="2")
    with clock.held_at(MONDAY + timedelta(days=8)):
        assert "Take it back" not in home(browser)
    assert "Take it back" in home(browser)
    listings.set_fields(service, {"spaces": {"left": 9, "on": "2026-11-23"}}, by=editor)
    assert "Take it back" not in home(browser)


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        ({"do": "places", "left": ""}, "Write how many places are left"),
        ({"do": "places", "left": "0"}, "Write how many places are left"),
        ({"do": "places", "left": "many"}, "Write how many places are left"),
        ({"do": "places", "left": "99999999"}, "Write how many places are left"),
        ({"do": "places", "left": "00012345678901"}, "Write how many places are left"),
        ({"do": "places", "left": "00011" + "9" * 5000}, "Write how many places are left"),
        ({"do": "closed", "day": "2026-11-22"}, "Choose days from today on"),
        ({"do": "closed", "day": "tomorrow"}, "Say which days"),
        ({"do": "closed"}, "Choose days from today on"),
        ({"do": "notice", "notice": "  "}, "A notice has words"),
        ({"do": "notice", "notice": "x" * 301}, "A notice has words"),
        ({"do": "fly"}, "press one of the buttons"),
        ({}, "press one of the buttons"),
    ],
)
def test_what_is_not_right_is_said_and_changes_nothing(service: Service, browser: Client, posted: dict[str, str], words: str) -> None:
    response = browser.post(reverse("partner-this-week", args=[service.pk]), posted, follow=True)
    assert words in response.content.decode()
    assert not Change.objects.exists()


def test_another_groups_change_is_not_taken_back(service: Service, browser: Client, system: User, stranger: User, needs: None) -> None:
    other = listings.create_service(stranger.memberships.get().organisation, by=system, name="Shed", summary="A shed.")
    change = this_week.say_places(other, 3, by=stranger)
    assert change is not None
    for address in (reverse("partner-this-week", args=[service.pk]), reverse("partner-this-week", args=[other.pk])):
        assert browser.post(address, {"do": "back", "change": change.pk}).status_code == 404
    assert browser.post(reverse("partner-this-week", args=[service.pk]), {"do": "back", "change": "x"}).status_code == 404
    other.refresh_from_db()
    assert other.spaces == 3


@pytest.mark.parametrize(
    ("day", "labels"), [(23, ["today", "this week"]), (27, ["today", "this week", "next week"]), (29, ["today", "next week"])]
)
def test_which_closings_are_offered(service: Service, browser: Client, day: int, labels: list[str]) -> None:
    with clock.held_at(datetime(2026, 11, day, 9, tzinfo=UTC)):
        text = home(browser)
    assert [label for label in ("today", "this week", "next week") if f"Closed {label}" in text] == labels


def test_a_secret_place_is_not_told(service: Service, browser: Client, editor: User) -> None:
    place = service.at_locations.get().location
    hall = str(place.pk)
    listings.set_fields(service, {"closures": [{"first": "2026-11-24", "last": "2026-11-24", "place": hall}]}, by=editor)
    assert "Closed at" in home(browser)
    place.masked = True
    place.save()
    assert "Closed at" not in home(browser)


def test_listings_stand_group_by_group_and_many_are_folded(
    service: Service, partner: User, browser: Client, system: User, django_assert_max_num_queries: Any
) -> None:
    assert '<details class="fold" open>' in home(browser)
    another = listings.create_organisation(by=system, name="Abbey Walks")
    listings.add_member(another, partner, by=system)
    for number in range(30):
        values = {"times": "Tu 10:00-12:00", "phone": "01484 223197", "area": "HD7", "places": [{"address": f"Hall {number}, Golcar"}]}
        group = another if number % 2 else service.organisation
        made = listings.create_service(group, by=system, name=f"Group {number:02}", summary="A group.", **values)
        this_week.say_places(made, 2, by=partner)
    with django_assert_max_num_queries(26):
        text = home(browser)
    assert text.index("Abbey Walks") < text.index("Group 01") < text.index("Group 29") < text.index("Golcar Lunch Club</h2>")
    assert '<details class="fold" open>' not in text
    assert text.count("Take it back") == 30


def test_a_press_on_a_locked_listing_says_that_it_waits(service: Service, browser: Client, editor: User) -> None:
    locks.lock(service, by=editor)
    for _ in range(2):
        assert "waits for us, and nothing of it is lost" in press(browser, service, "full")
    assert ChangeField.objects.get().state == "waiting"
