"""Transactional tests end by emptying every table, which the journal's triggers refuse. Here, and nowhere else, they are taken away.

Emptying ends with post_migrate, which makes them again: every test begins with a guarded journal.
"""

from collections.abc import Iterator

import pytest
from django.db import connection

from directory.journal import triggers

TRANSACTIONAL_FIXTURES = {"transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback", "live_server"}


@pytest.fixture(autouse=True)
def journal_can_be_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    """Drop the journal's triggers after a transactional test, before its tables are emptied."""
    if not is_transactional(request):
        yield
        return
    # Asked for first, so that its emptying comes after what follows the yield.
    request.getfixturevalue("transactional_db")
    yield
    drop_triggers()


def is_transactional(request: pytest.FixtureRequest) -> bool:
    """Does this test end by emptying the tables?"""
    marker = request.node.get_closest_marker("django_db")
    options = marker.kwargs if marker else {}
    return bool(options.get("transaction") or options.get("reset_sequences") or TRANSACTIONAL_FIXTURES & set(request.fixturenames))


def drop_triggers() -> None:
    """Take every trigger of the journal away."""
    names = triggers.SQLITE if connection.vendor == "sqlite" else triggers.POSTGRESQL
    table = "" if connection.vendor == "sqlite" else f" ON {triggers.TABLE}"
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{table}")
