"""Signing in by a code from a mail: the same to see whether an address is known, one code at a time, and nothing that a password guards."""

import logging
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tasks import default_task_backend
from hypothesis import example, given, settings
from hypothesis import strategies as st

from carestore import codes
from directory import clock, signing_in
from directory.accounts.entering import OPENED_BY_CODE
from directory.accounts.granting import grant
from directory.accounts.models import MailCode
from directory.accounts.roles import Role
from directory.views import code_tries
from tests import factories

pytestmark = pytest.mark.django_db

EMAIL = "carol@test.example"
SEND, ENTER = "/account/login/send/", "/account/login/code/"


@pytest.fixture
def carol() -> Any:
    return factories.user(Role.PARTNER, email=EMAIL, name="Carol")


def ask(client: Client, email: str = EMAIL, **more: Any) -> Any:
    return client.post(SEND, {"email": email, **more})


def row(email: str = EMAIL) -> MailCode:
    return MailCode.objects.filter(email_token=signing_in.email_token(email)).latest("asked_at", "pk")


def mailed(email: str = EMAIL) -> str:
    """What the worker does, and the code that came of it; empty where the mail holds none."""
    mail.outbox.clear()
    signing_in.mail_code(str(row(email).pk))
    found = re.search(r"\b\d{6}\b", mail.outbox[0].body) if mail.outbox else None
    return found[0] if found else ""


def other_than(code: str) -> str:
    return f"{(int(code or 0) + 1) % 10**6:06}"


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_somebody_signs_in_by_the_code_of_a_mail(client: Client, carol: Any) -> None:
    assert ask(client).headers["Location"] == ENTER
    page = client.get(ENTER).content.decode()
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    code = mailed("  Carol@TEST.example ")
    answer = client.post(ENTER, {"code": f" {code[:3]} {code[3:]}"})
    assert (answer.status_code, answer["Location"]) == (302, "/account/")
    assert "Hello, Carol" in client.get("/account/").content.decode()
    assert client.get(ENTER)["Location"] == "/account/"


def test_the_page_that_was_wanted_is_remembered(client: Client, carol: Any) -> None:
    login = client.get("/account/login/?next=/partner/%3Fa%3Db").content.decode()
    assert login.count('value="/partner/?a=b"') == 2
    way = ask(client, next="/partner/?a=b")["Location"]
    assert way == f"{ENTER}?next=%2Fpartner%2F%3Fa%3Db"
    assert 'value="/partner/?a=b"' in client.get(way).content.decode()
    assert client.post(ENTER, {"code": mailed(), "next": "/partner/?a=b"})["Location"] == "/partner/?a=b"


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_nobody_is_sent_elsewhere(client: Client, carol: Any, target: str) -> None:
    assert ask(client, next=target)["Location"] == ENTER
    assert client.post(ENTER, {"code": mailed(), "next": target})["Location"] == "/account/"


