"""The states of going through a feed."""

from django.db.models import TextChoices

from directory.accounts.roles import Relation
from directory.states import NEW, Table, moves


class RunState(TextChoices):
    RUNNING = "running", "Under way"
    GOOD = "good", "All of it came"
    PART = "part", "It came, but not all of it"
    FAILED = "failed", "It broke off"


OPEN = frozenset({RunState.RUNNING, RunState.FAILED})

_BY = [Relation.SYSTEM, Relation.MODERATOR]

# What broke off may go on; what was begun anew leaves it behind.
RUN = Table(
    "harvest",
    RunState,
    moves(NEW, RunState.FAILED, to=RunState.RUNNING, by=_BY),
    moves(RunState.RUNNING, to=RunState.GOOD, by=_BY, records=["ended_at"]),
    moves(RunState.RUNNING, to=RunState.PART, by=_BY, records=["ended_at"]),
    moves(RunState.RUNNING, to=RunState.FAILED, by=_BY, records=["ended_at", "error"]),
)
