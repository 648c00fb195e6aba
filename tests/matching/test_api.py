"""The referral doors: one shape of errors, nothing twice, nothing about others."""

import uuid

import pytest
from rest_framework.test import APIClient

from directory import clock
from directory.accounts.models import ServiceKey
from directory.accounts.roles import Role
from matching.models import Ask, Person, Referral
from tests import factories

pytestmark = pytest.mark.django_db

URL = "/api/v1/referrals/"


@pytest.fixture
def account():
    return factories.user(Role.COUNCIL_REFERRER, is_service=True)


@pytest.fixture
def client(account) -> APIClient:
    return client_of(account)


def client_of(account) -> APIClient:
    _, key = ServiceKey.objects.create_key(name="test", user=account)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Api-Key {key}")
    return client


@pytest.fixture
def service():
    factories.postcode()
    return factories.service("shopping", vetted=True)


@pytest.fixture
def body(service) -> dict:
    return {
        "person": {"name": "Canary Referred", "postcode": "HD7 5AA", "phone": "01632 960999"},
        "need": "shopping",
        "service_id": str(service.pk),
        "note": "Prefers mornings",
        "consent": {"given_by": "person", "how": "phone", "at": clock.now().isoformat(), "scope": "referral"},
        "council_case_ref": "K-1",
    }


def post(client, body, **headers):
    return client.post(URL, body, format="json", headers=headers)


def test_a_referral_comes_in_and_is_sent(client, body, account):
    answer = post(client, body)
    assert answer.status_code == 201
    found = answer.json()
    assert set(found) == {"id", "number", "state", "due_at", "url"}
    assert found["state"] == "requested"
    referral = Referral.objects.get(pk=found["id"])
    assert (referral.referrer, referral.source, referral.area_code) == (account, Ask.Source.COUNCIL, "T0001")
    assert client.get(found["url"]).json()["council_case_ref"] == "K-1"


def test_the_same_key_and_body_make_one_referral(client, body):
    first = post(client, body, **{"Idempotency-Key": "k1"})
    second = post(client, body, **{"Idempotency-Key": "k1"})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert (Referral.objects.count(), Person.objects.count()) == (1, 1)


def test_the_same_key_with_another_body_is_a_conflict(client, body):
    post(client, body, **{"Idempotency-Key": "k1"})
    answer = post(client, {**body, "note": "Other"}, **{"Idempotency-Key": "k1"})
    assert answer.status_code == 409
    assert Referral.objects.count() == 1


def test_keys_belong_to_one_account(body, account):
    first = post(client_of(account), body, **{"Idempotency-Key": "k1"})
    other = post(client_of(factories.user(Role.COUNCIL_REFERRER)), body, **{"Idempotency-Key": "k1"})
    assert (first.status_code, other.status_code) == (201, 201)
    assert first.json()["id"] != other.json()["id"]


def test_a_refused_body_leaves_nothing_behind(client, body):
    del body["consent"]
    answer = post(client, body)
    assert answer.status_code == 400
    assert "consent" in answer.json()["errors"]
    assert not Person.objects.exists()
    assert not Ask.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"need": "nonsense"}, "need"),
        ({"service_id": str(uuid.uuid4())}, "service_id"),
        ({"volunteers": True}, "service_id"),
        ({"person": {}}, "person"),
        ({"person_id": str(uuid.uuid4())}, "person"),
        ({"person": None, "person_id": str(uuid.uuid4())}, "person"),
        ({"consent": {"given_by": "neighbour", "how": "phone", "at": "2026-01-01T00:00:00Z"}}, "consent"),
        ({"consent": {"given_by": "person", "how": "phone", "at": "2126-01-01T00:00:00Z"}}, "consent"),
        ({"consent": {"given_by": "attorney", "how": "phone", "at": "2026-01-01T00:00:00Z"}}, "consent"),
        ({"lawful_basis": "because"}, "lawful_basis"),
        ({"note": "x" * 4001}, "note"),
        ({"note": "nul \x00"}, "note"),
    ],
)
def test_bad_fields_are_named(client, body, change, field):
    answer = post(client, {**body, **change})
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_a_person_of_another_referrer_is_like_one_that_does_not_exist(client, body):
    other = factories.council_referrer()
    person = factories.person(by=other, agreed=False)
    del body["person"]
    foreign = post(client, {**body, "person_id": str(person.pk)})
    absent = post(client, {**body, "person_id": str(uuid.uuid4())})
    assert (foreign.status_code, foreign.json()) == (absent.status_code, absent.json())


