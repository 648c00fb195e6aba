"""What the directory's tests share: the needs, somebody of each side, and one listing."""

import pytest
from django.test import Client

from directory import listings, seeding
from directory.accounts.granting import grant
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.accounts.system import system_user
from directory.models import Organisation, Service


def somebody(role: Role, email: str) -> User:
    """A user with one role."""
    user = User.objects.create_user(email)
    grant(user, role, by=None)
    return user


@pytest.fixture
def needs(db: None) -> None:
    seeding.load_needs()


@pytest.fixture
def system(db: None) -> User:
    return system_user()


@pytest.fixture
def editor(db: None) -> User:
    return somebody(Role.EDITOR, "editor@test.example")


@pytest.fixture
def organisation(system: User) -> Organisation:
    return listings.create_organisation(by=system, name="Golcar Lunch Club")


@pytest.fixture
def partner(organisation: Organisation, system: User) -> User:
    """Keeps the lunch club's listings."""
    user = somebody(Role.PARTNER, "partner@test.example")
    listings.add_member(organisation, user, by=system)
    return user


@pytest.fixture
def stranger(system: User) -> User:
    """Keeps the listings of another group."""
    user = somebody(Role.PARTNER, "stranger@test.example")
    listings.add_member(listings.create_organisation(by=system, name="Marsden Shed"), user, by=system)
    return user


@pytest.fixture
def service(organisation: Organisation, system: User, needs: None) -> Service:
    """The lunch club's lunch, with something in most fields."""
    return listings.create_service(
        organisation,
        by=system,
        name="Tuesday lunch",
        summary="A hot lunch with others.",
        needs=["friendships", "nutrition"],
        times="Tu 12:00-14:00",
        phone="01484 223197",
        email="club@example.org",
        delivery=["place"],
        places=[{"address": "Town Hall, Golcar", "postcode": "HD7 4AA"}],
        area="HD7",
        min_age="60",
        is_free=False,
        cost="Five pounds",
    )


@pytest.fixture
def browser(client: Client, partner: User) -> Client:
    client.force_login(partner)
    return client
