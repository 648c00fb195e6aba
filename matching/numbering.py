"""Short numbers that can be said on the phone: each kind of thing has its own counter."""

from typing import Literal

from django.db import connection, models
from django.db.transaction import TransactionManagementError

from matching.models import Ask, Referral, Volunteer

Kind = Literal["ask", "volunteer", "referral"]

FIRST = 101
_COUNTED: dict[str, type[models.Model]] = {"ask": Ask, "volunteer": Volunteer, "referral": Referral}
# "numb" in ASCII and the kind's place: one lock of PostgreSQL for each counter.
_LOCKS = {kind: 0x6E756D6200 + place for place, kind in enumerate(_COUNTED)}


def next_number(kind: Kind) -> int:
    """The next number of this kind; unique among writers at the same time, because the others wait until this transaction ends.

    SQLite lets one writer in at a time (transactions begin IMMEDIATE); PostgreSQL is asked for a lock of its own.
    Raises TransactionManagementError outside of transaction.atomic.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("next_number() belongs into the transaction of what it numbers: use transaction.atomic.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCKS[kind]])
    largest = _COUNTED[kind]._default_manager.aggregate(largest=models.Max("number"))["largest"]
    return FIRST if largest is None else largest + 1
