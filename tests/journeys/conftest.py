"""The ground of every journey: an empty store with needs, villages and two postcodes, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import DjangoDbBlocker

from directory.seeding import load_needs
from search import indexing
from tests import factories
from tests.databases import new_postgres_database
from tests.whole import copy_of, store_in

SQLITE = pytest.param("sqlite", marks=pytest.mark.xdist_group("journeys"))
POSTGRESQL = pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.xdist_group("journeys-postgresql")])


@pytest.fixture(params=[SQLITE, POSTGRESQL])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of the test's own with every table."""
    if request.param == "sqlite":
        yield copy_of(request.getfixturevalue("empty_tables"), tmp_path)
    else:
        tables = request.getfixturevalue("postgres_tables")
        with new_postgres_database(request.getfixturevalue("postgres_url"), like=tables) as url:
            yield url


@pytest.fixture
def valley(database: str, tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A store that has opened in the Colne Valley and knows nobody yet."""
    with django_db_blocker.unblock(), store_in(database, tmp_path / "index"):
        load_needs()
        call_command("load_places", verbosity=0)
        factories.postcode("HD7 5AA", (53.6230, -1.8810), inside=factories.area("T0001", "Colne Valley", around=(53.61, -1.90)))
        indexing.rebuild()
        yield
