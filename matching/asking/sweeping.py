"""What the daily jobs do with what was asked: a few rows at a time, each looked at once more under its lock. How long it is kept."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

KEPT = timedelta(days=30)
# An answer is promised for the next days. Two months after it was asked for, or last tried, nobody waits for it any more, and nothing is left
# that we may keep a name and a number for. The desk has seen it as late all that time.
GIVEN_UP = timedelta(days=60)
# Where our hours name no days, no day is promised: it is late after a week all the same.
LATE = timedelta(days=7)
PIECE = 200


def sweep_some(rows: QuerySet[Any], deal: Callable[[Any], object]) -> bool:
    """Deal with a few of these rows, each in a transaction of its own, as long as it is still one of them. True when nothing is left to do."""
    keys = list(rows.values_list("pk", flat=True)[:PIECE])
    for pk in keys:
        with transaction.atomic():
            row = rows.select_for_update().filter(pk=pk).first()
            if row is not None:
                deal(row)
    return not keys
