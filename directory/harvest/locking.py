"""One process at a time goes through a feed. The lock is the operating system's, so that it ends with the process, however that ends."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from directory.harvest.models import Feed


class Busy(Exception):
    """Somebody else goes through this feed at the moment."""


@contextlib.contextmanager
def alone(feed: Feed) -> Iterator[None]:
    """Hold the feed. Raises Busy."""
    path = Path(settings.CARESTORE_HOME) / f"harvest-{feed.pk}.lock"
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(f"{feed.name} is being fetched already.") from error
        yield
