"""How often programs may ask: so many times a minute, each for itself, and an answer that says when to come back."""

from typing import Any

import pytest
from django.test import Client, RequestFactory
from rest_framework.test import APIClient

from carestore import limits
from directory import throttle
from directory.accounts.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db

SEARCH = "/api/v1/search/"


@pytest.fixture(autouse=True)
def few(settings: Any) -> None:
    limits.forget()
    settings.API_REQUESTS_PER_MINUTE = 5


def test_too_many_requests_of_one_address_are_told_when_to_come_back() -> None:
    codes = [Client().get(SEARCH).status_code for _ in range(6)]
    assert codes == [200] * 5 + [429]
    answer = Client().get(SEARCH)
    assert 1 <= int(answer["Retry-After"]) <= 61
    assert list(answer.json()) == ["errors"]
    assert Client(REMOTE_ADDR="192.0.2.7").get(SEARCH).status_code == 200
    assert Client().get("/health/live").status_code == 200


def test_an_account_is_counted_for_itself() -> None:
    for _ in range(6):
        Client().get(SEARCH)
    client = APIClient()
    client.force_authenticate(factories.user(Role.COUNCIL_REFERRER, is_service=True))
    assert [client.get("/api/v1/referrals/").status_code for _ in range(6)] == [200] * 5 + [429]


def test_the_document_says_so() -> None:
    paths = Client().get("/api/v1/schema/").json()["paths"]
    assert all("429" in operation["responses"] for path in paths.values() for operation in path.values())


def test_behind_a_proxy_the_address_is_the_one_that_it_saw(settings: Any) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.9, 192.0.2.7")
    assert throttle.address_of(request) == "127.0.0.1"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert throttle.address_of(request) == "192.0.2.7"


@pytest.mark.parametrize(
    ("seen", "place"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("192.0.2.7", "192.0.2.7"),
        ("[2001:db8:1:2::9]:4711", "2001:db8:1:2::/64"),
        ("192.0.2.7:4711", "192.0.2.7"),
        ("unknown", "unknown"),
    ],
)
def test_a_household_is_one_place_however_many_addresses_it_has(seen: str, place: str) -> None:
    """With IPv6 everybody has more addresses than could ever be counted, all of one /64."""
    assert throttle.address_of(RequestFactory().get("/", REMOTE_ADDR=seen)) == place
