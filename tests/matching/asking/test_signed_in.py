"""Who has a record of ours, and their family: the same steps, less to ask, and the request is opened at once."""

from typing import Any

import pytest
from django.test import Client

from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.journal.models import Event
from directory.journal.verifying import verify
from matching import people
from matching.agreements import valid_agreement
from matching.models import Ask, Enquiry, Look, Person
from tests import factories
from tests.matching.asking.conftest import ADA, Walk, post

pytestmark = pytest.mark.django_db


def account(role: Role) -> tuple[User, Person, Client]:
    """Somebody of this role with the person they stand to, and their browser."""
    by, person, user = factories.coordinator(), factories.person(name="Edith Robin", agreed=False), factories.user(role)
    if role == Role.PERSON:
        people.link_account(person, user, by=by)
    else:
        people.link_family(person, user, by=by, relation="daughter")
    client = Client()
    client.force_login(user)
    return user, person, client


def known(person: Person) -> dict[str, dict[str, Any]]:
    said = {step: answer for step, answer in ADA.items() if step not in ("age", "you", "contact", "reach", "understand")}
    return {**said, "whom": {"whom": f"person:{person.pk}"}}


def test_the_person_opens_their_request_and_says_yes(walk: Walk) -> None:
    user, person, client = account(Role.PERSON)
    walk(known(person), client=client)
    page = client.get("/ask/step/check/").content.decode()
    assert "I agree that you ask local groups" in page
    assert post(client, "check", {"agrees": "yes"})["Location"] == "/ask/sent/"
    ask = Ask.objects.get()
    assert (ask.person, ask.source, ask.made_by, ask.need_id, ask.often) == (person, "self", user, "shopping", "weekly")
    assert str(ask) in client.get("/ask/sent/").content.decode()
    agreement = valid_agreement(person, ask)
    assert agreement is not None
    assert (agreement.given_by, agreement.how, agreement.recorded_by) == ("person", "online", user)
    assert not Enquiry.objects.exists()
    assert post(client, "check", {"agrees": "yes"}).status_code == 302
    assert Ask.objects.count() == 1
    assert verify() == []


def test_without_the_tick_nobody_has_agreed(walk: Walk) -> None:
    _, person, client = account(Role.PERSON)
    walk(known(person), client=client)
    post(client, "check", {})
    assert valid_agreement(person, Ask.objects.get()) is None


def test_family_prepares_and_cannot_agree(walk: Walk) -> None:
    user, person, client = account(Role.FAMILY)
    walk(known(person), client=client, until="whom")
    assert "Edith Robin" in client.get("/ask/step/whom/").content.decode()
    assert Look.objects.filter(person_id=person.pk, by_id=user.pk, where="ask").count() == 1
    walk(known(person), client=client)
    page = client.get("/ask/step/check/").content.decode()
    assert "We ring the person first" in page
    assert "I agree that you ask" not in page
    post(client, "check", {"agrees": "yes"})
    ask = Ask.objects.get()
    assert (ask.person, ask.source) == (person, "family")
    assert valid_agreement(person, ask) is None


def test_a_kind_of_help_is_asked_where_none_was_understood(walk: Walk) -> None:
    _, person, client = account(Role.PERSON)
    walk({**known(person), "about": {"words": "qqqq"}}, client=client, until="often")
    assert client.get("/ask/step/often/")["Location"] == "/ask/step/kind/"
    assert post(client, "kind", {}).status_code == 400
    assert post(client, "kind", {"need": "shopping"})["Location"] == "/ask/step/often/"


def test_a_form_for_somebody_on_record_is_shut_for_everybody_else(walk: Walk) -> None:
    _, person, client = account(Role.PERSON)
    walk(known(person), client=client)
    for other in (Client(), Client()):
        other.cookies["asking"] = client.cookies["asking"].value
        assert other.get("/ask/step/check/")["Location"] == "/ask/step/about/"
        assert post(other, "check", {"agrees": "yes"}).status_code == 302
    stranger = Client()
    stranger.force_login(factories.user(Role.PERSON))
    stranger.cookies["asking"] = client.cookies["asking"].value
    assert stranger.get("/ask/step/check/")["Location"] == "/ask/step/about/"
    assert not Ask.objects.exists()


def test_nobody_asks_at_once_for_a_stranger(walk: Walk) -> None:
    stranger = factories.person()
    _, person, client = account(Role.PERSON)
    walk(known(person), client=client, until="whom")
    assert post(client, "whom", {"whom": f"person:{stranger.pk}"}).status_code == 400
    assert post(client, "whom", {"whom": f"person:{person.pk}"}).status_code == 302


def test_an_account_without_a_record_goes_the_way_of_visitors(walk: Walk) -> None:
    client = Client()
    client.force_login(factories.user(Role.PERSON, email="rose@nest.example", name="Rose Wren"))
    walk(ADA, client=client, until="you")
    assert 'value="Rose Wren"' in client.get("/ask/step/you/").content.decode()
    for step in ("you", "contact", "reach", "understand", "give", "check"):
        assert post(client, step, ADA.get(step, {})).status_code == 302
    assert Enquiry.objects.get().state == "waiting"
    assert Event.objects.of_kind("ask.opened").count() == 0


@pytest.mark.parametrize(
    ("stands", "says", "after"),
    [("", "Bakes", "Bakes"), ("Mends clocks", "Bakes", "Mends clocks\nBakes"), ("Bakes", "bakes", "Bakes"), ("Bakes", "", "Bakes")],
)
def test_what_they_can_give_is_written_below_what_stands_there(walk: Walk, stands: str, says: str, after: str) -> None:
    _, person, client = account(Role.FAMILY)
    people.correct_person(person, by=factories.coordinator(), can_give=stands)
    walk({**known(person), "give": {"give": says}}, client=client)
    if Enquiry.objects.exists():
        post(client, "check", {})
    person.refresh_from_db()
    assert (Ask.objects.count(), person.can_give) == (1, after)
