"""Whole pages are given again to visitors, and never a moment longer than they are right."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.base import BaseStorage
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from wagtail.models import Page

from carestore import page_cache
from carestore.page_cache import PageCache
from cms.models import FinderPage, HomePage, StandardPage
from cms.page_life import may_be_kept
from cms.seeding import make_pages
from directory import clock
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.clock import LONDON
from directory.listings import create_organisation, create_service, set_fields, withdraw
from directory.models import Location, Service
from directory.seeding import load_needs
from directory.venues import set_location
from search import indexing, known
from tests import factories

pytestmark = pytest.mark.django_db

TUESDAY = datetime(2026, 11, 24, 10, 2, tzinfo=LONDON)
HALL = {"name": "The Hall", "address": "Britannia Road", "postcode": "HD7 5AA"}
FIND = "/find/?q=shopping"


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch, settings, tmp_path) -> Callable[[datetime], None]:
    """The clock, at first on a Tuesday morning; and an index of the test's own."""
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    known.forget()
    now = [TUESDAY]
    monkeypatch.setattr(clock, "now", lambda: now[0])

    def set_to(moment: datetime) -> None:
        now[0] = moment

    return set_to


@pytest.fixture
def editor() -> User:
    return factories.user(Role.EDITOR)


@pytest.fixture
def share(editor: User) -> Service:
    load_needs()
    factories.postcode("HD7 5AA", (53.6230, -1.8810), inside=factories.area("T0001", "Colne Valley", around=(53.61, -1.90), half=0.05))
    group = create_organisation(by=editor, name="Valley Group")
    service = create_service(
        group,
        by=editor,
        name="Food share",
        summary="Food, when money is short.",
        needs=["shopping"],
        delivery=["place"],
        places=[HALL],
        times="Tu 10:00-12:00",
    )
    indexing.rebuild()
    return service


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses of the pages that were really made and kept, in their order."""
    seen: list[str] = []
    kept = page_cache._kept

    def noted(response):
        seen.append(response.status_code)
        return kept(response)

    monkeypatch.setattr(page_cache, "_kept", noted)
    return seen


def test_a_page_is_made_once_and_then_given_again(share, client, made, django_assert_num_queries):
    for address in (FIND, share.get_absolute_url(), "/needs/", "/needs/shopping/", "/", "/find/"):
        first = client.get(address)
        with django_assert_num_queries(1):
            again = client.get(address)
        assert again.content == first.content, address
        assert again.headers == first.headers, address
    assert len(made) == 6


def test_the_same_question_written_differently_is_the_same_page(share, client, made):
    for address in ("/find/?q=shopping&place=HD7+5AA", "/find/?place=HD7+5AA&q=shopping", "/find/?q=shopping&radius=&place=HD7+5AA"):
        assert b"Food share" in client.get(address).content
    assert len(made) == 1
    client.get("/find/?q=lonely&q=shopping")
    client.get("/find/?q=shopping&q=lonely")
    assert len(made) == 3


@pytest.mark.parametrize(
    ("put", "asked"),
    [
        ("/find/?q=shopping=", "/find/"),
        ("/find/?q=shopping&place=Nowhere=", "/find/?q=shopping"),
        ("/needs/shopping/?place=HD7+5AA&place=", "/needs/shopping/?place=HD7+5AA"),
        ("/find/?q=lonely&%71=shopping", "/find/?%71=shopping&q=lonely"),
    ],
)
def test_nobody_can_put_their_own_question_under_the_address_of_another(share, client, put, asked):
    right = client.get(asked).content
    caches["pages"].clear()
    client.get(put)
    assert client.get(asked).content == right


def test_what_came_over_https_is_not_given_over_http(share, client, made, settings):
    settings.SECURE_HSTS_SECONDS = 60
    client.get(FIND)
    assert "Strict-Transport-Security" in client.get(FIND, secure=True)
    assert len(made) == 2


@pytest.mark.parametrize("how", ["changed", "masked", "closed", "spaces"])
def test_what_changes_is_gone_from_the_next_answer_even_before_the_index_knows(share, client, editor, how):
    pages = (FIND, share.get_absolute_url(), "/needs/shopping/")
    before = [client.get(page).content for page in pages]
    assert all(b"Food share" in content for content in before)
    assert b"Britannia Road" in before[1]
    if how == "changed":
        set_fields(share, {"summary": "Another sentence."}, by=editor)
    elif how == "masked":
        set_location(Location.objects.get(at_services__service=share), {"masked": True}, by=editor)
    elif how == "closed":
        withdraw(share, by=editor)
    else:
        set_fields(share, {"spaces": {"left": 0, "on": "2026-11-24"}}, by=editor)
    after = [client.get(page) for page in pages]
    if how == "closed":
        assert [b"Food share" in page.content for page in after] == [False] * 3
    elif how == "masked":
        assert b"Britannia Road" not in after[1].content
    else:
        assert after[1].content != before[1]
        assert after[0].content != before[0]


def test_words_of_the_editors_stand_on_the_page_as_soon_as_they_are_published(share, client, editor):
    make_pages()
    assert client.get("/find/").status_code == 200
    page = FinderPage.objects.get()
    page.intro = "Ask us anything."
    page.save_revision(user=editor).publish(user=editor)
    assert b"Ask us anything." in client.get("/find/").content
    Page.objects.get(pk=page.pk).unpublish(user=editor)
    assert b"Ask us anything." not in client.get("/find/").content


def test_open_now_is_never_older_than_the_next_opening_or_closing(share, client, at):
    assert b"Open now, until 12 noon" in client.get(FIND).content
    at(TUESDAY.replace(hour=11, minute=59, second=59))
    assert b"Open now" in client.get(FIND).content
    at(TUESDAY.replace(hour=12, minute=0))
    after = client.get(FIND).content
    assert b"Open now, until" not in after
    assert b"Next open Tuesday 1 December at 10am" in after


def test_a_day_that_ends_takes_its_pages_with_it(share, client, at, editor):
    set_fields(share, {"notice": {"text": "Closed today", "until": "2026-11-24"}}, by=editor)
    at(TUESDAY.replace(hour=23, minute=59))
    assert b"Closed today" in client.get(FIND).content
    at(TUESDAY.replace(hour=0, minute=0) + timedelta(days=1))
    assert b"Closed today" not in client.get(FIND).content


def test_others_may_keep_it_for_a_minute_and_never_past_its_end(share, client, at):
    answer = client.get(FIND)
    assert answer["Cache-Control"] == "public, max-age=60"
    assert answer["Vary"] == "Cookie"
    at(TUESDAY.replace(minute=4, second=40))
    assert client.get(FIND)["Cache-Control"] == "public, max-age=20"
    same = client.get(FIND, headers={"if-none-match": answer["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert same["Content-Security-Policy"] == answer["Content-Security-Policy"]


def test_who_has_signed_in_gets_a_page_of_their_own_and_leaves_none(share, client, editor, made):
    client.get(FIND)
    signed_in = Client()
    signed_in.force_login(editor)
    answer = signed_in.get(FIND)
    assert b"Sign out" in answer.content
    assert b"points" in answer.content
    assert "no-store" in answer["Cache-Control"]
    assert b"Sign out" not in client.get(FIND).content
    assert b"points" not in client.get(FIND).content
    assert len(made) == 1


def test_news_for_one_visitor_reaches_nobody_else(share, client, made):
    one = Client()
    one.post("/saved/keep/", {"service": str(share.pk), "next": FIND})
    assert b"Kept." in one.get(FIND).content
    assert b"Kept." not in client.get(FIND).content
    assert b"Kept." not in one.get(FIND).content


def test_a_kept_page_carries_no_token_and_sets_no_cookie(share, client):
    for address in (FIND, share.get_absolute_url(), "/needs/shopping/", "/"):
        client.get(address)
        answer = client.get(address)
        assert b"csrfmiddlewaretoken" not in answer.content
        assert not answer.cookies


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/find/?q=shopping&page=x", 400),
        ("/find/?q=shopping&place=Nowhereatall", 200),
        ("/find/?q=zebra+xylophone", 200),
        ("/services/x/", 404),
    ],
)
def test_errors_and_searches_without_an_answer_are_made_each_time(share, client, address, status):
    for _ in range(2):
        answer = client.get(address)
        assert answer.status_code == status
        assert "max-age" not in answer.get("Cache-Control", "")


def preview_by(editor: User, page: Page, **words: str) -> str:
    """What the page editor shows beside the form."""
    signed_in = Client()
    signed_in.force_login(editor)
    address = f"/admin/pages/{page.pk}/edit/preview/"
    form = {"title": page.title, "slug": page.slug, "comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0}
    body = {"body-count": 0} if hasattr(page, "body") else {}
    told = signed_in.post(address, {**form, **body, **words}).json()
    assert told == {"is_valid": True, "is_available": True}, told
    return signed_in.get(address).content.decode()


@pytest.mark.parametrize(
    ("model", "address", "words"),
    [
        (FinderPage, "/find/", {"intro": "Only a draft."}),
        (HomePage, "/", {"question": "Only a draft.", "intro": ""}),
        (StandardPage, "/needs/", {"intro": "Only a draft.", "stands_at": "needs"}),
    ],
)
@pytest.mark.parametrize("before", [False, True])
def test_a_preview_is_the_editors_alone(share, client, model, address, words, before):
    make_pages()
    admin = factories.user(Role.ADMINISTRATOR, is_superuser=True)
    page = model.objects.filter(stands_at="needs").first() if model is StandardPage else model.objects.first()
    page = page or HomePage.objects.get().add_child(instance=StandardPage(title="Needs", slug="all-needs", stands_at="needs"))
    if before:
        client.get(address)
    assert "Only a draft." in preview_by(admin, page, **words)
    # Nor by a preview that nobody's cookies came along with.
    page.refresh_from_db()
    for name, value in words.items():
        setattr(page, name, value)
    assert b"Only a draft." in page.make_preview_request().content
    for visitor in (client, Client()):
        live = visitor.get(address)
        assert live.status_code == 200
        assert b"Only a draft." not in live.content


def answering(response: HttpResponse, **attributes: object) -> PageCache:
    """The cache before one view that marks its answer."""

    def view(request: HttpRequest) -> HttpResponse:
        for name, value in attributes.items():
            setattr(request, name, value)
        return may_be_kept(response)

    return PageCache(view)


def is_kept(cache: PageCache) -> bool:
    caches["pages"].clear()
    cache(RequestFactory().get("/find/"))
    return bool(caches["pages"]._cache)


def with_cookie() -> HttpResponse:
    response = HttpResponse("x")
    response.set_cookie("one", "two")
    return response


def filled(store: SessionBase) -> SessionBase:
    store["one"] = "two"
    return store


def told_something() -> BaseStorage:
    storage = CookieStorage(RequestFactory().get("/"))
    storage.add(messages.INFO, "Kept.")
    return storage


def test_what_is_the_same_for_all_is_kept():
    plain = {"user": AnonymousUser(), "session": SessionStore(), "_messages": CookieStorage(RequestFactory().get("/"))}
    assert is_kept(answering(HttpResponse("x")))
    assert is_kept(answering(HttpResponse("x", headers={"Vary": "Cookie"}), **plain))


@pytest.mark.parametrize(
    ("response", "attributes"),
    [
        (with_cookie, {}),
        (lambda: HttpResponse("x", headers={"Set-Cookie": "one=two"}), {}),
        (lambda: HttpResponse("x", headers={"Vary": "Cookie, Accept-Language"}), {}),
        (lambda: HttpResponse("x", headers={"Vary": "*"}), {}),
        (lambda: HttpResponse("x", headers={"Cache-Control": "private"}), {}),
        (lambda: HttpResponse("x", status=404), {}),
        (lambda: HttpResponse("x"), {"user": lambda: User(email="ada@nest.example")}),
        (lambda: HttpResponse("x"), {"session": lambda: filled(SessionStore())}),
        (lambda: HttpResponse("x"), {"_messages": told_something}),
    ],
)
def test_what_is_for_one_is_not_kept_whatever_its_view_says(response, attributes):
    assert not is_kept(answering(response(), **{name: made() for name, made in attributes.items()}))


def test_what_no_view_has_marked_is_not_kept():
    caches["pages"].clear()
    PageCache(lambda request: HttpResponse("x"))(RequestFactory().get("/find/"))
    assert not caches["pages"]._cache


def test_a_page_for_another_host_is_refused_as_ever(share, client):
    client.get(FIND)
    assert client.get(FIND, headers={"host": "evil.example"}).status_code == 400


def test_it_can_be_switched_off(share, client, made, settings):
    settings.PAGE_CACHE_SECONDS = 0
    assert "Cache-Control" not in client.get(FIND)
    assert not made
    assert not caches["pages"]._cache


def test_listings_of_tomorrow_appear_tomorrow(share, client, at, editor):
    group = share.organisation
    create_service(group, by=editor, name="New share", summary="From tomorrow.", needs=["shopping"], visible_from="2026-11-25")
    indexing.rebuild()
    at(TUESDAY.replace(hour=23, minute=58))
    assert b"New share" not in client.get(FIND).content
    at(TUESDAY.replace(hour=0, minute=1) + timedelta(days=1))
    assert b"New share" in client.get(FIND).content
