"""The list of whom to ring: who is on it, in which order, and what each answer does."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse

from directory import clock
from directory.accounts.roles import Role
from directory.freshness import looked, reminders, ringing
from directory.freshness.due import due
from directory.freshness.models import CheckToken, Ringing, WantsNoMail
from directory.freshness.reached import addressees, mail_reaches, with_address
from directory.freshness.ringing import Why
from directory.models import Service
from directory.personal.lookup import email_token
from tests import factories

pytestmark = pytest.mark.django_db
PHONE = "01484 496000"
PERSONAL = {"is_personal": True, "show_on_site": False, "show_in_print": False}


def names(why: Why = Why.NO_MAIL) -> list[str]:
    found = Service.objects.in_bulk([each.service for each in ringing.to_ring(why)])
    return [found[each.service].name for each in ringing.to_ring(why)]


@pytest.fixture
def editor() -> Client:
    client = Client()
    client.force_login(factories.user(Role.EDITOR))
    return client


def test_those_are_rung_whom_no_mail_reaches(monday: None, listing) -> None:
    listing("Phone only", phone=PHONE)
    listing("Group's phone", organisation_=factories.organisation(phone=PHONE))
    listing("No phone")
    listing("Mail too", phone=PHONE, email="club@group.example")
    kept = factories.organisation()
    factories.partner(kept)
    listing("Has members", phone=PHONE, organisation_=kept)
    listing("In time", phone=PHONE, checked_at=clock.today())
    listing("Person's own, no agreement", phone=PHONE, contact=PERSONAL)
    listing("Person's own mail, no agreement", email="ada@nest.example", contact=PERSONAL)
    assert set(names()) == {"Phone only", "Group's phone"}


def test_the_most_overdue_come_first_and_of_these_the_most_looked_at(monday: None, listing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looked, "_counters", [])
    today = clock.today()
    little = listing("Little overdue", phone=PHONE, checked_at=today - timedelta(days=190))
    listing("A year overdue", phone=PHONE, checked_at=today - timedelta(days=560))
    listing("Never", phone=PHONE, checked_at=None, checked_how="")
    read = listing("Little overdue, much read", phone=PHONE, checked_at=today - timedelta(days=188))
    assert names() == ["Never", "A year overdue", "Little overdue", "Little overdue, much read"]
    looked.count_looks_by(lambda ids: {read.pk: 40, little.pk: 2})
    assert names() == ["Never", "A year overdue", "Little overdue, much read", "Little overdue"]
    with pytest.raises(ValueError):
        looked.count_looks_by(lambda ids: {})


def test_a_refused_mail_and_one_without_answer_lead_to_the_phone(listing, later, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(self: Any, messages: Any) -> int:
        raise ValueError("no such address")

    with later(0):
        listing("Refused", phone=PHONE, email="gone@group.example")
        monkeypatch.setattr(EmailBackend, "send_messages", refuses)
        reminders.remind_some()
        monkeypatch.undo()
        listing("Silent", phone=PHONE, email="club@group.example")
        reminders.remind_some()
        assert (names(), names(Why.NO_ANSWER)) == (["Refused"], [])
    with later(28):
        assert (names(), names(Why.NO_ANSWER)) == (["Refused"], ["Silent"])
        CheckToken.objects.update(used_at=clock.now())
        assert names(Why.NO_ANSWER) == []


def test_reached_are_those_who_are_asked(monday: None, listing) -> None:
    kept, silent = factories.organisation(), factories.organisation()
    factories.partner(kept)
    WantsNoMail.objects.create(email_token=email_token(factories.partner(silent).email))
    WantsNoMail.objects.create(email_token=email_token("no@group.example"))
    for organisation in (kept, silent, None):
        for email in ("", "club@group.example", "No@group.example"):
            listing(organisation_=organisation, email=email)
    rows = list(with_address(due()).values_list("id", "organisation_id", "address"))
    asked = {service for addressee in addressees(rows) for service in addressee.services}
    assert set(with_address(due()).filter(mail_reaches()).values_list("id", flat=True)) == asked
    assert set(with_address(due()).exclude(mail_reaches()).values_list("id", flat=True)) == {row[0] for row in rows} - asked
    assert len(asked) == 4


def test_still_right_is_a_check_by_phone(listing, later) -> None:
    editor = factories.user(Role.EDITOR)
    with later(0):
        service = listing(phone=PHONE)
        ringing.rang(service, Ringing.Outcome.RIGHT, by=editor)
        service.refresh_from_db()
        assert (service.checked_at, service.checked_how, service.checked_by) == (clock.today(), "phone", editor)
        assert names() == []


def test_who_did_not_answer_comes_back_in_three_days(listing, later) -> None:
    editor = factories.user(Role.EDITOR)
    with later(0):
        service = listing(phone=PHONE)
        ringing.rang(service, Ringing.Outcome.NOBODY, by=editor)
        assert names() == []
    with later(2):
        assert names() == []
    with later(3):
        assert names() == ["Lunch Club"]
        ringing.rang(service, Ringing.Outcome.NOBODY, by=editor)
    with later(4):
        ringing.rang(service, Ringing.Outcome.CHANGE, by=editor)
        assert names() == ["Lunch Club"]
    service.refresh_from_db()
    assert service.checked_at == date(2025, 1, 6)


def test_the_page_shows_what_was_rung_a_moment_ago_no_more(monday: None, listing, editor: Client) -> None:
    rung = listing("Rung", phone=PHONE)
    listing("Other", phone=PHONE)
    for service in (listing("Checked", phone=PHONE), rung):
        assert service.name in editor.get(reverse("to-ring")).content.decode()
        outcome = "right" if service != rung else "nobody"
        editor.post(reverse("rang", args=[service.pk]), {"outcome": outcome})
        page = editor.get(reverse("to-ring"))
        assert service.name not in [row["service"].name for row in page.context["rows"]]
    assert [row["service"].name for row in page.context["rows"]] == ["Other"]


@pytest.mark.parametrize("role", [Role.PARTNER, Role.COORDINATOR, Role.VOLUNTEER])
def test_only_editors_write_down_a_call(monday: None, listing, role: Role) -> None:
    service = listing(phone=PHONE)
    with pytest.raises(PermissionDenied):
        ringing.rang(service, Ringing.Outcome.RIGHT, by=factories.user(role))
    client = Client()
    client.force_login(factories.user(role))
    assert client.get(reverse("to-ring")).status_code in (302, 403)
    assert client.post(reverse("rang", args=[service.pk]), {"outcome": "right"}).status_code in (302, 403)
    assert not Ringing.objects.exists()


def test_the_pages(monday: None, listing, editor: Client) -> None:
    service = listing(phone=PHONE)
    page = editor.get(reverse("to-ring")).content.decode()
    assert "Lunch Club" in page
    assert 'href="tel:01484496000"' in page
    assert PHONE in editor.get(reverse("to-ring"), {"paper": "1"}).content.decode()
    assert "Nobody is to be rung" in editor.get(reverse("to-ring"), {"why": "no-answer"}).content.decode()
    path = reverse("rang", args=[service.pk])
    assert editor.get(path).status_code == 405
    assert editor.post(path, {"outcome": "perhaps"}).status_code == 302
    assert not Ringing.objects.exists()
    answer = editor.post(path, {"outcome": "change"})
    assert str(service.pk) in answer["Location"]
    assert editor.get(answer["Location"]).status_code == 200
    assert "needs a change" in editor.get(reverse("to-ring")).content.decode()
    answer = editor.post(path, {"outcome": "right", "why": "no-mail", "page": "1"})
    assert answer["Location"] == "/admin/listings/to-ring/?why=no-mail&page=1"
    assert "Nobody is to be rung" in editor.get(answer["Location"]).content.decode()


def test_a_long_list_takes_a_constant_number_of_queries(monday: None, listing, editor: Client, django_assert_max_num_queries) -> None:
    for number in range(35):
        listing(f"Group {number}", phone=PHONE)
    editor.get(reverse("to-ring"))
    with django_assert_max_num_queries(15):
        assert editor.get(reverse("to-ring")).status_code == 200
