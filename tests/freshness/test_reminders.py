"""Reminders: one mail for all that is due, one a term, never twice, and a mail server that is down holds nothing up."""

import smtplib
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction

from directory import clock
from directory.accounts.roles import Role
from directory.freshness import one_click, reminders
from directory.freshness.models import CheckToken, Reminder
from directory.journal.models import Event
from directory.models import Membership, Service
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def daily(post: Any):
    """The daily job until it is through; what it sent."""

    def run() -> list[Any]:
        while not reminders.remind_some():
            pass
        return post()

    return run


@pytest.fixture
def group():
    """A group with two listings to come, and somebody who keeps them."""
    made = factories.organisation(name="Marsden Friends")
    return made, factories.partner(made)


def test_one_mail_for_all_that_is_due(monday: None, listing, group, daily) -> None:
    organisation, user = group
    first = listing("Lunch Club", organisation_=organisation)
    second = listing("Walking Group", organisation_=organisation, email="walks@group.example")
    listing("Fresh Club", organisation_=organisation, checked_at=clock.today())
    (sent,) = daily()
    assert sent.to == [user.email]
    assert "Lunch Club" not in sent.subject
    assert "Lunch Club" in sent.body
    assert "Walking Group" in sent.body
    assert "Fresh Club" not in sent.body
    assert f"/partner/services/{first.pk}/" in sent.body
    assert sent.body.count("/still-right/") == 3
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert {token.service for token in CheckToken.objects.all()} == {first, second}
    assert daily() == []


def test_one_mail_a_term_whatever_becomes_due(listing, group, daily, later) -> None:
    organisation, _ = group
    with later(0):
        listing("Lunch Club", organisation_=organisation)
        listing("Walks", organisation_=organisation, checked_at=clock.today() - timedelta(days=180))
        assert len(daily()) == 1
    for days in (1, 10, 83):
        with later(days):
            assert daily() == []
    with later(84):
        (sent,) = daily()
        assert "Lunch Club" in sent.body
        assert "Walks" in sent.body


def test_somebody_of_two_groups_gets_one_mail(monday: None, listing, group, daily) -> None:
    organisation, user = group
    other = factories.organisation()
    Membership.objects.create(organisation=other, user=user)
    listing("Lunch Club", organisation_=organisation)
    listing("Choir", organisation_=other)
    listing("Errands", email=user.email)
    (sent,) = daily()
    assert all(name in sent.body for name in ("Lunch Club", "Choir", "Errands"))


def test_those_who_cannot_keep_a_listing_are_not_asked(monday: None, listing, daily) -> None:
    organisation = factories.organisation()
    for made in (factories.user(Role.PARTNER, is_active=False), factories.user(Role.PARTNER, is_service=True), factories.user()):
        Membership.objects.create(organisation=organisation, user=made)
    listing("Lunch Club", organisation_=organisation, email="club@group.example")
    assert [sent.to for sent in daily()] == [["club@group.example"]]


@pytest.mark.parametrize(
    ("contact", "asked"),
    [
        ({}, True),
        ({"is_personal": True, "agreed_on": date(2026, 1, 1)}, True),
        ({"is_personal": True, "show_on_site": False, "show_in_print": False}, False),
        ({"withdrawn_on": date(2026, 1, 1), "show_on_site": False, "show_in_print": False}, False),
    ],
)
def test_an_address_without_agreement_is_not_written_to(monday: None, listing, daily, contact, asked) -> None:
    listing("Lunch Club", email="ada@nest.example", contact=contact)
    assert bool(daily()) == asked


def test_an_address_of_many_listings_gets_one_mail(monday: None, listing, daily) -> None:
    for name in ("One", "Two", "Three"):
        listing(name, email="Council@group.example" if name == "Two" else "council@group.example")
    (sent,) = daily()
    assert sent.body.count("Still right:") == 3
    assert "/partner/" not in sent.body
    assert "council@group.example" not in str(list(Reminder.objects.values())).lower()


