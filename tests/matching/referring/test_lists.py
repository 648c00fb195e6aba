"""Whoever refers or answers reaches all that is theirs, also after years: lists go on page by page."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from directory import clock
from matching import referrals
from matching.models import Referral
from matching.refer_in import refer_in
from matching.views.referrals import council, partner
from tests import factories

pytestmark = pytest.mark.django_db


def read(client: Client, address: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(address).content, "html.parser")


def numbers(page: BeautifulSoup, where: str) -> list[str]:
    return [link.get_text(" ").split()[0] for link in page.select(f"main a[href^='{where}']")]


def more(page: BeautifulSoup) -> str:
    return str(page.select_one("nav.pager a[rel=next]")["href"])  # type: ignore[index]


def test_the_council_reaches_its_oldest_referral_and_reads_its_own_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(council, "ON_A_PAGE", 2)
    by, need = factories.council_referrer(), factories.need()
    made = []
    for number in range(3):
        consent = {"given_by": "person", "how": "phone", "seen": "", "at": None, "scope": "referral"}
        body = {
            "person": {"name": f"Person {number} Example"},
            "need": need.pk,
            "service_id": None,
            "volunteers": True,
            "note": "",
            "consent": consent,
        }
        with clock.held_at(clock.now() - timedelta(days=9 - number)):
            made.append(refer_in({**body, "council_case_ref": f"KC/{number}"}, by=by).referral)
    client = Client()
    client.force_login(by)
    first = read(client, "/council/refer/")
    assert numbers(first, "/council/referrals/") == [str(made[2]), str(made[1])]
    assert "KC/2" in first.table.get_text()  # type: ignore[union-attr]
    assert "Go to your referrals (3)" in first.get_text()
    assert numbers(read(client, f"/council/refer/{more(first)}"), "/council/referrals/") == [str(made[0])]


def test_a_group_reaches_what_is_long_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partner, "OVER_ON_A_PAGE", 2)
    by, service = factories.coordinator(), factories.service(vetted=True)
    over = []
    for number in range(3):
        sent = referrals.send(referrals.prepare(factories.ask(), by=by, service=service), by=by)
        with clock.held_at(clock.now() + timedelta(minutes=number + 1)):
            over.append(referrals.cancel(sent, by=by, reason="no_longer_needed"))
    waits = referrals.send(referrals.prepare(factories.ask(), by=by, service=service), by=by)
    client = Client()
    client.force_login(factories.partner(service.organisation))
    first = read(client, "/partner/referrals/")
    assert numbers(first, "/partner/referrals/") == [str(waits), str(over[2]), str(over[1])]
    assert "Over (3)" in " ".join(first.get_text(" ").split())
    second = read(client, f"/partner/referrals/{more(first)}")
    assert numbers(second, "/partner/referrals/") == [str(waits), str(over[0])]
    assert Referral.objects.count() == 4
