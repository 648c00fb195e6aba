"""Nobody rings or writes to a service for somebody who has taken the agreement back, or is not to be contacted any more."""

import pytest

from directory.journal.models import Event
from directory.journal.verifying import verify
from matching import referrals
from matching.agreements import withdraw_agreement
from matching.models import Referral, Task
from matching.people import correct_person
from matching.referring.asking_providers import tell_the_desk
from matching.tasks import open_task
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent() -> Referral:
    """Sent by phone, to a service that does not read the store."""
    by, service = factories.coordinator(), factories.service("shopping", vetted=True)
    return referrals.send(referrals.prepare(factories.ask(), by=by, service=service), by=by, channel=Referral.Channel.PHONE)


def followed() -> None:
    tell_the_desk(list(Event.objects.filter(kind="referral.moved").order_by("seq")))


STOPS = {
    "the agreement": lambda person: withdraw_agreement(person.agreements.get(), by=factories.coordinator()),
    "contact": lambda person: correct_person(person, by=factories.coordinator(), do_not_contact=True),
}


@pytest.mark.parametrize("stop", STOPS)
def test_what_stands_on_the_list_goes_from_it_in_the_same_step_and_does_not_come_back(sent, stop):
    followed()
    ring = Task.objects.get(service=sent.service)
    both = open_task(Task.Kind.RING, by=None, ask=sent.ask, words="Ask them how it was.")
    STOPS[stop](sent.person)
    for task, state in ((ring, "dropped"), (both, "open")):
        task.refresh_from_db()
        assert task.state == state
    followed()
    assert Task.objects.filter(service=sent.service, state="open").count() == 0
    assert verify() == []


@pytest.mark.parametrize("stop", STOPS)
def test_who_stopped_it_before_the_list_was_written_is_not_put_on_it(sent, stop):
    STOPS[stop](sent.person)
    followed()
    assert not Task.objects.filter(service=sent.service).exists()


def test_an_agreement_for_another_request_changes_nothing_here(sent):
    followed()
    other = factories.ask(sent.person, need_="friendships")
    withdraw_agreement(factories.agreement(sent.person, scope="referral", ask=other), by=factories.coordinator())
    assert Task.objects.get(service=sent.service).state == "open"
