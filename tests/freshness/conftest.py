"""What the tests of freshness share: a day, a mail box, listings of groups."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from directory import clock
from directory.models import Contact, Service
from tests import factories

MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
LONG_AGO = date(2025, 1, 6)


@pytest.fixture
def monday() -> Iterator[None]:
    with clock.held_at(MONDAY):
        yield


@pytest.fixture
def later() -> Callable[[int], Any]:
    """So many days after the Monday."""
    return lambda days: clock.held_at(MONDAY + timedelta(days=days))


@pytest.fixture
def listing(db: None) -> Callable[..., Service]:
    """A listing, checked long ago unless told otherwise, with a phone or an address where given."""

    def make(
        name: str = "Lunch Club", *, phone: str = "", email: str = "", contact: dict[str, Any] | None = None, **fields: Any
    ) -> Service:
        fields = {"checked_at": LONG_AGO, "checked_how": "owner", "created_at": MONDAY - timedelta(days=900), **fields}
        made = factories.service(name=name, **fields)
        if phone or email:
            Contact.objects.create(service=made, phone=phone, email=email, **(contact or {}))
        return made

    return make


@pytest.fixture
def post() -> Callable[[], list[Any]]:
    """What went out since the last time."""

    def read() -> list[Any]:
        sent, mail.outbox[:] = list(mail.outbox), []
        return sent

    return read
