"""Short numbers that can be said on the phone: each kind of thing has its own counter."""

from typing import Literal

from django.db import connection, models
from django.db.transaction import TransactionManagementError

from matching.models import Ask, Enquiry, Group, Referral, Round, Volunteer

Kind = Literal["ask", "volunteer", "referral", "enquiry", "round", "group"]

FIRST = 101
# New kinds at the end: the place of each is its lock.
_COUNTED: dict[str, type[models.Model]] = {
    "ask": Ask,
    "volunteer": Volunteer,
    "referral": Referral,
    "enquiry": Enquiry,
    "round": Round,
    "group": Group,
}
# "numb" in ASCII and the kind's place: one lock of PostgreSQL for each counter.
_LOCKS = {kind: 0x6E756D6200 + place for place, kind in enumerate(_COUNTED)}


def next_number(kind: Kind) -> int:
    """The next number of this kind; unique among writers at the same time, because the others wait until this transaction ends.

    SQLite lets one writer in at a time (transactions begin IMMEDIATE); PostgreSQL is asked for a lock of its own.
    Raises TransactionManagementError outside of transaction.atomic.
    """
    hold_numbers(kind)
    largest = _COUNTED[kind]._default_manager.aggregate(largest=models.Max("number"))["largest"]
    return FIRST if largest is None else largest + 1


def hold_numbers(*kinds: Kind) -> None:
    """Let others wait for numbers of these kinds until this transaction ends.

    For a verb made of several, before the first of them writes to the journal: whoever numbers takes these locks first and the journal's last.
    Raises TransactionManagementError outside of transaction.atomic.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("Numbers belong into the transaction of what they number: use transaction.atomic.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for kind in kinds:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCKS[kind]])
