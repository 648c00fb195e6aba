"""A referral that worked counts as a check of its listing, once, on its day; any other does not."""

from datetime import UTC, datetime, timedelta

import pytest

from directory import clock
from directory.journal.following import follow
from directory.journal.models import Event
from directory.listings import mark_checked
from matching import referrals
from matching.models import Referral
from matching.reasons import HELPED, Outcome
from tests import factories

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 10, 5, 9, tzinfo=UTC)


@pytest.fixture
def ended():
    """A referral that ended on the Monday with this outcome."""

    def end(outcome: str) -> Referral:
        coordinator, service = factories.coordinator(), factories.service("shopping", vetted=True)
        partner = factories.partner(service.organisation)
        with clock.held_at(MONDAY):
            sent = referrals.send(referrals.prepare(factories.ask(), by=coordinator, service=service), by=coordinator)
            referrals.accept(sent, by=partner)
            referrals.start(sent, by=partner)
            return referrals.complete(sent, by=partner, outcome=outcome)

    return end


@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_help_counts(ended, outcome: Outcome) -> None:
    service = ended(outcome).service
    with clock.held_at(MONDAY + timedelta(days=2)):
        follow("referral_checks")
    service.refresh_from_db()
    if outcome in HELPED:
        assert (service.checked_at, service.checked_how, service.version) == (MONDAY.date(), "referral", 1)
    else:
        assert service.checked_at is None


def test_it_counts_once_and_never_covers_a_newer_check(ended) -> None:
    service = ended(Outcome.GOT_HELP).service
    editor = factories.administrator()
    with clock.held_at(MONDAY + timedelta(days=3)):
        mark_checked(service, by=editor, how="phone")
        follow("referral_checks")
        follow("referral_checks")
    service.refresh_from_db()
    assert (service.checked_how, service.checked_by) == ("phone", editor)
    assert Event.objects.filter(kind="service.checked").count() == 1


def test_a_listing_says_nothing_of_who_was_referred(ended) -> None:
    referral = ended(Outcome.PARTLY)
    follow("referral_checks")
    referral.service.refresh_from_db()
    assert referral.service.checked_by.is_service
    told = str(Event.objects.filter(kind="service.checked").values().get())
    assert str(referral.pk) not in told
    assert str(referral.person.pk) not in told