def test_the_mail_tells_the_code_in_its_body_only_and_nothing_else_keeps_it(client: Client, carol: Any, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    before = len(default_task_backend.results)
    ask(client)
    code = mailed()
    client.post(ENTER, {"code": other_than(code)})
    client.post(ENTER, {"code": code})
    assert mail.outbox[0].to == [EMAIL]
    assert code not in mail.outbox[0].subject
    assert code not in str(mail.outbox[0].extra_headers)
    assert code not in caplog.text
    assert EMAIL not in caplog.text
    kept = MailCode.objects.values().get()
    assert code not in str(kept["code_hash"])
    assert len(kept["code_hash"]) == 64
    # A queued task is written down: it names the row and nothing more.
    assert all(code not in str(result.args) and EMAIL not in str(result.args) for result in default_task_backend.results[before:])


def test_the_request_sends_no_mail_but_queues_one_for_every_address(client: Client, carol: Any, django_capture_on_commit_callbacks) -> None:
    default_task_backend.clear()
    for email in (EMAIL, "nobody@test.example"):
        with django_capture_on_commit_callbacks(execute=True):
            ask(client, email)
    assert mail.outbox == []
    assert [result.args for result in default_task_backend.results] == [[str(row(email).pk)] for email in (EMAIL, "nobody@test.example")]


def shape(client: Client, email: str, code: str) -> list[tuple[int, str, str]]:
    """All that somebody without the mail gets to see, from asking to the last try."""
    seen = [ask(client, email), client.get(ENTER), *(client.post(ENTER, {"code": code}) for _ in range(6))]
    seen += [ask(client, email) for _ in range(signing_in.AN_HOUR)]
    tokens = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
    return [(one.status_code, one.get("Location", ""), tokens.sub("", one.content.decode()).replace(email, "…")) for one in seen]


def test_nothing_tells_known_addresses_from_others(carol: Any) -> None:
    factories.user(Role.COORDINATOR, email="staff@test.example")
    factories.user(Role.PARTNER, email="left@test.example", is_active=False)
    shapes = [shape(Client(), email, "000000") for email in (EMAIL, "nobody@test.example", "staff@test.example", "left@test.example")]
    assert shapes[0][-1][0] == 429
    assert all(shape == shapes[0] for shape in shapes)


def test_both_kinds_of_address_cost_the_same_questions(carol: Any) -> None:
    counts = []
    for email in (EMAIL, "nobody@test.example"):
        client = Client()
        with CaptureQueriesContext(connection) as asked:
            ask(client, email)
            client.post(ENTER, {"code": "000000"})
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_code_works_once(client: Client, carol: Any) -> None:
    ask(client)
    code, pk = mailed(), row().pk
    assert signing_in.use_code(pk, code) == EMAIL
    with pytest.raises(signing_in.WrongCode):
        signing_in.use_code(pk, code)
    assert client.post(ENTER, {"code": code}).status_code == 400
    assert not is_in(client)


def test_a_code_ends_after_a_quarter_of_an_hour(client: Client, carol: Any) -> None:
    ask(client)
    code = mailed()
    with clock.held_at(clock.now() + timedelta(minutes=15)):
        assert client.post(ENTER, {"code": code}).status_code == 400
    with clock.held_at(clock.now() + timedelta(minutes=14)):
        assert client.post(ENTER, {"code": code}).status_code == 302


def test_only_the_newest_code_works(client: Client, carol: Any) -> None:
    ask(client)
    old, first = mailed(), row().pk
    ask(client)
    new = mailed()
    for code in (old, new):
        with pytest.raises(signing_in.WrongCode):
            signing_in.use_code(first, code)
    assert client.post(ENTER, {"code": new}).status_code == 302


def test_of_two_that_were_asked_for_at_the_same_moment_the_newer_works(carol: Any) -> None:
    first = signing_in.ask_code(EMAIL)
    code = mailed()
    second = signing_in.ask_code(EMAIL)
    MailCode.objects.filter(pk=first.pk).update(ends_at=second.ends_at)
    with pytest.raises(signing_in.WrongCode):
        signing_in.use_code(first.pk, code)
    assert signing_in.use_code(second.pk, mailed()) == EMAIL


def test_a_mail_that_is_sent_twice_makes_another_code(carol: Any) -> None:
    signing_in.ask_code(EMAIL)
    first, second = mailed(), mailed()
    with pytest.raises(signing_in.WrongCode):
        signing_in.use_code(row().pk, first if first != second else other_than(second))
    assert signing_in.use_code(row().pk, second) == EMAIL


def test_five_tries_and_not_one_more(client: Client, carol: Any) -> None:
    ask(client)
    code = mailed()
    for _ in range(5):
        page = client.post(ENTER, {"code": other_than(code)})
        assert page.status_code == 400
        assert code_tries.WRONG in page.content.decode()
    assert client.post(ENTER, {"code": code}).status_code == 400
    assert not is_in(client)


def test_a_code_is_worth_something_only_where_it_was_asked_for(client: Client, carol: Any) -> None:
    ask(client)
    code = mailed()
    elsewhere = Client()
    assert elsewhere.post(ENTER, {"code": code})["Location"] == "/account/login/"
    ask(elsewhere, "other@test.example")
    assert elsewhere.post(ENTER, {"code": code}).status_code == 400
    assert not is_in(elsewhere)
    # Nor could anybody there use its tries up.
    assert client.post(ENTER, {"code": code}).status_code == 302


@given(typed=st.text(max_size=12) | st.integers(0, 10**6 - 1).map(lambda number: f"{number:06}"))
@example("482915")
@example(" 482 915 ")
@settings(max_examples=40, deadline=None)
def test_no_other_text_is_the_code(typed: str) -> None:
    for made in ("", "482915"):
        ends = clock.now() + timedelta(minutes=1)
        asked = MailCode.objects.create(purpose="sign-in", email=EMAIL, email_token=str(uuid4()), ends_at=ends)
        # Before the worker has made one there is nothing that it could be.
        MailCode.objects.filter(pk=asked.pk).update(code_hash=signing_in._hash(asked.pk, made) if made else "")
        try:
            right = signing_in.use_code(asked.pk, typed) == EMAIL
        except signing_in.WrongCode:
            right = False
        assert right == (made != "" and "".join(typed.split()) == made)


@pytest.mark.parametrize("role", list(Role))
def test_a_code_opens_only_what_a_code_may_open(client: Client, role: Role) -> None:
    factories.user(role, email="somebody@test.example")
    ask(client, "somebody@test.example")
    code = mailed("somebody@test.example")
    assert bool(code) == (role in OPENED_BY_CODE)
    assert mail.outbox
    if not code:
        assert "takes your password" in mail.outbox[0].body
    client.post(ENTER, {"code": code or "000000"})
    assert is_in(client) == (role in OPENED_BY_CODE)


def test_one_staff_role_beside_others_asks_for_the_password(client: Client) -> None:
    factories.user(Role.PARTNER, Role.EDITOR, email=EMAIL)
    ask(client)
    assert mailed() == ""


def test_a_role_given_meanwhile_ends_the_session_that_a_code_began(client: Client, carol: Any) -> None:
    ask(client)
    client.post(ENTER, {"code": mailed()})
    assert is_in(client)
    grant(carol, Role.COORDINATOR, by=None)
    assert not is_in(client)
    assert client.get("/desk/").status_code == 302


def test_a_role_given_between_mail_and_code_keeps_the_door_shut(client: Client, carol: Any) -> None:
    ask(client)
    code = mailed()
    grant(carol, Role.ADMINISTRATOR, by=None)
    assert client.post(ENTER, {"code": code}).status_code == 400
    assert not is_in(client)


def test_closed_accounts_programs_and_strangers_get_no_mail(settings: Any) -> None:
    factories.user(Role.PARTNER, email="left@test.example", is_active=False)
    factories.user(Role.PARTNER, email="program@test.example", is_service=True)
    factories.user(Role.PARTNER, email="partner@demo.example")
    settings.DEMO = False
    for email in ("left@test.example", "program@test.example", "partner@demo.example", "nobody@test.example"):
        signing_in.ask_code(email)
        assert mailed(email) == ""
        assert mail.outbox == []


def test_the_demonstration_says_where_its_mails_are(client: Client, settings: Any) -> None:
    factories.user(Role.PARTNER, email="partner@demo.example")
    settings.DEMO = True
    ask(client, "partner@demo.example")
    page = client.get(ENTER).content.decode()
    code = mailed("partner@demo.example")
    assert "No mail leaves this machine" in page
    assert client.post(ENTER, {"code": code}).status_code == 302
    settings.DEMO = False
    assert not is_in(client)


def test_one_address_gets_few_codes_from_wherever_they_are_asked() -> None:
    for number in range(signing_in.AN_HOUR):
        assert ask(Client(REMOTE_ADDR=f"192.0.2.{number}")).status_code == 302
    answer = ask(Client(REMOTE_ADDR="192.0.2.99"))
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) == 3600
    assert codes.PAUSE in answer.content.decode()
    assert ask(Client(), "other@test.example").status_code == 302
    later = clock.now()
    for number in range(1, 3):
        with clock.held_at(later + timedelta(hours=2 * number)):
            answers = [ask(Client(REMOTE_ADDR=f"192.0.2.{number}")).status_code for _ in range(signing_in.AN_HOUR)]
            assert (302 in answers) == (number == 1)
    assert MailCode.objects.filter(email_token=signing_in.email_token(EMAIL)).count() == signing_in.A_DAY


