"""A whole store for one test: every table by the project's own migrations, an index of its own, real commits, nothing rolled back."""

import contextlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from search import engines, known
from tests.databases import as_default, make_postgres_database, new_postgres_database
from tests.postgres import locked


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> None:
    """After the test database is made, and before any test has emptied it, its tables are kept in a file for those that want all of them."""
    with django_db_blocker.unblock():
        # Where no test of this run asks for the test database, there is none.
        if connection.vendor == "sqlite" and "django_migrations" in connection.introspection.table_names():
            copy_database(connection.connection, _tables(tmp_path_factory))


def copy_database(source: sqlite3.Connection, target: Path) -> None:
    """Everything of a SQLite database, into a new file."""
    with contextlib.closing(sqlite3.connect(target)) as into:
        source.backup(into)


@pytest.fixture(scope="session")
def empty_tables(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table, as the migrations leave it."""
    path = _tables(tmp_path_factory)
    if not path.exists():
        with django_db_blocker.unblock(), as_default(f"sqlite:///{path}"):
            make_tables()
    return path


@pytest.fixture(scope="session")
def postgres_tables(postgres_url: str, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a PostgreSQL database with every table, made once for all workers; it is copied, never used."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "postgres-tables.json"
    with locked(shared) as state:
        if state.get("server") != postgres_url:
            url = make_postgres_database(postgres_url)
            with django_db_blocker.unblock(), as_default(url):
                make_tables()
            state.update(server=postgres_url, url=url)
        return state["url"]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def each_store(request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A database of each kind with every table, and an index beside it, as the store's; gives the database's address."""
    with contextlib.ExitStack() as stack:
        if request.param == "sqlite":
            url = copy_of(request.getfixturevalue("empty_tables"), tmp_path)
        else:
            tables = request.getfixturevalue("postgres_tables")
            url = stack.enter_context(new_postgres_database(request.getfixturevalue("postgres_url"), like=tables))
        stack.enter_context(django_db_blocker.unblock())
        stack.enter_context(store_in(url, tmp_path / "index"))
        yield url


def make_tables() -> None:
    """All migrations in the empty database that is the default one now; what they remember of it, and of the one before, is forgotten."""
    forget()
    _forget_migrations()
    call_command("migrate", verbosity=0, interactive=False)
    _forget_migrations()
    forget()


@contextlib.contextmanager
def store_in(url: str, index: Path) -> Iterator[None]:
    """Make this database the store's, with this folder for its index; what was remembered of another one is forgotten."""
    with as_default(url), override_settings(SEARCH_INDEX_DIR=index):
        forget()
        try:
            yield
        finally:
            engines.current().close()
            forget()


def forget() -> None:
    """Ids and words of one database mean nothing in another."""
    ContentType.objects.clear_cache()
    cache.clear()
    known.forget()


def copy_of(tables: Path, folder: Path) -> str:
    """The address of a SQLite database of one's own with these tables."""
    return f"sqlite:///{shutil.copyfile(tables, folder / 'store.sqlite3')}"


def _forget_migrations() -> None:
    """Let migrations be imported anew: those of the page editor's search decide at their import for which kind of database they are."""
    for name in [name for name in sys.modules if name.startswith("wagtail.search.migrations.")]:
        del sys.modules[name]


def _tables(factory: pytest.TempPathFactory) -> Path:
    return factory.getbasetemp() / "every-table.sqlite3"
