"""Several at the same moment, on a SQLite file and on a PostgreSQL server: two listings are merged once, and never round in a circle."""

from collections.abc import Callable
from typing import Any

import pytest

from directory import listings
from directory.accounts.roles import Role
from directory.accounts.system import system_user
from directory.listing_fields import read_values
from directory.merging.merges import merge, part
from directory.merging.models import Merge
from directory.models import Service
from directory.states import WrongState
from tests import factories
from tests.at_once import at_once


@pytest.fixture
def both(each_store: str) -> tuple[Service, Service]:
    system = system_user()
    told = ({"name": "Lunch", "phone": "01484 223197"}, {"name": "Tuesday lunch", "times": "Tu 12:00-14:00"})
    one, other = (listings.create_service(factories.organisation(), by=system, summary="A hot lunch.", **values) for values in told)
    return one, other


def tried(step: Callable[[], Any]) -> Callable[[], Any]:
    def act() -> Any:
        try:
            return step()
        except WrongState:
            return None

    return act


@pytest.mark.postgres
def test_of_several_who_merge_one_does_and_of_several_who_part_one_does(both: tuple[Service, Service]) -> None:
    one, other = (Service.objects.get(pk=row.pk) for row in both)
    before = read_values(one), read_values(other)
    by = factories.user(Role.EDITOR)

    def merging(keep: Service, drop: Service) -> Callable[[], Any]:
        keep, drop = Service.objects.get(pk=keep.pk), Service.objects.get(pk=drop.pk)
        return tried(lambda: merge(keep, drop, {"times": "drop", "phone": "keep"}, by=by))

    done = [row for row in at_once([merging(one, other), merging(other, one), merging(one, other), merging(other, one)]) if row]
    assert len(done) == Merge.objects.count() == 1
    ends = list(Service.objects.values_list("replaced_by", flat=True))
    assert ends.count(None) == 1
    parted = at_once([tried(lambda: part(Merge.objects.get(), by=by)) for _ in range(3)])
    assert len([row for row in parted if row]) == 1
    assert (read_values(Service.objects.get(pk=one.pk)), read_values(Service.objects.get(pk=other.pk))) == before
    assert not Service.objects.exclude(replaced_by=None).exists()