def test_wrong_tries_at_one_address_are_counted_over_the_day() -> None:
    moment, tried = clock.now(), 0
    for number in range(signing_in.A_DAY):
        with clock.held_at(moment + timedelta(hours=number)):
            try:
                asked = signing_in.ask_code(EMAIL)
            except signing_in.TooOften:
                break
            for _ in range(10):
                with pytest.raises(signing_in.WrongCode):
                    signing_in.use_code(asked.pk, "000000")
            tried += signing_in.TRIES
    assert tried == signing_in.TRIES_A_DAY


def test_one_connection_asks_and_tries_only_so_often(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_tries, "SENT", 3)
    monkeypatch.setattr(code_tries, "TRIES", 2)
    assert [ask(client, f"a{number}@test.example").status_code for number in range(4)] == [302, 302, 302, 429]
    assert [client.post(ENTER, {"code": "1"}).status_code for _ in range(3)] == [400, 400, 429]


def test_what_is_no_address_is_said_beside_its_field(client: Client) -> None:
    answer = ask(client, "no address")
    assert answer.status_code == 400
    assert "aria-invalid" in answer.content.decode()
    assert MailCode.objects.count() == 0
    assert client.get(SEND).status_code == 405
    assert client.get(ENTER)["Location"] == "/account/login/"


def test_a_mail_server_that_is_down_tells_no_address(carol: Any, settings: Any, caplog: Any) -> None:
    settings.EMAIL_BACKEND = "tests.mail_down.Down"
    assert signing_in.mail_code(str(signing_in.ask_code(EMAIL).pk)) == 0
    assert "mail.not_sent error=ConnectionRefusedError" in caplog.text
    assert EMAIL not in caplog.text


def test_old_codes_are_forgotten(carol: Any) -> None:
    signing_in.ask_code(EMAIL)
    assert signing_in.forget_some()
    assert MailCode.objects.count() == 1
    with clock.held_at(clock.now() + timedelta(days=2, minutes=1)):
        assert signing_in.forget_some()
    assert MailCode.objects.count() == 0


def test_the_title_says_that_something_is_not_right_yet(client: Client, carol: Any) -> None:
    for answer in (ask(client, "no address"), client.post("/account/login/", {"login": EMAIL, "password": "wrong"})):
        assert answer.status_code == 400
        assert "<title>Not right yet: Sign in" in answer.content.decode()
    ask(client)
    assert "<title>Type the code" in client.get(ENTER).content.decode()
    assert "<title>Not right yet: Type the code" in client.post(ENTER, {"code": "x"}).content.decode()
    assert "<title>Not right yet: Forgotten password" in client.post("/account/password/", {"email": "x"}).content.decode()
