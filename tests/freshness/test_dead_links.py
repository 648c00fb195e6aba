"""Dead links: a gentle visitor of a site on this machine, which says what was asked of it."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.test import Client

from directory import clock
from directory.accounts.roles import Role
from directory.freshness import dead_links, knocking, reminders
from directory.freshness.models import LinkCheck
from directory.models import Service
from tests import factories

pytestmark = pytest.mark.django_db


class Site:
    """A web site: `answers` by method and path or by path alone (status, headers, body); `asked` is what came."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {"/robots.txt": (404, {}, b"")}
        self.asked: list[tuple[str, str, str]] = []

    def says(self, path: str, status: int, body: bytes = b"", **headers: str) -> None:
        self.answers[path] = (status, headers, body)

    @property
    def pages(self) -> list[str]:
        return [f"{method} {path}" for method, path, _ in self.asked if path != "/robots.txt"]


@pytest.fixture
def site(settings: Any) -> Iterator[Site]:
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            made.asked.append((self.command, self.path, self.headers["User-Agent"]))
            status, headers, body = made.answers.get(f"{self.command} {self.path}") or made.answers.get(self.path) or (200, {}, b"hello")
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_HEAD = _answer  # noqa: N815

        def log_message(self, *args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.root = f"http://127.0.0.1:{server.server_port}"  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.HARVEST_FROM_LOOPBACK = True
    cache.clear()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def link(site: Any, later: Any):
    def make(path: str = "/lunch") -> LinkCheck:
        with later(0):
            return LinkCheck.objects.create(url=site.root + path, host="127.0.0.1")

    return make


def look(link: LinkCheck) -> LinkCheck:
    return dead_links.look_at(LinkCheck.objects.get(pk=link.pk))


def test_what_answers_is_left_alone_for_a_month(site, link, later) -> None:
    with later(0):
        row = look(link())
        assert (row.failures, row.moved_to) == (0, "")
        assert row.next_on == clock.today() + timedelta(days=28)
    assert site.pages == ["HEAD /lunch"]
    assert {agent for _, _, agent in site.asked} == {"CareStoreLinks/1 (+http://127.0.0.1:8000/)"}


def test_a_site_that_does_not_know_head_is_asked_by_get(site, link, later) -> None:
    site.says("HEAD /lunch", 405)
    site.says("GET /lunch", 200)
    with later(0):
        assert look(link()).failures == 0
    assert site.pages == ["HEAD /lunch", "GET /lunch"]


@pytest.mark.parametrize("status", [404, 410, 500, 503])
def test_three_days_and_not_three_tries(site, link, later, status: int) -> None:
    site.says("/lunch", status)
    row = link()
    with later(0):
        for _ in range(4):
            assert look(row).failures == 1
        first = clock.today()
    with later(1):
        assert look(row).failures == 2
        assert not dead_links.seem_dead().exists()
    with later(3):
        assert look(row).failures == 3
        assert [(dead.pk, dead.failed_since) for dead in dead_links.seem_dead()] == [(row.pk, first)]
    site.says("/lunch", 200)
    with later(10):
        assert look(row).failures == 0
    assert not dead_links.seem_dead().exists()


@pytest.mark.parametrize("status", [401, 403, 429, 451, 406])
def test_who_does_not_want_machines_is_not_called_dead(site, link, later, status: int) -> None:
    site.says("/lunch", status)
    with later(0):
        row = look(link())
    assert (row.failures, row.moved_to) == (0, "")


@pytest.mark.parametrize(
    ("robots", "asked"),
    [
        ((200, b"User-agent: *\nDisallow: /lunch"), False),
        ((200, b"User-agent: CareStoreLinks\nDisallow: /\n\nUser-agent: *\nDisallow:"), False),
        ((200, b"User-agent: *\nDisallow: /private"), True),
        ((200, b"\xff\xfe nonsense"), True),
        ((404, b""), True),
        ((403, b""), False),
        ((503, b""), False),
    ],
)
def test_robots_are_honoured(site, link, later, robots: tuple[int, bytes], asked: bool) -> None:
    site.says("/robots.txt", robots[0], robots[1])
    with later(0):
        row = look(link())
    assert bool(site.pages) == asked
    assert row.failures == 0


def test_robots_are_asked_once_a_day_for_a_site(site, link, later) -> None:
    with later(0):
        look(link("/one"))
        look(link("/two"))
    assert sum(path == "/robots.txt" for _, path, _ in site.asked) == 1


@pytest.mark.parametrize(("status", "proposed"), [(301, True), (308, True), (302, False), (307, False)])
def test_what_moved_for_good_is_proposed(site, link, later, status: int, proposed: bool) -> None:
    site.says("/lunch", status, Location="/new-lunch")
    with later(0):
        row = look(link())
    assert row.moved_to == (site.root + "/new-lunch" if proposed else "")
    assert row.failures == 0


def test_a_front_page_for_everything_is_not_proposed(site, link, later) -> None:
    site.says("/lunch", 301, Location="/")
    with later(0):
        assert look(link()).moved_to == ""


def test_a_circle_ends(site, link, later) -> None:
    site.says("/lunch", 301, Location="/lunch")
    with later(0):
        assert look(link()).why == "it leads in a circle"
    assert len(site.pages) == 6


@pytest.mark.parametrize(
    "target", ["http://10.0.0.1/", "http://169.254.169.254/latest/", "http://[::1]/", "ftp://127.0.0.1/", "http://a:b@127.0.0.1/"]
)
def test_private_addresses_are_refused_also_behind_a_redirect(site, link, later, settings: Any, target: str) -> None:
    site.says("/lunch", 302, Location=target)
    with later(0):
        if "::1" in target:
            settings.HARVEST_FROM_LOOPBACK = False
        assert look(link()).why == "it leads to no public web address"


def test_without_the_tests_setting_this_machine_is_refused(site, link, later, settings: Any) -> None:
    settings.HARVEST_FROM_LOOPBACK = False
    with later(0):
        assert look(link()).failures == 1
    assert site.asked == []


def test_a_site_that_is_gone(site, link, later, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knocking, "WAIT_SECONDS", 0.2)
    row = link()
    LinkCheck.objects.filter(pk=row.pk).update(url="http://127.0.0.1:9/")
    with later(0):
        assert look(row).why == "it does not answer"


def test_the_daily_task_is_gentle(site, listing, later) -> None:
    with later(0):
        for number in range(3):
            listing(f"Group {number}", url=f"{site.root}/page{number}")
        listing("Closed", url=f"{site.root}/closed", status="closed")
        assert dead_links.list_some()
        # One in half a minute of one site, however often the worker comes by.
        assert [dead_links.look_at_some() for _ in range(5)] == [False] * 5
        assert len(site.pages) == 1
        for minutes in (1, 2):
            with clock.held_at(clock.now() + timedelta(minutes=minutes)):
                assert not dead_links.look_at_some()
        with clock.held_at(clock.now() + timedelta(minutes=3)):
            assert dead_links.look_at_some()
    assert sorted(site.pages) == ["HEAD /page0", "HEAD /page1", "HEAD /page2"]


def test_no_more_than_so_many_a_day(site, listing, later, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dead_links, "A_DAY", 1)
    with later(0):
        listing("One", url=f"{site.root}/one")
        listing("Two", url=f"{site.root}/two")
        dead_links.list_some()
        assert not dead_links.look_at_some()
        assert dead_links.look_at_some()
    assert len(site.pages) == 1


def test_addresses_come_and_go_with_their_listings(listing, later) -> None:
    with later(0):
        service = listing(url="https://one.example/", organisation_=factories.organisation(url="https://group.example/"))
        dead_links.list_some()
        assert set(LinkCheck.objects.values_list("url", "host")) == {
            ("https://one.example/", "one.example"),
            ("https://group.example/", "group.example"),
        }
        Service.objects.filter(pk=service.pk).update(url="https://two.example/")
        dead_links.list_some()
        assert set(LinkCheck.objects.values_list("host", flat=True)) == {"two.example", "group.example"}


def test_the_demonstration_knocks_at_no_door(site, listing, later, settings: Any) -> None:
    settings.DEMO = True
    with later(0):
        listing(url=f"{site.root}/one")
        dead_links.list_some()
        assert dead_links.look_at_some()
    assert site.asked == []


def test_the_group_hears_of_it_in_its_next_mail(site, listing, later, post) -> None:
    site.says("/gone", 404)
    with later(-3):
        listing("Lunch Club", email="club@group.example", url=f"{site.root}/gone")
        dead_links.list_some()
    for days in (-3, -2, -1):
        with later(days):
            look(LinkCheck.objects.get())
    with later(0):
        reminders.remind_some()
    (sent,) = post()
    assert f"Its web address seems dead since 20 November 2026: {site.root}/gone" in sent.body


def test_an_editor_takes_the_new_address_everywhere(site, listing, later) -> None:
    site.says("/old", 301, Location="/new")
    editor = factories.user(Role.EDITOR)
    client = Client()
    client.force_login(editor)
    with later(0):
        group = factories.organisation(url=f"{site.root}/old")
        service = listing(url=f"{site.root}/old", organisation_=group)
        dead_links.list_some()
        row = look(LinkCheck.objects.get())
        with pytest.raises(PermissionDenied):
            dead_links.take_new_address(row, by=factories.partner(group))
        assert f"{site.root}/new" in client.get("/admin/listings/links/", {"which": "moved"}).content.decode()
        assert client.post(f"/admin/listings/links/{row.pk}/", {"do": "take"}).status_code == 302
        service.refresh_from_db()
        group.refresh_from_db()
        assert service.url == group.url == f"{site.root}/new"
        assert not dead_links.have_moved().exists()


def test_what_somebody_left_is_not_proposed_again(site, link, later) -> None:
    site.says("/lunch", 301, Location="/other")
    editor = factories.user(Role.EDITOR)
    with later(0):
        row = look(link())
        dead_links.leave(row, by=editor)
    with later(30):
        assert look(row).moved_to == ""
        site.says("/lunch", 301, Location="/third")
        assert look(row).moved_to == f"{site.root}/third"


def test_the_page(site, link, later) -> None:
    client = Client()
    client.force_login(factories.user(Role.EDITOR))
    assert "No address seems dead" in client.get("/admin/listings/links/").content.decode()
    site.says("/lunch", 404)
    row = link()
    for days in range(3):
        with later(days):
            look(row)
    assert "Seems dead since 23 November 2026" in client.get("/admin/listings/links/").content.decode()
    client.post(f"/admin/listings/links/{row.pk}/", {"do": "leave"})
    assert not dead_links.seem_dead().exists()
    stranger = Client()
    stranger.force_login(factories.user(Role.PARTNER))
    assert stranger.post(f"/admin/listings/links/{row.pk}/", {"do": "leave"}).status_code in (302, 403)
