"""For drawn worlds: what one example writes is undone before the next."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from matching.suggesting import living


@contextmanager
def undone() -> Iterator[None]:
    """Inside it rows may be written as one likes; behind it they never were, and nothing of them is held in memory."""
    living.forget()
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        living.forget()