def test_a_long_list_is_cut(monday: None, listing, group, daily, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminders, "MOST_NAMED", 2)
    for name in ("One", "Two", "Three"):
        listing(name, organisation_=group[0])
    (sent,) = daily()
    assert sent.body.count("Still right:") == 2


def test_no_flood_in_one_day(listing, daily, later, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminders, "A_DAY", 3)
    monkeypatch.setattr(reminders, "PIECE", 2)
    with later(0):
        for number in range(5):
            listing(f"Group {number}", email=f"group{number}@group.example")
        first = daily()
    with later(1):
        second = daily()
    assert (len(first), len(second)) == (3, 2)
    assert len({sent.to[0] for sent in first + second}) == 5


def test_a_server_that_is_down_loses_nothing_and_doubles_nothing(monday: None, listing, daily, settings: Any) -> None:
    listing("Lunch Club", email="club@group.example")
    settings.EMAIL_BACKEND = "tests.mail_down.Down"
    with pytest.raises(ConnectionRefusedError):
        reminders.remind_some()
    assert not Reminder.objects.exists()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert len(daily()) == 1
    assert daily() == []


def test_a_worker_that_dies_after_sending_sends_nothing_again(monday: None, listing, daily, post, monkeypatch: pytest.MonkeyPatch) -> None:
    listing("Lunch Club", email="club@group.example")
    sends = EmailBackend.send_messages

    class Killed(BaseException):
        """As SIGKILL would: nothing after it runs."""

    def dies(self: Any, messages: Any) -> int:
        sends(self, messages)
        raise Killed

    monkeypatch.setattr(EmailBackend, "send_messages", dies)
    with pytest.raises(Killed):
        reminders.remind_some()
    monkeypatch.undo()
    (sent,) = post()
    assert sent.extra_headers["Message-ID"] == f"<reminder-{Reminder.objects.get().pk}@127.0.0.1>"
    assert daily() == []


def test_an_address_that_no_server_takes_holds_nobody_up(monday: None, listing, daily, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = EmailBackend.send_messages

    def refuses(self: Any, messages: Any) -> int:
        if messages[0].to == ["nobody@nowhere.example"]:
            raise smtplib.SMTPRecipientsRefused({"nobody@nowhere.example": (550, b"no such user")})
        return taken(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", refuses)
    listing("Lunch Club", email="club@group.example")
    listing("Lost Club", email="nobody@nowhere.example")
    assert [sent.to for sent in daily()] == [["club@group.example"]]
    assert Reminder.objects.get(refused=True).tokens.get().service.name == "Lost Club"


def test_those_who_want_no_mail_get_none(listing, group, daily, later) -> None:
    with later(0):
        listing("Lunch Club", organisation_=group[0])
        daily()
        one_click.want_no_mail(Reminder.objects.get())
    with later(200):
        assert daily() == []


def test_many_listings_take_a_constant_number_of_queries(monday: None, listing, django_assert_max_num_queries) -> None:
    for number in range(30):
        listing(f"Group {number}", email=f"group{number}@group.example")
    with django_assert_max_num_queries(7):
        assert len(reminders._waiting()) == 30


def test_nobody_is_named_in_the_journal(monday: None, listing, daily) -> None:
    listing("Lunch Club", email="ada.canary@nest.example")
    daily()
    assert "canary" not in str(list(Event.objects.values())).lower()


def test_old_reminders_are_forgotten(listing, daily, later) -> None:
    with later(0):
        listing("Lunch Club", email="club@group.example")
        daily()
    with later(399):
        assert reminders.forget_some()
        assert Reminder.objects.exists()
    with later(401):
        assert not reminders.forget_some()
        assert reminders.forget_some()
    assert not Reminder.objects.exists()
    assert not CheckToken.objects.exists()


def test_a_note_is_written_or_nothing(monday: None, listing) -> None:
    made: Service = listing("Lunch Club", email="club@group.example")
    (addressee,) = reminders._waiting()
    with transaction.atomic():
        assert reminders._note(addressee)
        transaction.set_rollback(True)
    assert not made.check_tokens.exists()
    assert reminders._note(addressee)
    assert reminders._note(addressee) is None
