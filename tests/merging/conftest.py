"""What the tests of merging share: two listings of one lunch club, and a moderator."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from directory import listings, seeding
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.accounts.system import system_user
from directory.harvest.duplicates import decide
from directory.harvest.models import DuplicatePair
from directory.models import Organisation, Service
from search import known
from tests import factories

HALL = {"name": "Village Hall", "address": "1 High Street, Slaithwaite", "postcode": "HD7 5AF"}
CHAPEL = {"name": "The Chapel", "address": "9 Peel Street, Marsden", "postcode": "HD7 6BR"}


@pytest.fixture(autouse=True)
def _own_index(settings: Any, tmp_path: Path) -> None:
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    known.forget()


@pytest.fixture
def system(db: None) -> User:
    return system_user()


@pytest.fixture
def needs(db: None) -> None:
    seeding.load_needs()


@pytest.fixture
def editor(db: None) -> User:
    return factories.user(Role.EDITOR)


@pytest.fixture
def listing(system: User, needs: None) -> Callable[..., Service]:
    def make(name: str, *, owner: Organisation | str = "", **values: Any) -> Service:
        organisation = owner if isinstance(owner, Organisation) else factories.organisation(name=owner or name)
        return listings.create_service(organisation, by=system, name=name, **{"summary": "A hot lunch.", **values})

    return make


@pytest.fixture
def keep(listing: Callable[..., Service]) -> Service:
    return listing("Lunch Club", owner="Age Well", phone="01484 223197", needs=["nutrition"], places=[HALL])


@pytest.fixture
def drop(listing: Callable[..., Service]) -> Service:
    return listing(
        "Tuesday lunch",
        owner="Chapel Friends",
        summary="Lunch in company.",
        who_for="Anybody over 60",
        needs=["friendships"],
        places=[CHAPEL],
        times="Tu 12:00-14:00",
        source="County",
        source_id="77",
    )


def same(one: Service, other: Service, by: User) -> DuplicatePair:
    first, second = sorted((one, other), key=lambda row: row.pk)
    return decide(DuplicatePair.objects.create(first=first, second=second, score=90, reasons=["same place"]), same=True, by=by)
