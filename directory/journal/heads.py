"""Where the journal ends. The head goes into bookmarks, backups and releases, so that a cut tail is found."""

from typing import NamedTuple

from django.db import connection

from directory.journal.models import Event


class Position(NamedTuple):
    """A place in the journal: the number of an event and its seal. (0, "") is before the first one."""

    seq: int
    mac: str


START = Position(0, "")


def head() -> Position:
    """The last event's place. One look at the primary key's index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, mac FROM journal_event ORDER BY seq DESC LIMIT 1")
        last = cursor.fetchone()
    return Position(*last) if last else START


def holds(position: Position) -> bool:
    """Does the journal still hold this place with this seal?"""
    return position.seq == 0 or Event.objects.filter(seq=position.seq, mac=position.mac).exists()