def test_a_referral_of_another_referrer_is_not_there(client, body, account):
    found = post(client_of(factories.user(Role.COUNCIL_REFERRER)), body).json()
    assert client.get(found["url"]).status_code == 404
    assert client.post(found["url"] + "moves/", {"to": "cancelled", "reason": "duplicate"}, format="json").status_code == 404
    assert client.get(URL).json()["total"] == 0


def test_moves_answer_200_403_409_and_400(client, body):
    url = post(client, body).json()["url"] + "moves/"
    assert client.post(url, {"to": "accepted"}, format="json").status_code == 403
    assert client.post(url, {"to": "completed", "outcome": "partly"}, format="json").status_code == 409
    assert client.post(url, {"to": "cancelled"}, format="json").status_code == 400
    assert client.post(url, {"to": "lost"}, format="json").status_code == 400
    answer = client.post(url, {"to": "cancelled", "reason": "duplicate", "person_told": {"how": "phone"}}, format="json")
    assert answer.status_code == 200
    assert answer.json()["person_told_at"] is not None


def test_the_partner_answers_through_the_same_door(client, body, service):
    url = post(client, body).json()["url"] + "moves/"
    partner = client_of(factories.partner(service.organisation))
    assert partner.post(url, {"to": "accepted"}, format="json").json()["state"] == "accepted"
    done = partner.post(url, {"to": "completed", "outcome": "got_help"}, format="json").json()
    assert done["outcome"] == "got_help"


def test_changed_since_gives_what_moved(client, body):
    post(client, body)
    moment = clock.now()
    assert client.get(URL, {"changed_since": moment.isoformat()}).json()["total"] == 0
    assert client.get(URL, {"changed_since": "2026-01-01T00:00:00Z"}).json()["total"] == 1
    assert client.get(URL, {"changed_since": "yesterday"}).status_code == 400


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"[" * 100_000, 400),
        (b'{"need": NaN}', 400),
        (b"\xff\xfe", 400),
        (b"[]", 400),
        (b"", 400),
        (b'"' + b"x" * 300_000 + b'"', 413),
        (b'{"need": "\\ud800"}', 400),
    ],
)
def test_what_is_not_an_honest_body_is_a_400_or_413(client, raw, code):
    answer = client.post(URL, raw, content_type="application/json")
    assert answer.status_code == code
    assert "errors" in answer.json()


def test_without_a_key_401_with_the_wrong_role_403(body):
    assert post(APIClient(), body).status_code == 401
    unknown = APIClient()
    unknown.credentials(HTTP_AUTHORIZATION="Api-Key nonsense")
    assert post(unknown, body).status_code == 401
    assert post(client_of(factories.user(Role.ANALYST)), body).status_code == 403


def test_a_service_that_is_not_vetted_is_signposted_only(client, body):
    answer = post(client, {**body, "service_id": str(factories.service().pk)})
    assert answer.status_code == 400
    assert "not vetted" in answer.json()["errors"]["service"][0]


def test_to_the_volunteers(client, body):
    del body["service_id"]
    answer = post(client, {**body, "volunteers": True})
    assert answer.status_code == 201
    assert Referral.objects.get(pk=answer.json()["id"]).to_volunteers is True


def test_communication_needs_come_in_as_codes(client, body):
    person = {**body["person"], "communication_codes": ["bsl", "large-print"], "communication_needs": "slowly"}
    assert post(client, {**body, "person": person}).status_code == 201
    made = Person.objects.get()
    assert (made.contact, made.communication_needs) == ({"codes": ["large-print", "bsl"]}, "slowly")
    odd = post(client, {**body, "person": {**person, "communication_codes": ["telepathy"]}})
    assert odd.status_code == 400
    assert Person.objects.count() == 1
