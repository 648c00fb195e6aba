"""The states of what is worked on at the desk: enquiries, tasks, rounds, small groups and the co-op's spreadsheets."""

from django.db.models import TextChoices

from directory.accounts.roles import Relation
from directory.states import NEW, Table, moves

SELF, VOLUNTEER, COORD = Relation.SELF, Relation.VOLUNTEER, Relation.COORD
LEAD, RAISER, SYSTEM = Relation.LEAD, Relation.RAISER, Relation.SYSTEM


class EnquiryState(TextChoices):
    BEGUN = "begun", "Being written"
    WAITING = "waiting", "Sent: we ring"
    TRIED = "tried", "Rung, not reached"
    TAKEN_UP = "taken_up", "We are on it"
    CLOSED = "closed", "Closed"


ENQUIRY_WAITING = frozenset({EnquiryState.WAITING, EnquiryState.TRIED})
ENQUIRY_ENDED = frozenset({EnquiryState.TAKEN_UP, EnquiryState.CLOSED})

# What somebody without an account wrote at /ask/. RAISER is whoever holds the form's own mark, or number, postcode and code.
ENQUIRY = Table(
    "request from the website",
    EnquiryState,
    moves(NEW, to=EnquiryState.BEGUN, by=[RAISER]),
    moves(EnquiryState.BEGUN, to=EnquiryState.WAITING, by=[RAISER], records=["sent_at", "promised_on"]),
    moves(*sorted(ENQUIRY_WAITING), to=EnquiryState.TRIED, by=[COORD], records=["tries", "tried_at"]),
    moves(*sorted(ENQUIRY_WAITING), to=EnquiryState.TAKEN_UP, by=[COORD], records=["ended_at"]),
    moves(*sorted(ENQUIRY_WAITING), to=EnquiryState.CLOSED, by=[RAISER, COORD, SYSTEM], records=["ended_at"]),
)


class TaskState(TextChoices):
    OPEN = "open", "To do"
    DONE = "done", "Done"
    DROPPED = "dropped", "Not needed any more"


TASK_ENDED = frozenset({TaskState.DONE, TaskState.DROPPED})

TASK = Table(
    "task",
    TaskState,
    moves(NEW, to=TaskState.OPEN, by=[COORD, LEAD, SYSTEM]),
    moves(TaskState.OPEN, to=TaskState.DONE, by=[COORD, LEAD], records=["ended_at", "ended_by"]),
    moves(TaskState.OPEN, to=TaskState.DROPPED, by=[COORD, LEAD, SYSTEM], records=["ended_at", "ended_by"]),
    moves(TaskState.DONE, TaskState.DROPPED, to=TaskState.OPEN, by=[COORD, LEAD]),
)


class RoundState(TextChoices):
    PROPOSED = "proposed", "Proposed"
    CONFIRMED = "confirmed", "Confirmed"
    DROPPED = "dropped", "Dropped"


ROUND_ENDED = frozenset({RoundState.CONFIRMED, RoundState.DROPPED})

ROUND = Table(
    "round",
    RoundState,
    moves(NEW, to=RoundState.PROPOSED, by=[COORD]),
    moves(RoundState.PROPOSED, to=RoundState.CONFIRMED, by=[COORD], records=["ended_at", "ended_by"]),
    moves(RoundState.PROPOSED, to=RoundState.DROPPED, by=[COORD], records=["ended_at", "ended_by"]),
)


class GroupState(TextChoices):
    FORMING = "forming", "Being formed"
    OFFERED = "offered", "Offered to a volunteer"
    RUNNING = "running", "Meets"
    ENDED = "ended", "Ended"
    DROPPED = "dropped", "Did not come about"


GROUP_OPEN = frozenset({GroupState.FORMING, GroupState.OFFERED, GroupState.RUNNING})
GROUP_ENDED = frozenset({GroupState.ENDED, GroupState.DROPPED})

GROUP = Table(
    "small group",
    GroupState,
    moves(NEW, to=GroupState.FORMING, by=[COORD]),
    moves(GroupState.FORMING, to=GroupState.OFFERED, by=[COORD], needs=["volunteer"]),
    # The volunteer's no, or a pause in which nobody answered, sends it back to be offered to somebody else.
    moves(GroupState.OFFERED, to=GroupState.FORMING, by=[VOLUNTEER, COORD, SYSTEM]),
    moves(GroupState.OFFERED, to=GroupState.RUNNING, by=[VOLUNTEER], records=["began_at"]),
    moves(GroupState.RUNNING, to=GroupState.ENDED, by=[VOLUNTEER, COORD], records=["ended_at"]),
    moves(GroupState.FORMING, GroupState.OFFERED, to=GroupState.DROPPED, by=[COORD], records=["ended_at"]),
)


class SheetState(TextChoices):
    READ = "read", "Tried: nothing is written yet"
    BROUGHT_IN = "brought_in", "Brought in"
    DROPPED = "dropped", "Thrown away"


SHEET_ENDED = frozenset({SheetState.BROUGHT_IN, SheetState.DROPPED})

SHEET = Table(
    "spreadsheet",
    SheetState,
    moves(NEW, to=SheetState.READ, by=[COORD]),
    moves(SheetState.READ, to=SheetState.BROUGHT_IN, by=[COORD], records=["ended_at"]),
    moves(SheetState.READ, to=SheetState.DROPPED, by=[COORD, SYSTEM], records=["ended_at"]),
)
