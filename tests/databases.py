"""Tests against a real database of their own: a SQLite file and a PostgreSQL server, with the project's settings for each.

`each_database` runs a test once on each, empty; `each_store` of tests/whole.py does so with every table. Neither uses pytest-django's
database: nothing is rolled back, transactions are real, and other threads see the same data.
"""

import contextlib
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dj_database_url
import psycopg
import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from pytest_django import DjangoDbBlocker

from carestore.settings import SQLITE_OPTIONS

Prepare = Callable[[], None]


def configuration(url: str) -> dict[str, Any]:
    """Django's settings for this database, as the product's settings would make them."""
    settings: dict[str, Any] = dict(dj_database_url.parse(url))
    if settings["ENGINE"].endswith("sqlite3"):
        settings["OPTIONS"] = SQLITE_OPTIONS
    return connections.configure_settings({"default": settings})["default"]


@contextlib.contextmanager
def as_default(url: str) -> Iterator[None]:
    """Make this database the default one, in this thread and in those it starts."""
    before_settings, before_connection = connections.settings["default"], connections["default"]
    connections.settings["default"] = configuration(url)
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = before_settings
        connections["default"] = before_connection


def migrate(*labels: str) -> None:
    """Make the tables of these apps, by their own migrations."""
    executor = MigrationExecutor(connections["default"])
    executor.migrate([node for node in executor.loader.graph.leaf_nodes() if node[0] in labels])


def make_postgres_database(server_url: str, like: str = "") -> str:
    """The address of a new database on the server: an empty one, or a copy of the one at the address `like`, which nobody uses now."""
    name = f"test_{secrets.token_hex(6)}"
    template = f' TEMPLATE "{like.rpartition("/")[2]}"' if like else ""
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"{template}')
    return f"{server_url.rpartition('/')[0]}/{name}"


@contextlib.contextmanager
def new_postgres_database(server_url: str, like: str = "") -> Iterator[str]:
    """A database on the server as `make_postgres_database` makes it, dropped at the end."""
    url = make_postgres_database(server_url, like)
    yield url
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{url.rpartition("/")[2]}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.sqlite3'}"
    else:
        with new_postgres_database(request.getfixturevalue("postgres_url")) as url:
            yield url


@pytest.fixture
def each_database(database_url: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """An empty database of each kind as the default one; gives its address."""
    with django_db_blocker.unblock(), as_default(database_url):
        yield database_url
