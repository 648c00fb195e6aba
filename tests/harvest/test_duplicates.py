"""Listings that may be the same are put before a person, in pairs; what only looks alike is not."""

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from directory import listings
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.harvest.duplicates import Sketch, alike, decide, propose
from directory.harvest.models import DuplicatePair
from directory.models import Organisation, Service
from directory.states import WrongState
from tests import factories

pytestmark = pytest.mark.django_db
HALL = {"address": "1 High Street, Slaithwaite", "postcode": "HD7 5AF", "lat": 53.6225, "lon": -1.8795, "found_by": "source"}
ACROSS = {"address": "2 High Street, Slaithwaite", "postcode": "HD7 5AG", "lat": 53.6230, "lon": -1.8800, "found_by": "source"}
FAR = {"address": "9 Peel Street, Marsden", "postcode": "HD7 6BR", "lat": 53.6010, "lon": -1.9300, "found_by": "source"}


def listing(system: User, name: str, *, owner: str = "", **values: object) -> Service:
    organisation = Organisation.objects.filter(name=owner or name).first() or listings.create_organisation(by=system, name=owner or name)
    return listings.create_service(organisation, by=system, name=name, summary="Something.", **values)


def pairs_of(*services: Service) -> set[frozenset[str]]:
    propose([service.pk for service in services])
    return {frozenset({pair.first.name, pair.second.name}) for pair in DuplicatePair.objects.select_related("first", "second")}


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        ({"name": "Tuesday Lunch Club", "places": [HALL]}, {"name": "Lunch club, Tuesday", "places": [HALL]}, True),
        ({"name": "Tuesday Lunch Club", "places": [HALL]}, {"name": "Tuesday lunch club", "places": [ACROSS]}, True),
        ({"name": "Story time", "places": [HALL]}, {"name": "Story time", "places": [FAR]}, False),
        ({"name": "Story time", "places": [HALL]}, {"name": "Slimming class", "places": [HALL]}, False),
        ({"name": "Advice line", "phone": "01484 223197"}, {"name": "Advice Line", "phone": "+44 1484 223197"}, True),
        ({"name": "Advice line", "owner": "Age Well"}, {"name": "Advice line", "owner": "Age Well "}, True),
        ({"name": "Advice line", "owner": "Age Well"}, {"name": "Advice line", "owner": "Citizens"}, False),
        ({"name": "1st Slaithwaite Scouts", "places": [HALL]}, {"name": "2nd Slaithwaite Scouts", "places": [HALL]}, False),
    ],
)
def test_what_is_likely_the_same(system: User, one: dict, other: dict, are: bool) -> None:
    first, second = listing(system, **one), listing(system, **other)
    assert bool(pairs_of(second)) == are
    assert DuplicatePair.objects.count() == are
    assert first.pk != second.pk


def test_a_pair_that_somebody_has_decided_does_not_come_again(system: User) -> None:
    one, other = (listing(system, "Lunch Club", places=[HALL]) for _ in range(2))
    assert propose([one.pk, other.pk]) == 1
    editor = factories.user(Role.EDITOR)
    pair = decide(DuplicatePair.objects.get(), same=False, by=editor)
    assert (pair.state, pair.decided_by) == (DuplicatePair.State.DIFFERENT, editor)
    assert propose([one.pk, other.pk]) == 0
    with pytest.raises(WrongState):
        decide(pair, same=True, by=editor)


def test_only_moderators_decide(system: User) -> None:
    one, other = (listing(system, "Lunch Club", places=[HALL]) for _ in range(2))
    propose([one.pk, other.pk])
    with pytest.raises(PermissionDenied):
        decide(DuplicatePair.objects.get(), same=True, by=factories.user(Role.PARTNER))


def test_what_is_closed_is_no_double(system: User) -> None:
    old, new = (listing(system, "Lunch Club", places=[HALL]) for _ in range(2))
    listings.withdraw(old, by=system)
    assert pairs_of(new) == set()


names = st.text(alphabet="abc dé12", max_size=12)
sketches = st.builds(
    Sketch,
    st.uuids(),
    names,
    names,
    st.frozensets(st.sampled_from(["HD7 5AF", "HD9 1AA"]), max_size=2),
    st.lists(st.sampled_from([(53.6, -1.9), (53.6001, -1.9), (54.0, -1.0)]), max_size=2).map(tuple),
    st.frozensets(st.sampled_from(["01", "02"]), max_size=2),
)


@given(sketches, sketches)
def test_it_makes_no_difference_which_comes_first(one: Sketch, other: Sketch) -> None:
    assert alike(one, other) == alike(other, one)
    found = alike(one, other)
    assert found is None or 0 <= found[0] <= 100
