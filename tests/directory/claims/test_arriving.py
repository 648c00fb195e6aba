"""People without an account: a link to their own address, one button, once; nothing tells whether an address is known."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from directory import clock, listings
from directory.accounts.models import User
from directory.accounts.policy import roles_of
from directory.claims import arriving, claiming, keeping
from directory.claims.models import Arrival, Claim
from directory.claims.views.arriving import LINKS_FROM_ONE_PLACE, LINKS_TO_ONE_ADDRESS
from directory.journal.models import Event
from directory.models import Service
from tests.directory.claims.conftest import WHO, WORDS

pytestmark = pytest.mark.django_db

NEW = "zoe@nest.example"


def asked(client: Client, service: Service, email: str = NEW) -> Any:
    return client.post(reverse("claim-ask-link", args=[service.pk]), {"email": email})


def link(email: str = NEW) -> str:
    """The path in the mail that the worker sends."""
    arrival = next(row for row in Arrival.objects.order_by("-ends_at") if row.email == email)
    mail.outbox.clear()
    assert arriving.send_link(str(arrival.pk)) == 1
    found = re.search(r"http://127.0.0.1:8000(/partner/claim/begin/\S+)", mail.outbox[0].body)
    return found[1] if found else ""


def test_somebody_new_claims_a_listing_from_its_page_on(client: Client, service: Service) -> None:
    page = unescape(client.get(reverse("claim", args=[service.pk])).content.decode())
    assert "Send me a link" in page
    assert "Sign in and go on" in page
    assert asked(client, service).status_code == 302
    path = link()
    for _ in range(3):
        shown = client.get(path)
        assert NEW in shown.content.decode()
        assert "no-store" in shown["Cache-Control"]
    assert not User.objects.filter(email=NEW).exists()
    answer = client.post(path, follow=True)
    assert "Your name" in answer.content.decode()
    user = User.objects.get(email=NEW)
    assert (user.has_usable_password(), roles_of(user)) == (False, frozenset())
    answer = client.post(reverse("claim", args=[service.pk]), {**WHO, "how": "words", "words": WORDS}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("claim-shown", args=[Claim.objects.get(user=user).pk])
    user.refresh_from_db()
    assert user.name == WHO["name"]


def test_a_link_works_once_and_not_for_ever(client: Client, service: Service) -> None:
    asked(client, service)
    path, now = link(), clock.now()
    with clock.held_at(now + timedelta(hours=arriving.HOURS, minutes=1)):
        assert client.post(path).status_code == client.get(path).status_code == 404
    assert not User.objects.filter(email=NEW).exists()
    assert client.post(path).status_code == 302
    other = Client()
    assert other.post(path).status_code == other.get(path).status_code == 404
    assert "_auth_user_id" not in other.session


@pytest.mark.parametrize("token", ["x", "%00", "a" * 500, "..", "é"])
def test_a_forged_link_opens_nothing(client: Client, service: Service, token: str) -> None:
    asked(client, service)
    link()
    assert client.post(f"/partner/claim/begin/{token}/").status_code == 404
    assert "_auth_user_id" not in client.session


def test_a_known_address_is_answered_the_same_and_gets_no_link(client: Client, service: Service, editor: User) -> None:
    answers = [asked(client, service, email) for email in (NEW, editor.email)]
    assert len({(answer.status_code, answer["Location"], answer.content) for answer in answers}) == 1
    assert "/begin/" in link(NEW)
    assert link(editor.email) == ""
    assert reverse("claim", args=[service.pk]) in mail.outbox[0].body
    assert Arrival.objects.exclude(digest=None).count() == 1


def test_a_link_never_opens_an_account_that_was_made_meanwhile(client: Client, service: Service) -> None:
    asked(client, service)
    path = link()
    User.objects.create_user(NEW)
    assert client.post(path).status_code == 404
    assert "_auth_user_id" not in client.session


def test_the_demonstrations_addresses_are_not_to_be_had(client: Client, service: Service) -> None:
    asked(client, service, "somebody@demo.example")
    path = link("somebody@demo.example")
    assert client.post(path).status_code == 404
    assert not User.objects.filter(email="somebody@demo.example").exists()


def test_a_listing_that_ended_meanwhile_ends_its_links(client: Client, service: Service, editor: User) -> None:
    asked(client, service)
    path = link()
    listings.withdraw(service, by=editor)
    assert client.post(path).status_code == 404


def test_neither_address_nor_link_is_readable_in_database_journal_or_address(client: Client, service: Service) -> None:
    asked(client, service)
    path = link()
    assert "zoe" not in path
    client.post(path)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM claims_arrival")
        stored = str(cursor.fetchall())
    assert "zoe@" not in stored
    assert path.split("/")[-2] not in stored
    assert not [event for event in Event.objects.all() if "zoe" in str(event.codes)]


def test_only_so_many_links(client: Client, service: Service) -> None:
    answers = [asked(client, service).status_code for _ in range(LINKS_TO_ONE_ADDRESS + 1)]
    assert answers == [302] * LINKS_TO_ONE_ADDRESS + [429]
    rest = [asked(client, service, f"a{number}@nest.example").status_code for number in range(LINKS_FROM_ONE_PLACE)]
    assert rest.count(302) == LINKS_FROM_ONE_PLACE - LINKS_TO_ONE_ADDRESS - 1


@pytest.mark.parametrize("email", ["", "zoe", "a@b", "x" * 300 + "@nest.example", "\0@nest.example"])
def test_what_is_no_address_is_said_at_its_question(client: Client, service: Service, email: str) -> None:
    answer = asked(client, service, email)
    assert answer.status_code == 400
    assert 'id="id_email_error"' in answer.content.decode()
    assert not Arrival.objects.exists()


def test_links_are_deleted_when_they_are_over(client: Client, service: Service) -> None:
    asked(client, service)
    with clock.held_at(clock.now() + timedelta(hours=arriving.HOURS, minutes=1)):
        keeping.forget_some()
    assert not Arrival.objects.exists()


def test_a_kept_listing_gets_no_links(client: Client, service: Service, partner: User) -> None:
    assert asked(client, service).status_code == 409
    with pytest.raises(claiming.CannotBeClaimed):
        claiming.claim(service, by=User.objects.create_user(NEW), **WHO, words=WORDS)


def test_an_address_that_no_server_takes_is_written_down_nowhere(client: Client, service: Service, settings: Any, caplog: Any) -> None:
    asked(client, service)
    settings.EMAIL_BACKEND = "tests.mail_down.Down"
    row = Arrival.objects.get()
    assert arriving.send_link(str(row.pk)) == 0
    assert "mail.not_sent" in caplog.text
    assert row.email not in caplog.text


@pytest.mark.parametrize("demo", [True, False])
def test_the_demonstration_says_where_its_mails_are(client: Client, settings: Any, demo: bool) -> None:
    settings.DEMO = demo
    assert ("No mail leaves this machine" in client.get(reverse("claim-link-sent")).content.decode()) is demo
