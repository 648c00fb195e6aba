"""Writing to the journal: the only place that does."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, models, transaction
from django.db.transaction import TransactionManagementError

from directory import clock
from directory.journal.chain import seal
from directory.journal.codes import Codes, clean_codes, clean_kind, clean_role
from directory.journal.heads import head
from directory.journal.models import Event

if TYPE_CHECKING:
    from directory.accounts.models import User

log = logging.getLogger("carestore.journal")

# "journal" in ASCII; every writer on PostgreSQL waits for this lock, which ends with its transaction.
ADVISORY_LOCK = 0x6A6F75726E616C

# Nobody signed in did these: the product itself, or a visitor.
KINDS_BY_NOBODY = ("system.", "public.")

_wakers: list[Callable[[], None]] = []


def record(
    kind: str,
    obj: models.Model | tuple[str, UUID],
    *,
    by: "User | None",
    role: str = "",
    codes: Codes | None = None,
) -> Event:
    """Append one event, in the transaction of the change that it tells of.

    kind: room and verb, such as "referral.moved". obj: a saved object with a UUID as its key, or (type, id) where it is gone.
    by: who did it; None for kinds that begin with "system." or "public." only. role: the role or relation in which they acted.
    codes: see codes.py. Every other writer waits from here to the end of the transaction: lock the rows you need first, record last.

    Raises TransactionManagementError outside of transaction.atomic, ValueError for what must not stand in the journal.
    """
    if not _in_a_transaction():
        raise TransactionManagementError("record() belongs into the transaction of the change it tells of: use transaction.atomic.")
    event = Event(at=clock.now(), kind=clean_kind(kind), by_role=clean_role(role), codes=clean_codes(codes))
    event.object_type, event.object_id = _name_of(obj)
    event.by_id = _id_of(by, kind)
    _wait_for_other_writers()
    last = head()
    event.seq, event.prev_mac = last.seq + 1, last.mac
    event.mac = seal(event)
    event.save(force_insert=True)
    _wake_after_commit()
    return event


def record_past(kind: str, objects: Iterable[tuple[models.Model, datetime]], *, by: "User", role: str) -> int:
    """Append an event of this kind for each object, of that moment, in one go: for a database that is filled with years of work at once.

    Nobody is woken: whoever follows the journal reads them at their next turn. Returns how many. Raises as `record` does.
    """
    if not _in_a_transaction():
        raise TransactionManagementError("record_past() belongs into one transaction with the rows it tells of: use transaction.atomic.")
    _wait_for_other_writers()
    last, events = head(), []
    number, mac = last.seq, last.mac
    for obj, at in objects:
        event = Event(seq=number + 1, at=at, kind=clean_kind(kind), by_role=clean_role(role), codes={}, prev_mac=mac)
        event.object_type, event.object_id = _name_of(obj)
        event.by_id = _id_of(by, kind)
        number, mac = event.seq, seal(event)
        event.mac = mac
        events.append(event)
    Event.objects.bulk_create(events, batch_size=500)
    return len(events)


def on_recorded(waker: Callable[[], None]) -> None:
    """Register what is called once after each commit that wrote to the journal. Its errors are logged, never raised."""
    if waker not in _wakers:
        _wakers.append(waker)


def _wait_for_other_writers() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])


def _in_a_transaction() -> bool:
    # The transaction that a test case wraps around everything is not one of ours: a verb that forgot its own must fail in the tests too.
    return any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)


def _name_of(obj: models.Model | tuple[str, UUID]) -> tuple[str, UUID]:
    label, key = obj if isinstance(obj, tuple) else (obj._meta.label_lower, obj.pk)
    if not isinstance(key, UUID):
        raise ValueError(f"{label}: the journal names objects by a UUID, and this one has none.")
    return label.lower(), key


def _id_of(by: "User | None", kind: str) -> UUID | None:
    if by is None:
        if not kind.startswith(KINDS_BY_NOBODY):
            raise ValueError(f"{kind}: say who did it. Only kinds that begin with system. or public. are done by nobody.")
        return None
    if not isinstance(by.pk, UUID):
        raise ValueError(f"{kind}: by must be a user who is signed in.")
    return by.pk


def _wake_after_commit() -> None:
    if not any(waiting[1] is _wake for waiting in connection.run_on_commit):
        transaction.on_commit(_wake)


def _wake() -> None:
    for waker in _wakers:
        try:
            waker()
        except Exception as error:  # noqa: BLE001
            log.error("journal.waker_failed error=%s", type(error).__name__)
