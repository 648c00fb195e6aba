"""What all tests share: no way out of this machine, and a search index of their own."""

import gc
import socket
from pathlib import Path

import pytest

from tests.databases import database_url, each_database  # noqa: F401
from tests.emptying import journal_can_be_emptied  # noqa: F401
from tests.opensearch.server import opensearch_node, opensearch_url  # noqa: F401
from tests.postgres import postgres_url  # noqa: F401
from tests.whole import django_db_setup, each_store, empty_tables, postgres_tables  # noqa: F401

SHARED = Path(__file__).resolve().parents[2] / "shared"
_connect = socket.socket.connect


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end, and is not looked through again and again for what could be thrown away."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(autouse=True, scope="session")
def only_this_machine():
    """Sockets are closed but for loopback and Unix sockets."""

    def connect(self, address):
        host = address[0] if isinstance(address, tuple) else ""
        if self.family in (socket.AF_INET, socket.AF_INET6) and host not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"A test tried to reach {host}.")
        return _connect(self, address)

    socket.socket.connect = connect
    yield
    socket.socket.connect = _connect


@pytest.fixture(autouse=True)
def nothing_kept_of_pages():
    """A test begins with an empty memory of pages: what the one before wrote was taken back without a trace in the journal."""
    from django.core.cache import caches

    from cms import public_state

    caches["pages"].clear()
    public_state.forget()
