"""A place that is kept secret stays secret when its address is put right, whoever does so and by whatever way."""

import pytest

from directory import listings, moderation, versions
from directory.accounts.models import User
from directory.models import Location, Service
from directory.venues import read_places, set_location

pytestmark = pytest.mark.django_db

OLD = {"name": "Rose House", "address": "1 Hidden Lane, Marsden", "postcode": "HD7 6AB"}
RIGHT = {"name": "Rosehip House", "address": "11 Hidden Lane, Marsden", "postcode": "HD7 6AB"}


@pytest.fixture
def refuge(service: Service, editor: User) -> Service:
    listings.set_fields(service, {"places": [OLD]}, by=editor)
    set_location(service.at_locations.get().location, {"masked": True}, by=editor)
    return service


def places(service: Service) -> dict[str, bool]:
    """The name of each place, and whether it is secret."""
    return dict(service.at_locations.values_list("location__name", "location__masked"))


def test_an_address_that_is_put_right_stays_secret(refuge: Service, editor: User) -> None:
    listings.set_fields(refuge, {"places": [RIGHT]}, by=editor)
    assert places(refuge) == {"Rosehip House": True}


def test_so_it_does_where_the_group_proposes_it_and_a_moderator_accepts(refuge: Service, editor: User, partner: User) -> None:
    change = moderation.propose(refuge, {"places": [RIGHT]}, by=partner)
    assert change is not None
    moderation.accept_field(change.fields.get(), by=editor)
    assert places(refuge) == {"Rosehip House": True}


def test_so_it_does_where_a_version_is_brought_back(refuge: Service, editor: User) -> None:
    listings.set_fields(refuge, {"places": [RIGHT]}, by=editor)
    older = next(row for row in versions.revisions_of(refuge) if versions.kept_in(row)["places"] == read_places_of(OLD))
    listings.restore(refuge, older, by=editor)
    assert places(refuge) == {"Rose House": True}


def test_an_open_place_of_the_same_address_does_not_take_its_place(refuge: Service, editor: User) -> None:
    hall = Location.objects.create(**RIGHT)
    listings.set_fields(refuge, {"places": [RIGHT]}, by=editor)
    assert places(refuge) == {"Rosehip House": True}
    hall.refresh_from_db()
    assert not hall.masked


def test_a_further_place_beside_it_is_open(refuge: Service, editor: User) -> None:
    office = {"name": "Office", "address": "2 High Street, Marsden", "postcode": "HD7 6AB"}
    listings.set_fields(refuge, {"places": [*read_places(refuge), office]}, by=editor)
    assert places(refuge) == {"Rose House": True, "Office": False}


def test_an_open_place_that_is_put_right_stays_open(service: Service, editor: User) -> None:
    listings.set_fields(service, {"places": [OLD]}, by=editor)
    listings.set_fields(service, {"places": [RIGHT]}, by=editor)
    assert places(service) == {"Rosehip House": False}


def read_places_of(place: dict[str, str]) -> list[dict[str, str]]:
    return [place]
