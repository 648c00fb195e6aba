"""The finder on a small ground: the shipped needs and villages, a few postcodes, and an index of each test's own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import settings as hypothesis_settings

from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.listings import create_organisation, create_service
from directory.models import Service
from directory.seeding import load_needs
from search import known
from tests import factories
from tests.emptying import journal_can_be_emptied  # noqa: F401

# Properties are about what holds, not about how long it takes on a busy machine.
hypothesis_settings.register_profile("no-deadline", deadline=None)
hypothesis_settings.load_profile("no-deadline")


@pytest.fixture(autouse=True)
def _own_index(settings: Any, tmp_path: Path) -> None:
    """An index that no other test has written."""
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    known.forget()


@pytest.fixture
def ground(db: None) -> None:
    """Needs, villages, wards and postcodes."""
    load_needs()
    call_command("load_places", verbosity=0)
    valley = factories.area("T0001", "Colne Valley", around=(53.61, -1.90), half=0.05)
    factories.area("T0002", "Dewsbury", around=(53.69, -1.63), half=0.05)
    factories.postcode("HD7 5AA", (53.6230, -1.8810), inside=valley)
    factories.postcode("HD7 6AB", (53.6010, -1.9270), inside=valley)


@pytest.fixture
def editor() -> User:
    """Who moderates listings."""
    return factories.user(Role.EDITOR)


@pytest.fixture
def listing(ground: None, editor: User) -> Callable[..., Service]:
    """Make a listing through its verb: listing("Lunch club", need=["cooking"], …)."""

    def make(name: str, **values: Any) -> Service:
        values.setdefault("summary", f"{name} in one sentence.")
        group = create_organisation(by=editor, name=f"Group of {name}")
        return create_service(group, by=editor, name=name, **values)

    return make
