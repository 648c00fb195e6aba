"""The states of an edit, field by field: what waits for a moderator, what went live at once, what became of it."""

from collections.abc import Iterable

from django.db.models import TextChoices

from directory.accounts.roles import Relation
from directory.states import NEW, Table, moves


class FieldState(TextChoices):
    WAITING = "waiting", "Waiting for a moderator"
    LIVE = "live", "Live at once"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    CONFLICT = "conflict", "Changed by somebody else meanwhile"
    UNDONE = "undone", "Undone"


FIELD_UNDECIDED = frozenset({FieldState.WAITING, FieldState.CONFLICT})
FIELD_SHOWN = frozenset({FieldState.LIVE, FieldState.ACCEPTED})
FIELD_DECIDED = frozenset({FieldState.ACCEPTED, FieldState.DECLINED, FieldState.UNDONE})


class ChangeState(TextChoices):
    """What a whole change is, computed from its fields and never stored."""

    UNDECIDED = "undecided", "Waiting"
    DECIDED = "decided", "Decided"


def change_state(fields: Iterable[str]) -> ChangeState:
    """UNDECIDED while one of these field states still waits for a moderator."""
    return ChangeState.UNDECIDED if FIELD_UNDECIDED.intersection(fields) else ChangeState.DECIDED


_OWNER, _MODERATOR, _SYSTEM = Relation.OWNER, Relation.MODERATOR, Relation.SYSTEM

# A conflict is found by whoever tries to apply the field, or by an import that meets a field which somebody edited (SYSTEM).
FIELD = Table(
    "field",
    FieldState,
    moves(NEW, to=FieldState.WAITING, by=[_OWNER, _MODERATOR]),
    moves(NEW, to=FieldState.LIVE, by=[_OWNER, _MODERATOR]),
    moves(NEW, to=FieldState.CONFLICT, by=[_SYSTEM]),
    moves(FieldState.WAITING, to=FieldState.CONFLICT, by=[_MODERATOR, _SYSTEM]),
    moves(FieldState.WAITING, FieldState.CONFLICT, to=FieldState.ACCEPTED, by=[_MODERATOR], records=["decided_by", "decided_at"]),
    moves(
        FieldState.WAITING,
        FieldState.CONFLICT,
        to=FieldState.DECLINED,
        by=[_MODERATOR],
        needs=["reason"],
        records=["reason", "decided_by", "decided_at"],
    ),
    moves(FieldState.LIVE, to=FieldState.UNDONE, by=[_MODERATOR, _OWNER], records=["decided_by", "decided_at"]),
)
