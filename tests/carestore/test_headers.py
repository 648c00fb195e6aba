"""What every answer carries and keeps: headers, the CSRF token, one shape for the API's errors, and no request to another host."""

import re
import uuid
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from cms.seeding import make_pages
from directory import listings
from directory.accounts.roles import Role
from directory.journal.heads import head
from matching.reasons import Outcome
from tests import factories
from tests.carestore import world

pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/find/",
    "/find/?q=shopping",
    "/needs/",
    "/needs/shopping/",
    "/ask/",
    "/suggest/",
    "/worried/",
    "/accessibility/",
    "/privacy/",
]
PAGES += ["/about/", "/volunteer/", "/council/figures/", "/styleguide/", "/account/login/", "/nothing/here/"]
BEHIND = {"coordinator": "/desk/", "partner": "/partner/", "volunteer": "/volunteer/", "council": "/council/refer/"}
REFERRALS = "/api/v1/referrals/"
NOWHERE = uuid.UUID(int=7)
# Tags and attributes by which a browser fetches something, or sends something away.
FETCHED = {"src", "srcset", "poster", "data", "action", "formaction", "background", "ping", "manifest"}
DEEP = "[" * 50_000


class Fetches(HTMLParser):
    """What a browser would ask for by itself when it shows this page, and where its forms go."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in FETCHED or (name.endswith("href") and tag != "a")]


@pytest.fixture
def open_site() -> str:
    """The editors' pages, a need and a service; gives the service's address."""
    make_pages()
    editor = factories.user(Role.EDITOR)
    group = listings.create_organisation(by=editor, name="Group")
    service = listings.create_service(
        group, by=editor, name="Shopping Friends", summary="We go.", needs=[factories.need().slug], url="https://group.example/"
    )
    return service.get_absolute_url()


def directives(answer) -> dict[str, list[str]]:
    parts = [part.split() for part in answer["Content-Security-Policy"].split(";") if part.strip()]
    return {name: values for name, *values in parts}


def test_pages_carry_strict_headers(client: Client, open_site: str) -> None:
    for page in [*PAGES, open_site, "/api/v1/search/", "/health/live"]:
        answer = client.get(page)
        policy = directives(answer)
        assert policy["default-src"] == ["'none'"], page
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"] == ["'self'"], page
        assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"], page
        assert "unsafe" not in answer["Content-Security-Policy"], page
        assert answer["X-Frame-Options"] == "DENY", page
        assert answer["X-Content-Type-Options"] == "nosniff", page
        assert answer["Referrer-Policy"] == "same-origin", page
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", page


def test_only_the_page_editor_has_looser_rules(open_site: str) -> None:
    client = Client()
    client.force_login(factories.user(Role.EDITOR))
    answer = client.get("/admin/")
    assert answer.status_code == 200
    policy = directives(answer)
    assert "'unsafe-inline'" in policy["script-src"]
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    # Looser, and still nothing from elsewhere.
    assert not [value for values in policy.values() for value in values if "*" in value or "//" in value or value in ("http:", "https:")]
    assert "unsafe" not in client.get("/")["Content-Security-Policy"]


def test_nobody_keeps_a_copy_of_what_signed_in_people_read(client: Client) -> None:
    assert "no-store" not in client.get("/").headers.get("Cache-Control", "")
    people = world.make().people
    for who, page in BEHIND.items():
        client.force_login(people[who])
        assert "no-store" in client.get(page)["Cache-Control"], page
    by_key = Client(headers={"Authorization": world.key_of(people["council"])})
    assert "no-store" in by_key.get(REFERRALS)["Cache-Control"]


def test_cookies_are_kept_from_scripts_and_other_sites(client: Client) -> None:
    factories.user(email="a@test.example", password="correct horse battery")
    answer = client.post("/account/login/", {"login": "a@test.example", "password": "correct horse battery"})
    cookie = answer.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_no_page_asks_another_host_for_anything(client: Client, open_site: str) -> None:
    people, wrong = world.make().people, []
    for page in [*PAGES, open_site, *BEHIND.values()]:
        who = next((name for name, path in BEHIND.items() if path == page), None)
        client.logout()
        if who is not None:
            client.force_login(people[who])
        found = Fetches(client.get(page).content.decode()).found
        assert "/static/carestore/page.css" in found
        wrong += [(page, address) for address in found if urlsplit(address).netloc or urlsplit(address).scheme not in ("", "data")]
        wrong += [(page, address) for sheet in found if sheet.endswith(".css") for address in outside(sheet.removeprefix("/static/"))]
    assert not wrong


def outside(sheet: str) -> list[str]:
    """What a style sheet asks other hosts for."""
    text = Path(finders.find(sheet)).read_text()
    asked = re.findall(r"url\(\s*['\"]?([^'\")]+)", text) + re.findall(r"@import\s+['\"]([^'\"]+)", text)
    return [address for address in asked if urlsplit(address).netloc or urlsplit(address).scheme not in ("", "data")]


def test_nothing_is_posted_without_the_pages_token() -> None:
    small, before = world.make(), head()
    posts = {
        "coordinator": [("desk-search", None), ("desk-person-new", None), ("desk-agree", small.person), ("desk-decide", small.ask)],
        "partner": [("partner-still-right", small.service), ("partner-undo", small.undoable), ("partner-referral", small.referral)],
        "volunteer": [("volunteer-offer", small.match), ("logout", None)],
        "council": [("council-refer", None), ("api-referral-moves", small.referral), ("api-referrals", None)],
    }
    for who, addresses in posts.items():
        client = Client(enforce_csrf_checks=True)
        client.force_login(small.people[who])
        for name, thing in addresses:
            path = reverse(name, args=[thing.pk] if thing else [])
            kind = {"content_type": "application/json"} if path.startswith("/api/") else {}
            assert client.post(path, {"to": "accepted", "answer": "yes", "decision": "withdraw"}, **kind).status_code == 403, path
    assert Client(enforce_csrf_checks=True).post("/account/login/", {"login": "a@test.example", "password": "x"}).status_code == 403
    assert head() == before


def test_a_key_needs_no_token() -> None:
    headers = {"Authorization": world.key_of(factories.user(Role.COUNCIL_REFERRER, is_service=True))}
    answer = Client(enforce_csrf_checks=True, headers=headers).post(REFERRALS, {}, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("role", "method", "path", "body", "code"),
    [
        (None, "GET", REFERRALS, "", 401),
        (None, "POST", REFERRALS, "{}", 401),
        ("unknown key", "GET", REFERRALS, "", 401),
        (Role.ANALYST, "GET", REFERRALS, "", 403),
        (Role.ANALYST, "POST", f"{REFERRALS}{NOWHERE}/moves/", "{}", 403),
        (Role.COUNCIL_REFERRER, "GET", f"{REFERRALS}{NOWHERE}/", "", 404),
        (Role.COUNCIL_REFERRER, "GET", f"{REFERRALS}nonsense/", "", 404),
        (Role.COUNCIL_REFERRER, "POST", f"{REFERRALS}{NOWHERE}/moves/", '{"to": "accepted"}', 404),
        (Role.COUNCIL_REFERRER, "DELETE", REFERRALS, "", 405),
        (Role.COUNCIL_REFERRER, "GET", f"{REFERRALS}?page=0", "", 400),
        (Role.COUNCIL_REFERRER, "GET", f"{REFERRALS}?changed_since=soon", "", 400),
        (Role.COUNCIL_REFERRER, "POST", REFERRALS, "{}", 400),
        (Role.COUNCIL_REFERRER, "POST", REFERRALS, "[]", 400),
        (Role.COUNCIL_REFERRER, "POST", REFERRALS, "no json", 400),
        (Role.COUNCIL_REFERRER, "POST", REFERRALS, DEEP, 400),
        (Role.COUNCIL_REFERRER, "POST", REFERRALS, '{"note": NaN}', 400),
        (Role.COUNCIL_REFERRER, "POST", REFERRALS, '{"note": "\\ud800"}', 400),
        (Role.COUNCIL_REFERRER, "POST", REFERRALS, '{"person": {"name": "a\\u0000b"}, "need": "\\u0000"}', 400),
        (Role.COUNCIL_REFERRER, "POST", REFERRALS, b"\xff\xfe", 400),
        (Role.COUNCIL_REFERRER, "POST", REFERRALS, '{"note": "' + "x" * 300_000 + '"}', 413),
        (None, "GET", "/api/v1/search/?radius=far", "", 400),
        (None, "GET", "/api/v1/search/?lat=91&lon=0", "", 400),
        (None, "GET", "/api/v1/search/?page_size=101", "", 400),
        (None, "GET", "/api/v1/search/?need=nothing-like-it", "", 400),
        (None, "POST", "/api/v1/search/", "{}", 405),
        (None, "GET", "/api/v1/map/?bbox=1", "", 400),
        (None, "GET", "/api/v1/map/?zoom=deep", "", 400),
        (None, "GET", "/api/v1/statistics/table/", "", 400),
        (None, "GET", "/api/v1/statistics/?anything=1", "", 400),
        (None, "GET", "/api/v1/nothing/", "", 404),
    ],
)
def test_errors_of_the_api_have_one_shape(role: Role | str | None, method: str, path: str, body: str | bytes, code: int) -> None:
    headers = {"Authorization": "Api-Key nonsense.key"} if role == "unknown key" else {}
    if isinstance(role, Role):
        headers = {"Authorization": world.key_of(factories.user(role, is_service=True))}
    client = Client(raise_request_exception=False, headers=headers)
    answer = client.generic(method, path, body, content_type="application/json")
    assert answer.status_code == code, answer.content[:300]
    assert answer["Content-Type"].startswith("application/json")
    errors = answer.json()["errors"]
    assert errors
    assert all(isinstance(texts, list) and all(isinstance(text, str) and text for text in texts) for texts in errors.values())
    assert "Traceback" not in answer.content.decode()


def test_what_is_not_json_is_refused_in_the_same_shape() -> None:
    headers = {"Authorization": world.key_of(factories.user(Role.COUNCIL_REFERRER, is_service=True))}
    answer = Client(headers=headers).post(REFERRALS, "name=Edith", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 415
    assert answer.json()["errors"]


def test_a_step_that_is_not_there_is_a_conflict() -> None:
    small = world.make()
    headers = {"Authorization": world.key_of(small.people["partner"])}
    path = reverse("api-referral-moves", args=[small.referral.pk])
    answer = Client(headers=headers).post(path, {"to": "completed", "outcome": Outcome.values[0]}, content_type="application/json")
    assert answer.status_code == 409
    assert answer.json()["errors"]
    assert Client(headers=headers).post(path, {"to": "nothing"}, content_type="application/json").status_code == 400


def test_a_page_that_is_not_there_says_what_to_do_next(client: Client) -> None:
    answer = client.get("/nothing/here/")
    assert answer.status_code == 404
    assert 'href="/find/"' in answer.content.decode()
