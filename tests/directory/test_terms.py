"""School terms as the form of times shows them, and the holidays between them as closures."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from directory import clock, terms
from directory.accounts.models import User
from directory.listing_fields import read_values
from directory.models import Service, Term
from tests.directory.forms_by_hand import Inputs

pytestmark = pytest.mark.django_db

TERMS = [
    (date(2026, 9, 1), date(2026, 10, 23)),
    (date(2026, 11, 2), date(2026, 12, 18)),
    (date(2027, 1, 4), date(2027, 2, 12)),
    (date(2027, 2, 15), date(2027, 3, 25)),
]


@pytest.fixture(autouse=True)
def autumn() -> Iterator[None]:
    with clock.held_at(datetime(2026, 11, 23, 9, tzinfo=UTC)):
        yield
    terms.forget()


@pytest.fixture
def known(db: None) -> None:
    Term.objects.bulk_create(Term(name=f"Term {first}", first=first, last=last) for first, last in TERMS)
    terms.forget()


def test_terms_and_the_holidays_between_them(known: None) -> None:
    assert terms.coming() == [TERMS[1], (TERMS[2][0], TERMS[3][1])]
    assert terms.holidays() == [(date(2026, 12, 19), date(2027, 1, 3))]
    with clock.held_at(datetime(2026, 10, 26, 9, tzinfo=UTC)):
        assert terms.holidays()[0] == (date(2026, 10, 24), date(2026, 11, 1))


def test_a_gap_in_what_is_known_is_no_holiday(db: None) -> None:
    for first, last in (TERMS[1], (date(2027, 4, 12), date(2027, 5, 28))):
        Term.objects.create(name=f"Term {first}", first=first, last=last)
    terms.forget()
    assert terms.holidays() == []


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 11, 2), date(2026, 11, 18), "2 to 18 November 2026"),
        (date(2026, 11, 2), date(2026, 12, 18), "2 November to 18 December 2026"),
        (date(2026, 12, 19), date(2027, 1, 3), "19 December 2026 to 3 January 2027"),
    ],
)
def test_days_in_words(first: date, last: date, words: str) -> None:
    assert terms.words(first, last) == words


def test_the_form_tells_the_terms_and_writes_a_holiday_in(known: None, service: Service, partner: User, client: Client) -> None:
    client.force_login(partner)
    address = reverse("partner-now", args=[service.pk])
    text = client.get(address).content.decode()
    assert "2 November to 18 December 2026; 4 January to 25 March 2027" in text
    assert "?closed=2026-12-19#closed" in text
    answers = Inputs(client.get(f"{address}?closed=2026-12-19").content.decode()).values
    assert client.post(address, answers).status_code == 302
    assert read_values(Service.objects.get())["closures"] == [{"first": "2026-12-19", "last": "2027-01-03", "reason": "school holidays"}]


@pytest.mark.parametrize("closed", ["week", "2026-12-20", "", "\0"])
def test_what_is_no_holiday_writes_nothing_in(known: None, service: Service, partner: User, client: Client, closed: str) -> None:
    client.force_login(partner)
    answer = client.get(reverse("partner-now", args=[service.pk]), {"closed": closed})
    assert answer.status_code == 200
    assert 'school holidays"' not in answer.content.decode()


def test_where_no_terms_are_known_the_form_says_so(service: Service, partner: User, client: Client) -> None:
    terms.forget()
    client.force_login(partner)
    assert "We do not know the dates of the next terms." in client.get(reverse("partner-now", args=[service.pk])).content.decode()
