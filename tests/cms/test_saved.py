"""The visitor's own list and searches by mail, as their pages show them."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client

from cms.views import saved_searches as views
from directory.journal.following import follow
from directory.listings import set_fields, withdraw
from directory.models import Location, Service, ServiceAtLocation
from search.engines.base import Candidates
from search.engines.embedded import EmbeddedEngine
from search.models import SavedSearch
from search.query import Query
from search.saved import searches, shortlist
from tests.cms.conftest import Read

pytestmark = pytest.mark.django_db

JSON = {"accept": "application/json"}


@pytest.fixture
def errands(listing: Callable[..., Service]) -> Service:
    return listing("Valley Errands", phone="01484 496001", times="Tu 10:00-12:00", area="HD7", cost="£3 a trip", is_free=False)


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, bool]]:
    """Every search of the index: how many were wanted on a page, and whether facets were counted."""
    seen: list[tuple[int, bool]] = []
    real = EmbeddedEngine.search

    def search(engine: EmbeddedEngine, query: Query, *, everywhere: bool = False, facets: bool = True) -> Candidates:
        seen.append((query.page_size, facets))
        return real(engine, query, everywhere=everywhere, facets=facets)

    monkeypatch.setattr(EmbeddedEngine, "search", search)
    return seen


def keep(client: Client, *services: Service) -> None:
    for service in services:
        assert client.post("/saved/keep/", {"service": str(service.pk)}).status_code == 302


def shown(client: Client, path: str = "/saved/") -> Read:
    return Read(client.get(path))


def test_keep_is_a_page_with_one_button_that_leads_back(client: Client, errands: Service) -> None:
    page = client.get("/saved/keep/", {"service": errands.pk, "next": "/find/?q=shopping#list"})
    assert "Valley Errands" in page.content.decode()
    # To look changes nothing.
    assert shortlist.COOKIE not in client.cookies
    answer = client.post("/saved/keep/", {"service": errands.pk, "next": "/find/?q=shopping#list"}, follow=True)
    assert answer.redirect_chain == [("/find/?q=shopping#list", 302)]
    assert "Kept. 1 on your list." in Read(answer).text
    assert Read(answer).link("See your list") == "/saved/"


def test_a_script_gets_the_same_in_one_click(client: Client, errands: Service) -> None:
    first = client.post("/saved/keep/", {"service": errands.pk}, headers=JSON).json()
    again = client.post("/saved/keep/", {"service": errands.pk}, headers=JSON).json()
    assert first == {"kept": True, "count": 1, "words": "Kept. 1 on your list.", "url": "/saved/"}
    assert again["words"] == "It was there already. 1 on your list."


@pytest.mark.parametrize(
    "back", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", "/\\evil.example", "/ /x", "", "/\n/evil"]
)
def test_nobody_is_sent_elsewhere(client: Client, errands: Service, back: str) -> None:
    assert client.post("/saved/keep/", {"service": errands.pk, "next": back})["Location"] == errands.get_absolute_url()


def test_a_stranger_cannot_put_anything_on_a_list(errands: Service) -> None:
    strict = Client(enforce_csrf_checks=True)
    for path in ("keep", "off", "empty", "take"):
        assert strict.post(f"/saved/{path}/", {"service": errands.pk}).status_code == 403
    strict.get("/saved/keep/", {"service": errands.pk})
    token = strict.cookies["csrftoken"].value
    assert strict.post("/saved/keep/", {"service": errands.pk, "csrfmiddlewaretoken": token}).status_code == 302


@pytest.mark.parametrize("service", ["", "x", "\0", "5323b997-6654-46ea-98e2-4d1ab45267eb"])
def test_what_is_no_service_is_not_kept(client: Client, db: None, service: str) -> None:
    assert client.get("/saved/keep/", {"service": service}).status_code == 404
    assert client.post("/saved/keep/", {"service": service}).status_code == 404


def test_the_list_has_what_one_needs_to_ring(client: Client, errands: Service) -> None:
    keep(client, errands)
    page = shown(client)
    for words in ("Valley Errands", "01484 496001", "Tuesdays, 10am to 12 noon", "For shopping", "HD7"):
        assert words in page.text
    assert page.html.count("<h1") == 1


def test_a_page_of_the_finder_is_the_same_for_everybody(client: Client, errands: Service, indexed: Callable[[], None]) -> None:
    indexed()
    other = Client()
    path = errands.get_absolute_url()
    before = client.get(path)
    keep(client, errands)
    client.get("/saved/")
    after, stranger = client.get(path), other.get(path)
    assert before.content == after.content == stranger.content
    assert "csrfmiddlewaretoken" not in after.content.decode()
    assert not after.cookies
    assert Read(after).link("Keep").startswith("/saved/keep/?service=")


def test_one_is_taken_off_and_then_all(client: Client, errands: Service, listing: Callable[..., Service]) -> None:
    second, third = listing("Second Group"), listing("Third Group")
    keep(client, errands, second, third)
    client.post("/saved/off/", {"service": str(second.pk)})
    assert [name in shown(client).text for name in ("Valley Errands", "Second Group", "Third Group")] == [True, False, True]
    client.post("/saved/empty/")
    assert client.cookies[shortlist.COOKIE]["max-age"] == 0
    assert "Nothing is on it yet" in shown(client).text


def test_a_full_list_says_so(client: Client, errands: Service) -> None:
    full = tuple(uuid4() for _ in range(shortlist.MOST))
    client.cookies[shortlist.COOKIE] = shortlist.signed(full)
    answer = client.post("/saved/keep/", {"service": errands.pk}, headers=JSON).json()
    assert (answer["kept"], answer["count"]) == (False, 50)
    assert "Take one off first" in answer["words"]


def test_a_link_shows_the_list_to_others_and_can_be_taken_over(client: Client, errands: Service) -> None:
    keep(client, errands)
    link = re.search(r'value="(http://127.0.0.1:8000/saved/[^"]+)"', shown(client).html)
    assert link is not None
    body = parse_qs(urlsplit(shown(client).link("Send it by e-mail").replace("&amp;", "&")).query)["body"][0]
    assert link[1] in body
    other = Client()
    path = urlsplit(link[1]).path
    page = shown(other, path)
    assert "Valley Errands" in page.text
    assert "Take off" not in page.text
    assert "Nothing is on it yet" in shown(other).text
    other.post("/saved/take/", {"list": path.split("/")[2]})
    assert "Valley Errands" in shown(other).text


@pytest.mark.parametrize(
    "cut", [lambda text: text[:-3], lambda text: text[3:], lambda text: text.replace(".", ""), lambda text: "x", lambda text: text * 40]
)
def test_a_link_that_is_not_whole_says_so(client: Client, errands: Service, cut: Callable[[str], str]) -> None:
    wrong = cut(shortlist.signed((errands.pk,)))
    page = shown(client, f"/saved/{wrong}/")
    assert page.status == 404
    assert "This link is not whole" in page.text
    assert client.post("/saved/take/", {"list": wrong}).status_code == 404


def test_what_closed_is_gone_and_what_pauses_says_so(
    client: Client, errands: Service, listing: Callable[..., Service], editor: Any
) -> None:
    second, third = listing("Second Group"), listing("Third Group")
    keep(client, errands, second, third)
    text = shortlist.signed((errands.pk, second.pk, third.pk))
    withdraw(second, by=editor)
    set_fields(third, {"status": "paused"}, by=editor)
    for page in (shown(client), shown(Client(), f"/saved/{text}/")):
        # Nothing is told about what was taken off.
        assert "Second Group" not in page.text
        assert "1 listing that was here has closed" in page.text
        assert "Paused at the moment" in page.text
    client.post("/saved/off/", {"service": [str(second.pk)]})
    assert "has closed" not in shown(client).text


def test_a_place_that_is_kept_secret_stays_secret(client: Client, errands: Service) -> None:
    hidden = Location.objects.create(name="Safe House", address="1 Hidden Lane", postcode="HD7 6AB", masked=True)
    ServiceAtLocation.objects.create(service=errands, location=hidden)
    Service.objects.filter(pk=errands.pk).update(at_place=True)
    keep(client, errands)
    for path in ("/saved/", "/saved/compare/", f"/saved/{shortlist.signed((errands.pk,))}/"):
        page = shown(client, path)
        assert "Valley Errands" in page.text
        assert not [word for word in ("Safe House", "Hidden Lane", "HD7 6AB") if word in page.html]


def test_up_to_ten_side_by_side(client: Client, errands: Service, listing: Callable[..., Service]) -> None:
    others = [listing(f"Group number {number}") for number in range(11)]
    keep(client, errands, *others)
    page = shown(client, "/saved/compare/")
    assert page.html.count('scope="row"') == 10
    assert "2 more did not fit" in page.text
    ticked = shown(Client(), f"/saved/compare/?service={errands.pk}&service={others[3].pk}")
    assert ticked.html.count('scope="row"') == 2
    for words in ("£3 a trip", "01484 496001", "Tuesdays, 10am to 12 noon", "Group number 3"):
        assert words in ticked.text
    assert client.get("/saved/compare/?service=x").status_code == 404


def ask(client: Client, email: str = "ada@nest.example", **params: str) -> Any:
    return client.post("/saved/searches/new/", {"q": "shopping", "place": "HD7 5AA", "email": email, **params})


def end_of(sent: Any) -> str:
    return urlsplit(sent.extra_headers["List-Unsubscribe"].strip("<>")).path


def yes_of(sent: Any) -> str:
    found = re.search(r"http://127.0.0.1:8000(/saved/searches/yes/\S+)", sent.body)
    assert found is not None
    return found[1]


def test_from_the_form_to_the_yes_and_to_the_end(client: Client, errands: Service, indexed: Callable[[], None]) -> None:
    indexed()
    form = Read(client.get("/saved/searches/new/", {"q": "shopping", "place": "HD7 5AA", "open": "now", "page": "3"}))
    assert "shopping, near HD7 5AA. One place fits today." in form.text
    assert "We leave out “open now”" in form.text
    assert ask(client)["Location"] == "/saved/searches/sent/"
    follow("search_mails")
    [sent] = mail.outbox
    search = SavedSearch.objects.get()
    # Programs that look into mails open links: that alone says neither yes nor no.
    assert client.get(yes_of(sent)).status_code == client.get(end_of(sent)).status_code == 200
    search.refresh_from_db()
    assert search.confirmed_at is None
    assert "It is on" in Read(client.post(yes_of(sent))).text
    search.refresh_from_db()
    assert search.confirmed_at is not None
    assert search.question == {"place": ["HD7 5AA"], "q": ["shopping"]}
    # A mail programme knows no token of ours.
    strict = Client(enforce_csrf_checks=True)
    assert "It has ended" in Read(strict.post(end_of(sent), {"List-Unsubscribe": "One-Click"})).text
    assert not SavedSearch.objects.exists()
    assert "It has ended" in Read(strict.post(end_of(sent))).text
    assert client.post(yes_of(sent)).status_code == 404


def test_the_answer_is_the_same_whoever_is_known(client: Client, errands: Service, indexed: Callable[[], None]) -> None:
    indexed()
    answers = [ask(client) for _ in range(2)] + [ask(client, email="new@nest.example")]
    assert len({(answer.status_code, answer["Location"], answer.content) for answer in answers}) == 1


def test_the_form_costs_no_more_than_a_page_of_the_finder(
    client: Client, errands: Service, listing: Callable[..., Service], indexed: Callable[[], None], searched: list[tuple[int, bool]]
) -> None:
    listing("Second Group", area="HD7")
    indexed()
    page = shown(client, "/saved/searches/new/?q=shopping&place=HD7+5AA")
    assert "2 places fit today" in page.text
    assert searched == [(1, False)]
    # Neither does a form that was not filled in; the one that was is counted before anything is looked up.
    assert ask(client, email="x").status_code == 400
    assert searched == [(1, False)] * 2
    for _ in range(20):
        ask(client, email="ada@nest.example")
    searched.clear()
    assert ask(client).status_code == 429
    assert searched == []


def test_a_question_that_fits_everything_comes_back_with_its_words(
    client: Client, errands: Service, indexed: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    indexed()
    for module in (views, searches):
        monkeypatch.setattr(module, "FITS_MOST", 0)
    answer = ask(client)
    assert answer.status_code == 200
    assert "would be something new all the time" in answer.content.decode()
    assert "q=shopping" in Read(answer).link("Back to the list")
    assert not SavedSearch.objects.exists()


def test_too_many_forms_from_one_address_are_slowed(client: Client, errands: Service, indexed: Callable[[], None]) -> None:
    indexed()
    answers = [ask(client, email=f"a{number}@nest.example").status_code for number in range(21)]
    assert answers == [302] * 20 + [429]


@pytest.mark.parametrize("email", ["", "x", "a@", "@b", "a b@c.example", "a@b.example\nBcc: x@y.example", f"{'a' * 300}@b.example"])
def test_what_is_no_address_is_told_and_not_kept(client: Client, errands: Service, indexed: Callable[[], None], email: str) -> None:
    indexed()
    assert ask(client, email=email).status_code == 400
    assert not SavedSearch.objects.exists()


@pytest.mark.parametrize("params", [{"place": "Nowhere at all"}, {"need": "no-such-need"}, {"lat": "x"}])
def test_a_question_that_cannot_be_read_is_told(
    client: Client, errands: Service, indexed: Callable[[], None], params: dict[str, str]
) -> None:
    indexed()
    assert client.get("/saved/searches/new/", {"q": "shopping", **params}).status_code == 400


def test_without_a_question_there_is_nothing_to_wait_for(client: Client, ground: None) -> None:
    assert client.get("/saved/searches/new/", {"place": "HD7 5AA"})["Location"] == "/find/"


@pytest.mark.parametrize("path", ["yes/x", "end/x", "yes/0.1.x", "end/5323b997665446ea98e24d1ab45267eb"])
def test_a_link_of_a_mail_that_is_not_whole(client: Client, db: None, path: str) -> None:
    assert client.get(f"/saved/searches/{path}/").status_code == 404
    assert client.post(f"/saved/searches/{path}/").status_code == 404
