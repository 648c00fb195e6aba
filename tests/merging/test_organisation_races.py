"""Several at the same moment: two organisations are merged once, never round in a circle, and one lead is left."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from directory.accounts.roles import Role
from directory.merging.models import OrganisationMerge
from directory.merging.organisation_merges import merge, part
from directory.models import Membership, Organisation
from directory.organisations import add_member
from tests import factories
from tests.at_once import at_once
from tests.merging.test_races import tried


@pytest.fixture
def both(each_store: str) -> tuple[Organisation, Organisation]:
    return factories.organisation(name="Age Well"), factories.organisation(name="Agewell Ltd")


@pytest.mark.postgres
def test_of_several_who_merge_one_does_and_of_several_who_part_one_does(both: tuple[Organisation, Organisation]) -> None:
    by = factories.user(Role.EDITOR)
    people = [factories.user(Role.PARTNER) for _ in both]
    for group, user in zip(both, people, strict=True):
        Membership.objects.create(organisation=group, user=user, part="lead")
    late = factories.user(Role.PARTNER)

    def merging(keep: Organisation, drop: Organisation) -> Callable[[], Any]:
        keep, drop = Organisation.objects.get(pk=keep.pk), Organisation.objects.get(pk=drop.pk)
        return tried(lambda: merge(keep, drop, {}, by=by, groups_agreed=True))

    def joining() -> Any:
        try:
            return add_member(Organisation.objects.get(pk=both[1].pk), late, by=by) and None
        except ValidationError:
            return None

    done = [row for row in at_once([merging(*both), merging(*reversed(both)), merging(*both), joining]) if row]
    assert len(done) == OrganisationMerge.objects.count() == 1
    kept, gone = Organisation.objects.get(replaced_by=None), Organisation.objects.exclude(replaced_by=None).get()
    assert gone.replaced_by == kept
    assert not gone.memberships.exists()
    assert kept.memberships.filter(part="lead").count() == 1
    parted = at_once([tried(lambda: part(OrganisationMerge.objects.get(), by=by)) for _ in range(3)])
    assert len([row for row in parted if row]) == 1
    assert not Organisation.objects.exclude(replaced_by=None).exists()
    assert {group.memberships.get(part="lead").user for group in both} == set(people)
