"""Anybody tells us of a group that is missing or a page that is wrong, without an account, and nothing of it gets out."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from directory import clock, listings
from directory.accounts.models import User
from directory.journal.models import Event
from directory.models import Service
from directory.suggestions import deciding, keeping, mails, telling
from directory.suggestions.forms import HONEYPOT
from directory.suggestions.models import Suggestion
from directory.suggestions.views.telling import TELLS

pytestmark = pytest.mark.django_db

CHOIR = {
    "name": "Canarybird Choir",
    "words": "Singing for anybody, by Zebedee Canarybird.",
    "where": "The chapel, Golcar, HD7 4AA",
    "phone": "01632 960871",
    "web": "choir.example.org",
    "known": "I sing there",
    "email": "zebedee@nest.example",
    "once": "mark-1",
}


@pytest.fixture(autouse=True)
def _uncounted() -> None:
    cache.clear()


def wrong(service: Service) -> str:
    return f"/suggest/wrong/{service.pk}/"


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def test_a_group_that_is_missing_is_told_without_an_account(client: Client) -> None:
    page = text_of(client.get("/suggest/missing/"))
    assert "What is it called?" in page
    answer = client.post("/suggest/missing/", CHOIR)
    assert answer.status_code == 302
    assert "write to you once" in text_of(client.get(answer["Location"]))
    told = Suggestion.objects.get()
    assert (told.kind, told.state, told.name, told.email) == ("listing", "new", "Canarybird Choir", "zebedee@nest.example")


def test_what_is_wrong_with_a_page_is_told(client: Client, service: Service) -> None:
    assert service.name in text_of(client.get(wrong(service)))
    assert client.post(wrong(service), {"part": "phone", "right": "01484 111222", "once": "a"}).status_code == 302
    assert client.post(wrong(service), {"part": "other", "words": "Nobody opens the door.", "once": "b"}).status_code == 302
    assert client.post(wrong(service), {"part": "gone", "once": "c"}).status_code == 302
    kinds = Suggestion.objects.order_by("told_at", "id").values_list("part", "kind", "service")
    assert sorted(kinds) == [("gone", "change", service.pk), ("other", "problem", service.pk), ("phone", "change", service.pk)]


def test_a_page_that_visitors_do_not_see_cannot_be_asked_about(client: Client, service: Service, editor: User) -> None:
    listings.withdraw(service, by=editor)
    assert client.get(wrong(service)).status_code == 404
    assert client.post(wrong(service), {"part": "gone"}).status_code == 404


@pytest.mark.parametrize(
    ("lacks", "says"),
    [({"name": " "}, "name"), ({"words": ""}, "words"), ({"email": "zebedee"}, "email"), ({"where": "", "phone": "", "web": ""}, "where")],
)
def test_what_is_not_right_yet_is_said_at_its_question(client: Client, lacks: dict[str, str], says: str) -> None:
    answer = client.post("/suggest/missing/", CHOIR | lacks)
    assert answer.status_code == 400
    assert f'id="id_{says}_error"' in text_of(answer)
    assert not Suggestion.objects.exists()


@pytest.mark.parametrize("values", [{}, {"part": "phone"}, {"part": "roof", "words": "It leaks"}])
def test_a_report_says_something(client: Client, service: Service, values: dict[str, str]) -> None:
    assert client.post(wrong(service), values).status_code == 400
    assert not Suggestion.objects.exists()


def test_a_form_that_is_sent_twice_tells_once(client: Client) -> None:
    for _ in range(2):
        assert client.post("/suggest/missing/", CHOIR).status_code == 302
    assert Suggestion.objects.count() == 1


def test_programs_that_fill_in_everything_tell_nothing(client: Client) -> None:
    assert client.post("/suggest/missing/", CHOIR | {HONEYPOT: "x"}).status_code == 302
    assert not Suggestion.objects.exists()


def test_one_connection_tells_only_so_much(client: Client) -> None:
    answers = [client.post("/suggest/missing/", CHOIR | {"once": str(number)}).status_code for number in range(TELLS + 1)]
    assert answers == [302] * TELLS + [429]
    assert Suggestion.objects.count() == TELLS


def test_nothing_that_was_typed_is_readable_in_the_database_or_stands_in_the_journal(client: Client) -> None:
    client.post("/suggest/missing/", CHOIR)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM suggestions_suggestion")
        stored = str(cursor.fetchall())
    written = " ".join(str(event.codes) for event in Event.objects.all())
    assert not any(word in text for text in (stored, written) for word in ("anarybird", "ebedee", "960871", "chapel", "choir.example"))


def test_the_owner_and_the_moderators_hear_of_it_and_subjects_name_nobody(
    client: Client, service: Service, partner: User, stranger: User, editor: User
) -> None:
    told = telling.report(service, part="phone", words="It is Zebedee's number", email="zebedee@nest.example")
    assert mails.tell_moderators(str(told.pk)) == mails.tell_owner(str(told.pk)) == 1
    to_editor, to_owner = mail.outbox
    assert (to_editor.to, to_owner.to) == ([editor.email], [partner.email])
    assert f"/admin/moderation/suggestions/{told.pk}/" in to_editor.body
    assert f"/partner/services/{service.pk}/reports/" in to_owner.body
    assert not any("ebedee" in message.body + message.subject or "lunch" in message.subject.lower() for message in mail.outbox)


def test_many_reports_about_one_page_are_one_mail_a_day(service: Service, partner: User, editor: User) -> None:
    """Anybody may send ten an hour; a group whose post box is filled with them reads none."""
    first, second = (telling.report(service, part="phone", words=f"Wrong, said {number}") for number in range(2))
    other = telling.suggest_listing(name="Choir", words="Singing", where="The chapel")
    for tell in (mails.tell_moderators, mails.tell_owner):
        assert (tell(str(first.pk)), tell(str(second.pk))) == (1, 0)
    assert mails.tell_moderators(str(other.pk)) == 1
    with clock.held_at(clock.now() + timedelta(days=2)):
        third = telling.report(service, part="phone", words="Still wrong")
        assert mails.tell_owner(str(third.pk)) == 1
    deciding.decline(first, by=editor, reason="It is right.")
    assert mails.tell_owner(str(second.pk)) == 1


def test_the_group_reads_what_is_said_but_not_who_said_it(client: Client, service: Service, partner: User, stranger: User) -> None:
    telling.report(service, part="times", words="They meet on Wednesdays", right="Wednesdays at noon", email="zebedee@nest.example")
    address = f"/partner/services/{service.pk}/reports/"
    client.force_login(partner)
    page = text_of(client.get(address))
    assert "They meet on Wednesdays" in page
    assert "Wednesdays at noon" in page
    assert "zebedee" not in page
    client.force_login(stranger)
    assert client.get(address).status_code == 404


def test_what_was_told_goes_thirty_days_after_it_was_settled(service: Service, editor: User) -> None:
    now = clock.now()
    settled = telling.report(service, part="other", words="Settled")
    telling.report(service, part="other", words="Open")
    deciding.settle(settled, by=editor)
    with clock.held_at(now + keeping.KEPT - timedelta(hours=1)):
        assert keeping.forget_some()
        assert Suggestion.objects.count() == 2
    with clock.held_at(now + keeping.KEPT + timedelta(hours=1)):
        assert not keeping.forget_some()
        assert keeping.forget_some()
    assert [left.words for left in Suggestion.objects.all()] == ["Open"]


@pytest.mark.parametrize("garbage", ["\0", "²" * 5, "x" * 5000])
def test_garbage_is_answered_with_a_page(client: Client, service: Service, garbage: str) -> None:
    values = dict.fromkeys(("part", "words", "right", "known", "email", "once", "name", "where"), garbage)
    for address in (wrong(service), "/suggest/missing/"):
        assert client.post(address, values).status_code in (302, 400)


def test_the_verb_refuses_what_the_form_would() -> None:
    with pytest.raises(ValidationError) as refused:
        telling.suggest_listing(name="", words="x" * 2000, email="x")
    assert set(refused.value.message_dict) == {"name", "words", "where", "email"}
