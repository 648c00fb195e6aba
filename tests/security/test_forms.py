"""Garbage in a form's hidden parts is answered with a page, and a form that is sent twice does its work once."""

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from directory.accounts.roles import Role
from directory.models import Need
from directory.seeding import set_need
from matching.models import Agreement, Person, Referral
from tests import factories

pytestmark = pytest.mark.django_db

GARBAGE = ["x", "\0", "²", "999999999999999999999999", "{}", "'\"><script>"]


def client_of(user: Any) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


@pytest.mark.parametrize("ask", GARBAGE)
def test_an_agreement_for_a_request_that_cannot_be_is_written_down_for_nobody(ask: str) -> None:
    person = factories.person(agreed=False)
    answer = client_of(factories.coordinator()).post(
        f"/desk/people/{person.pk}/agreement/", {"ask": ask, "given_by": "person", "how": "phone"}
    )
    assert answer.status_code == 404
    assert not Agreement.objects.filter(person=person).exists()


@pytest.mark.parametrize("words", ["R-²", "A-①", "R-", "R--1", "r-٣", "R-1\0", *GARBAGE])
def test_the_desks_search_reads_only_plain_numbers(words: str) -> None:
    assert client_of(factories.coordinator()).post("/desk/search/", {"words": words}).status_code == 200


def sent(client: Client, **more: str) -> Any:
    need = factories.need()
    page = client.get("/council/refer/").content.decode()
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once is not None
    data = {"name": "Ada Example", "need": need.pk, "target": "volunteers", "given_by": "person", "how": "phone", "once": once[1]}
    return data | more


def test_a_referral_that_is_sent_twice_is_made_once_and_both_times_shown() -> None:
    client = client_of(factories.council_referrer())
    data = sent(client)
    answers = [client.post("/council/refer/", data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Referral.objects.count() == Person.objects.count() == 1


def test_a_sent_form_that_was_changed_since_is_told_and_not_swallowed() -> None:
    client = client_of(factories.council_referrer())
    data = sent(client)
    client.post("/council/refer/", data)
    again = client.post("/council/refer/", data | {"name": "Somebody Else"})
    assert again.status_code == 400
    assert "sent already" in again.content.decode()
    assert Referral.objects.count() == 1


def test_the_mark_of_one_referrers_form_is_nothing_to_another() -> None:
    first, second = client_of(factories.council_referrer()), client_of(factories.council_referrer())
    data = sent(first)
    assert first.post("/council/refer/", data)["Location"] != second.post("/council/refer/", data)["Location"]


def test_a_need_has_a_key_that_links_and_journal_can_hold() -> None:
    element = factories.need().element
    editor = factories.user(Role.EDITOR)
    for slug in ("Anna", "a--b", "_x", "-", "under_score"):
        with pytest.raises(ValidationError) as fault:
            set_need(Need(slug=slug), {"name": "New", "element": element}, by=editor)
        assert "slug" in fault.value.message_dict
    assert set_need(Need(slug="new-need-2"), {"name": "New", "element": element}, by=editor).pk == "new-need-2"


def test_a_form_without_its_token_gets_a_page_of_ours() -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/account/login/", {"login": "a@test.example", "password": "x"})
    assert answer.status_code == 403
    assert "go back and send it again" in answer.content.decode()
