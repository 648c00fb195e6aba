"""What others may not know about a person or a volunteer does not stand on their page, in whatever part of it."""

from typing import Any

import pytest
from django.test import Client

from directory.accounts.roles import Role
from matching import matches, referrals
from tests import factories

pytestmark = pytest.mark.django_db

NOTE = "Lives behind the blue door and falls often."


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def sent() -> tuple[Any, Any, Any]:
    """A referral with a note, the partner whom it reached, and the council's referrer."""
    factories.postcode()
    group = factories.organisation(vetted=True)
    service = factories.service("shopping", organisation_=group)
    council = factories.council_referrer()
    person = factories.person(by=council, agreed=False)
    ask = factories.ask(person, by=council)
    factories.agreement(person, by=council, scope="referral", ask=ask)
    referral = referrals.send(referrals.prepare(ask, by=council, service=service, note=NOTE), by=council)
    return referral, factories.partner(group), council


def test_the_group_reads_the_note_while_it_is_asked(sent: tuple[Any, Any, Any]) -> None:
    referral, partner, _ = sent
    assert NOTE in client_of(partner).get(f"/partner/referrals/{referral.pk}/").content.decode()


def test_after_its_no_the_notes_about_the_person_are_gone_from_the_groups_page_too(sent: tuple[Any, Any, Any]) -> None:
    referral, partner, council = sent
    referrals.reject(referral, by=partner, reason="no_capacity", note="Ring her niece Bea instead.")
    page = client_of(partner).get(f"/partner/referrals/{referral.pk}/").content.decode()
    assert NOTE not in page
    assert "Bea" not in page
    assert "could not take this on" in page
    own = client_of(council).get(f"/council/referrals/{referral.pk}/").content.decode()
    assert NOTE in own
    assert "Bea" in own


@pytest.mark.parametrize("state", ["offered", "declined", "accepted", "introduced"])
def test_a_care_worker_does_not_read_who_the_volunteer_is(state: str) -> None:
    worker, coordinator = factories.user(Role.CARE_WORKER), factories.coordinator()
    person = factories.person(by=worker, agreed=False)
    factories.agreement(person, by=coordinator)
    ask = factories.ask(person, by=worker, activity="shop-together")
    volunteer = factories.volunteer("shop-together", level="basic", name="Quiet Volunteer", village="Golcar")
    match = matches.offer(ask, volunteer, by=coordinator)
    if state == "declined":
        matches.decline(match, by=volunteer.user)
    elif state != "offered":
        match = matches.say_yes(match, by=volunteer.user)
        if state == "introduced":
            matches.introduce(match, by=coordinator)
    page = client_of(worker).get(f"/desk/requests/{ask.pk}/").content.decode()
    assert str(volunteer) in page
    assert "Quiet" not in page
    assert "Golcar" not in page
