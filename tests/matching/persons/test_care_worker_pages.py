"""What a care worker reads of people at the desk: whom they brought in, and no more than they wrote themselves."""

import pytest
from django.urls import reverse

from directory.accounts.roles import Role
from matching import referrals
from matching.casework.family import add_family
from matching.casework.merging import merge_people
from tests import factories
from tests.matching.persons.pages import LANDLINE

pytestmark = pytest.mark.django_db


def test_a_care_worker_reads_whom_they_brought_in_and_writes_no_family(client):
    worker = factories.user(Role.CARE_WORKER)
    own, other = factories.person(by=worker, agreed=False), factories.person()
    client.force_login(worker)
    assert client.get(reverse("desk-person", args=[own.pk])).status_code == 200
    assert client.get(reverse("desk-person", args=[other.pk])).status_code == 404
    assert client.get(reverse("desk-family-new", args=[own.pk])).status_code == 403


def test_a_care_worker_reads_no_note_no_family_and_nothing_that_others_asked_for(client):
    worker, by = factories.user(Role.CARE_WORKER), factories.coordinator()
    own = factories.person(by=worker, agreed=False, name="Ada Example", phone=LANDLINE, notes="Quarrels with the neighbours")
    add_family(own, by=by, name="Olive", phone="01632 960881", is_main=True)
    agreement = factories.agreement(own, given_by="attorney", seen="Seen by Dr Green")
    mine, theirs = factories.ask(own, by=worker), factories.ask(own, by=by)
    prepared = referrals.prepare(mine, by=worker, to_volunteers=True, candidates=[])
    other = referrals.prepare(theirs, by=by, to_volunteers=True, candidates=[])
    client.force_login(worker)
    page = client.get(reverse("desk-person", args=[own.pk])).content.decode()
    assert f"{mine} ·" in page
    assert f"{prepared} ·" in page
    for words in ("Quarrels", "Olive", "960881", agreement.seen, f"{theirs} ·", f"{other} ·"):
        assert words not in page
    client.force_login(by)
    page = client.get(reverse("desk-person", args=[own.pk])).content.decode()
    for words in ("Quarrels", "Olive", "960881", agreement.seen, f"{theirs} ·", f"{other} ·"):
        assert words in page


def test_a_care_worker_opens_no_request_that_somebody_else_wrote_down(client):
    worker, by = factories.user(Role.CARE_WORKER), factories.coordinator()
    own = factories.person(by=worker, agreed=False)
    mine, theirs = factories.ask(own, by=worker), factories.ask(own, by=by)
    client.force_login(worker)
    answers = [client.get(reverse(page, args=[ask.pk])).status_code for page in ("desk-match", "desk-ask-edit") for ask in (mine, theirs)]
    assert answers == [200, 404, 200, 404]


@pytest.mark.parametrize("into_own", [True, False])
def test_a_care_worker_does_not_read_a_record_that_was_joined_with_another(client, into_own):
    worker = factories.user(Role.CARE_WORKER)
    own, other = factories.person(by=worker, agreed=False, name="Ada Example"), factories.person(name="Ada Example")
    merge_people(*((own, other) if into_own else (other, own)), by=factories.coordinator())
    client.force_login(worker)
    assert [client.get(reverse("desk-person", args=[each.pk])).status_code for each in (own, other)] == [404, 404]
