"""The states of one field of which a source says something else."""

from django.db.models import TextChoices

from directory.accounts.roles import Relation
from directory.states import NEW, Table, moves


class ConflictState(TextChoices):
    WAITING = "waiting", "Waits for a moderator"
    TAKEN = "taken", "The source's word was taken"
    KEPT = "kept", "What stood here was kept"
    OVERTAKEN = "overtaken", "The source says something else by now"


_DECIDED = ["decided_by", "ended_at"]

CONFLICT = Table(
    "conflict",
    ConflictState,
    moves(NEW, to=ConflictState.WAITING, by=[Relation.SYSTEM]),
    moves(ConflictState.WAITING, to=ConflictState.TAKEN, by=[Relation.MODERATOR], records=_DECIDED),
    moves(ConflictState.WAITING, to=ConflictState.KEPT, by=[Relation.MODERATOR], records=_DECIDED),
    moves(ConflictState.WAITING, to=ConflictState.OVERTAKEN, by=[Relation.SYSTEM], records=["ended_at"]),
)
