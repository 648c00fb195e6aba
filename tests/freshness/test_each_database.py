"""What is asked of the database in its own words answers the same on SQLite and on PostgreSQL."""

from datetime import timedelta

import pytest

from directory import clock, freshness
from directory.freshness import dead_links, due, figures, reminders, ringing
from directory.freshness.models import LinkCheck, Ringing
from directory.models import Contact, Service
from tests import factories
from tests.freshness.conftest import LONG_AGO, MONDAY


@pytest.mark.postgres
def test_every_list_and_count(each_store: str) -> None:
    with clock.held_at(MONDAY):
        group = factories.organisation()
        factories.postcode()
        for number, ago in enumerate((0, 89, 90, 91, 182, 183, 400, None)):
            for kind in ("group", "service"):
                day = None if ago is None else clock.today() - timedelta(days=ago)
                service = factories.service(
                    name=f"{kind} {number}",
                    kind=kind,
                    organisation_=group,
                    checked_at=day,
                    checked_how="owner" if day else "",
                    source="List",
                )
                service.created_at = MONDAY - timedelta(days=900)
                service.save()
                Contact.objects.create(service=service, phone="01484 496000", email="a@group.example" if kind == "group" else "")
        old = {row.pk for row in Service.objects.all() if freshness.is_old(row)}
        assert {row.pk for row in due.due()} == old
        assert figures.whole().total == 16
        for _, table in figures.TABLES.values():
            assert sum(line.total for line in table()) == 16
        for name in figures.TABLES:
            for line in figures.TABLES[name][1]():
                chosen = figures.narrowed(**{name: line.key}, state="overdue")
                assert chosen.count() == line.overdue
        assert figures.choices()["source"][-1] == ("List", "List")
        rung = ringing.to_ring()
        assert [each.overdue is None for each in rung[:1]] == [True]
        ringing.rang(Service.objects.get(pk=rung[0].service), Ringing.Outcome.NOBODY, by=factories.administrator())
        assert len(ringing.to_ring()) == len(rung) - 1
        assert ringing.told([rung[0].service])[rung[0].service].rang_outcome == "nobody"  # type: ignore[attr-defined]
        (addressee,) = reminders._waiting()
        reminder = reminders._note(addressee)
        assert reminder is not None
        assert reminders._waiting() == []
        LinkCheck.objects.create(url="https://a.example/", host="a.example", failures=3, failed_since=LONG_AGO, failed_on=LONG_AGO)
        assert dead_links.seem_dead().count() == 1
