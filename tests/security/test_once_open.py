"""What somebody could open once, and may not any more: a role that was taken, a link that ended, a yes that was taken back."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from directory import clock
from directory.accounts.granting import grant
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.models import Service
from matching import referrals
from matching.agreements import withdraw_agreement
from matching.casework.family import add_family, remove_family
from matching.models import FamilyLink, Person, Referral
from matching.people import link_account, register_person
from matching.visiting.care import end_care
from tests import factories

pytestmark = pytest.mark.django_db
REFERRALS = "/api/v1/referrals/"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def post(user: User, body: dict[str, Any], key: str = "", url: str = REFERRALS) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client_of(user).post(url, json.dumps(body), content_type="application/json", headers=headers)


@pytest.fixture
def service() -> Service:
    factories.postcode()
    return factories.service("shopping", organisation_=factories.organisation(vetted=True))


@pytest.fixture
def shared() -> tuple[Person, User, FamilyLink]:
    """Somebody with an account, and a daughter who may see nothing."""
    by, person = factories.coordinator(), factories.person()
    link_account(person, factories.user(Role.PERSON), by=by)
    daughter = factories.user(Role.FAMILY)
    return person, daughter, add_family(person, by=by, account=daughter.email, name="Olive Testperson")


def body_of(person: Person, service: Service, **more: Any) -> dict[str, Any]:
    return {"person_id": str(person.pk), "need": "shopping", "service_id": str(service.pk), **more}


@pytest.mark.parametrize("role", [Role.SAFEGUARDING_LEAD, Role.PARTNER, Role.FAMILY])
def test_who_was_a_coordinator_reads_no_record_any_more_that_they_wrote_down_then(role: Role) -> None:
    user = factories.coordinator()
    person = register_person(by=user, brought_in_by=user, name="Edith Quietperson")
    ask = factories.ask(person, by=user)
    user.grants.all().delete()
    grant(user, role, by=None)
    client = client_of(User.objects.get(pk=user.pk))
    for page in (f"/desk/people/{person.pk}/", f"/desk/people/{person.pk}/ask/", f"/desk/requests/{ask.pk}/"):
        answer = client.get(page)
        assert answer.status_code in (403, 404)
        assert "Quietperson" not in answer.content.decode()


def test_family_who_may_see_nothing_does_not_learn_that_the_person_said_no(shared: Any, service: Service) -> None:
    person, daughter, _ = shared
    made = post(daughter, body_of(person, service)).json()
    assert client_of(daughter).get(made["url"]).status_code == 200
    referrals.declined_by_person(Referral.objects.get(pk=made["id"]), by=person.user, reason="person_declined")
    assert client_of(daughter).get(made["url"]).status_code == 404
    assert client_of(daughter).get(REFERRALS).json()["total"] == 0
    assert post(daughter, {"to": "requested"}, url=f"{made['url']}moves/").status_code in (403, 404)


def test_who_is_family_no_more_learns_nothing_by_sending_the_same_again(shared: Any, service: Service) -> None:
    person, daughter, link = shared
    made = post(daughter, body_of(person, service), key="mine")
    assert post(daughter, body_of(person, service), key="mine").json() == made.json()
    remove_family(link, by=factories.coordinator())
    referrals.send(Referral.objects.get(pk=made.json()["id"]), by=person.user)
    again = post(daughter, body_of(person, service), key="mine")
    assert again.status_code == 403
    assert "requested" not in again.content.decode()
    assert Referral.objects.count() == 1


def test_nor_does_a_care_worker_who_was_taken_off(service: Service) -> None:
    worker, by = factories.user(Role.CARE_WORKER), factories.coordinator()
    person = factories.person(by=worker, agreed=False)
    made = post(worker, body_of(person, service), key="mine")
    assert made.status_code == 201
    end_care(person, worker, by=by)
    assert post(worker, body_of(person, service), key="mine").status_code == 403


@pytest.mark.parametrize("scope", ["referral", "referrals"])
def test_a_yes_of_before_the_last_no_sends_nothing(service: Service, scope: str) -> None:
    council, by = factories.council_referrer(), factories.coordinator()
    person = factories.person(by=council, agreed=False)
    withdraw_agreement(factories.agreement(person), by=by)
    consent = {"given_by": "person", "how": "phone", "scope": scope}
    old = post(council, body_of(person, service, consent={**consent, "at": (clock.now() - timedelta(days=3)).isoformat()}))
    assert old.status_code == 400
    assert "anew" in old.content.decode()
    assert not Referral.objects.exists()
    assert post(council, body_of(person, service, consent={**consent, "at": clock.now().isoformat()})).json()["state"] == "requested"
