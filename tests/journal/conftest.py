"""What the journal's tests share: users, things that happen, and a journal on each database."""

import logging
import uuid
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction

from directory.accounts.models import User
from directory.journal import following, recording, triggers, verifying
from directory.journal.models import Event
from directory.journal.recording import record
from tests.databases import migrate
from tests.emptying import drop_triggers


@pytest.fixture
def user() -> User:
    """Somebody who acts; the journal needs no row of theirs."""
    return User(email="worker@example.org")


@pytest.fixture
def happen(user: User) -> Callable[..., Event]:
    """Write an event about something new: happen(), happen("referral.moved", to="accepted")."""

    def write(kind: str = "thing.done", **codes: object) -> Event:
        with transaction.atomic():
            return record(kind, ("journal.thing", uuid.uuid4()), by=user, codes=codes)  # type: ignore[arg-type]

    return write


@pytest.fixture
def journal(each_database: str) -> str:
    """An empty, guarded journal on each database; gives the database's address."""
    migrate("journal")
    triggers.install(connection)
    return each_database


@pytest.fixture
def unguarded() -> Callable[[], None]:
    """Take the triggers away: what somebody with the database's password could do."""
    return drop_triggers


@pytest.fixture(autouse=True)
def _own_registrations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Followers, wakers, heads and replays of the rooms stay out of these tests, and the tests' own out of the rooms."""
    monkeypatch.setattr(following, "_followers", {})
    monkeypatch.setattr(recording, "_wakers", [])
    monkeypatch.setattr(verifying, "_heads", {})
    monkeypatch.setattr(verifying, "_replays", {})


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the journal's own logger is told, whatever other tests have done to the loggers above it."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    logger, handler = logging.getLogger("carestore.journal"), Kept()
    monkeypatch.setattr(logger, "disabled", False)
    monkeypatch.setattr(logging.root.manager, "disable", 0)
    logger.addHandler(handler)
    level = logger.level
    logger.setLevel(logging.INFO)
    yield lines
    logger.setLevel(level)
    logger.removeHandler(handler)
