"""Feeds are set up by staff, who read what became of them and decide which listings are the same. Nobody else comes in."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from directory import listings
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.harvest import due, ending
from directory.harvest.duplicates import propose
from directory.harvest.feeds import set_feed
from directory.harvest.locking import Busy, alone
from directory.harvest.models import DuplicatePair, Feed, Record, Run
from directory.harvest.run_states import RunState
from directory.journal.models import Event
from directory.models import Service
from tests import factories
from tests.harvest.serving import NOT_FOUND, as_json, pages, service, serving

pytestmark = pytest.mark.django_db
FeedAt = Callable[..., Feed]
VALUES = {"name": "County", "slug": "county", "url": "https://feed.example.org/api/services/"}


@pytest.fixture
def editor(client: Client) -> User:
    user = factories.user(Role.EDITOR)
    client.force_login(user)
    return user


def test_a_feed_is_set_up_and_keeps_its_address(editor: User, system: User) -> None:
    feed = set_feed(Feed(), VALUES, by=editor)
    assert feed.url == "https://feed.example.org/api"
    assert feed.allowed_hosts == {"feed.example.org"}
    Record.objects.create(feed=feed, source_id="1", outcome=Record.Outcome.TAKEN)
    set_feed(feed, {"name": "Another"}, by=editor)
    with pytest.raises(ValidationError):
        set_feed(feed, {"url": "https://elsewhere.example.org"}, by=editor)
    with pytest.raises(PermissionDenied):
        set_feed(feed, {"name": "Mine"}, by=factories.user(Role.PARTNER))
    assert Event.objects.filter(kind="feed.set").count() == 2


def test_feeds_in_the_admin(client: Client, editor: User) -> None:
    add = reverse(Feed.snippet_viewset.get_url_name("add"))  # type: ignore[attr-defined]
    told = {**VALUES, "per_page": 50, "every_days": 7, "details": "when-thin", "active": "on"}
    assert client.post(add, told).status_code == 302
    feed = Feed.objects.get()
    Run.objects.create(feed=feed, state=RunState.PART, error="The feed is empty.", warnings={"v1 envelope": {"count": 2, "ids": ["a"]}})
    listed = client.get(reverse(Feed.snippet_viewset.get_url_name("list"))).content.decode()  # type: ignore[attr-defined]
    assert "The feed is empty." in listed
    shown = client.get(reverse("feed-runs", args=[feed.pk])).content.decode()
    assert "2 × v1 envelope (a)" in shown


def test_doubles_are_decided_one_by_one(client: Client, editor: User, system: User) -> None:
    owner = listings.create_organisation(by=system, name="Golcar Club")
    two = [listings.create_service(owner, by=system, name="Lunch <b>club</b>", summary="Lunch.") for _ in range(2)]
    propose([one.pk for one in two])
    page = client.get(reverse("pairs")).content.decode()
    assert "Lunch &lt;b&gt;club" in page
    pair = DuplicatePair.objects.get()
    for _ in range(2):  # The second time it is decided already.
        assert client.post(reverse("pair-decide", args=[pair.pk]), {"do": "same"}).status_code == 302
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == (DuplicatePair.State.SAME, editor)
    assert "nothing to decide" in client.get(reverse("pairs")).content.decode()
    assert "Lunch" in client.get(reverse("pairs"), {"which": "same"}).content.decode()


@pytest.mark.parametrize("role", [Role.PARTNER, Role.COORDINATOR, Role.ANALYST])
def test_these_rooms_are_for_moderators(client: Client, role: Role, feed_at: FeedAt) -> None:
    feed = feed_at("https://feed.example.org")
    client.force_login(factories.user(role))
    for address in (reverse("pairs"), reverse("feed-runs", args=[feed.pk])):
        assert client.get(address).status_code in (302, 403)


def say(*words: str) -> str:
    out = StringIO()
    call_command("harvest", *words, "--pause", "0", stdout=out, stderr=out)
    return out.getvalue()


def test_the_command_fetches_what_is_due(feed_at: FeedAt, system: User) -> None:
    with serving(pages([service(number) for number in range(3)])) as site:
        feed_at(site.url, slug="tea")
        feed_at("http://127.0.0.1:9/never", slug="resting", active=False)
        assert "3 read, 3 made" in say()
        assert say() == ""
        assert "3 as they were" in say("tea")
        with pytest.raises(CommandError, match="no feed called coffee. There are: tea, resting|There are: resting, tea"):
            say("coffee")


def test_a_dry_run_says_what_would_happen_and_writes_nothing(feed_at: FeedAt, run: Callable[..., Run], system: User) -> None:
    told = [service(number) for number in range(3)]
    with serving(lambda *asked: pages(told)(*asked)) as site:
        feed = feed_at(site.url, slug="tea")
        assert "Tea afternoon 2: would be made" in say("tea", "--dry-run")
        assert not Service.objects.exists()
        assert not Run.objects.exists()
        run(feed)
        listings.set_fields(Service.objects.get(name="Tea afternoon 1"), {"url": ""}, by=system)
        told[0] = service(0, name="Coffee morning", minimum_age=60)
        told[1] = service(1, url="https://coffee.example.org/")
        told[2] = service(4, name=" ")
        events = Event.objects.count()
        text = say("tea", "--dry-run")
    assert "Tea afternoon 0: Name: “Tea afternoon 0” → “Coffee morning”" in text
    assert "Tea afternoon 0: Lowest age: “50” → “60”" in text
    assert "Tea afternoon 1: Web page: edited here (“Not said”); “https://coffee.example.org/” would be put up for a moderator" in text
    assert "would be left out, because it has no name" in text
    assert "Tea afternoon 2: would be hidden" in text
    assert Event.objects.count() == events


def test_single_services_are_fetched_by_their_ids(feed_at: FeedAt, system: User) -> None:
    told = [service(number) for number in range(3)]

    def answer(path: str, parameters: dict[str, str], headers: dict[str, str]) -> Any:
        one = next((one for one in told if path.endswith(one["id"])), None)
        return as_json(one) if one else NOT_FOUND

    with serving(answer) as site:
        feed_at(site.url, slug="tea")
        assert "1 read, 1 made" in say("tea", "--only", told[1]["id"], "--only", "nobody")
        assert "would be made" in say("tea", "--only", told[2]["id"], "--dry-run")
    assert [one.name for one in Service.objects.all()] == ["Tea afternoon 1"]


def test_only_one_at_a_time_goes_through_a_feed(feed_at: FeedAt, run: Callable[..., Run]) -> None:
    feed = feed_at("http://127.0.0.1:9")
    with alone(feed), pytest.raises(Busy):
        run(feed)
    assert not Run.objects.exists()


def test_the_worker_goes_through_in_pieces(feed_at: FeedAt, system: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due, "PIECE_SECONDS", 0.0)
    told = [service(number) for number in range(3)]
    with serving(pages(told)) as site:
        feed = feed_at(site.url)
        assert not due.fetch_some()
        assert Run.objects.get().state == RunState.RUNNING
        monkeypatch.setattr(due, "PIECE_SECONDS", 60.0)
        assert not due.fetch_some()
        assert (Run.objects.get().state, Service.objects.count()) == (RunState.GOOD, 3)
        assert due.fetch_some()
    feed.refresh_from_db()
    assert not feed.due


def test_staff_hears_once_that_a_feed_fails(feed_at: FeedAt, run: Callable[..., Run], editor: User, mailoutbox: list[Any]) -> None:
    with serving(lambda *asked: (200, {"Content-Type": "text/html"}, b"<html>Log in</html>")) as site:
        feed = feed_at(site.url, name="County")
        done = run(feed)
        assert "web page" in done.error
        assert ending.tell_staff(str(done.pk)) == 1
        assert run(feed, resume=True).pk == done.pk
    assert [mail.to for mail in mailoutbox] == [[editor.email]]
    assert "County" in mailoutbox[0].body
