"""Replaying the journal: the states that requests, matches and calls back have in their tables must be those that their events tell."""

from collections.abc import Iterator

from django.db import models

from directory.journal.models import Event
from directory.journal.verifying import Fault, register_replay
from directory.states import NEW, Table, WrongState
from matching.desk_states import ENQUIRY, GROUP, ROUND, SHEET, TASK, EnquiryState
from matching.models import Ask, Attendance, CallBack, Enquiry, Group, Match, Reference, Round, Sheet, Task, Visit, Volunteer
from matching.states import ASK, CALL_BACK, MATCH, VISIT
from matching.volunteer_states import ATTENDANCE, REFERENCE, VOLUNTEERING


def replayed(model: type[models.Model], table: Table, code: str, column: str = "state", untold: str = "") -> Iterator[Fault]:
    """What disagrees: a step that the table does not know, a state that no event tells, a thing without any event or without a row.

    The events of one kind of thing are read once, in their order; rows that were erased leave events without a row, which is not a fault.
    untold: the state of rows of which no event tells.
    """
    told: dict[object, str] = {}
    for event in Event.objects.filter(object_type=model._meta.label_lower).order_by("seq").iterator(chunk_size=2_000):
        to = event.codes.get("to")
        if to is None:
            continue
        before = told.get(event.object_id, NEW)
        if (event.codes.get("from") or NEW) != before or not _exists(table, before, to):
            yield Fault(code, event.seq, f"{event.object_id} cannot have gone from {before or 'nothing'} to {to}")
        told[event.object_id] = to
    for key, state in model._default_manager.values_list("pk", column).iterator(chunk_size=2_000):
        if told.get(key, untold) != state:
            yield Fault(code, None, f"{key} is {state}, and the journal tells {told.get(key, 'nothing')}")


def register() -> None:
    """Tell the journal; called once when the apps are ready."""
    register_replay("asks", lambda: replayed(Ask, ASK, "ask_state"))
    register_replay("matches", lambda: replayed(Match, MATCH, "match_state"))
    register_replay("call_backs", lambda: replayed(CallBack, CALL_BACK, "call_back_state"))
    # A form that was not sent is in no journal: it may still go without a trace.
    register_replay("enquiries", lambda: replayed(Enquiry, ENQUIRY, "enquiry_state", untold=EnquiryState.BEGUN))
    register_replay("visits", lambda: replayed(Visit, VISIT, "visit_state"))
    register_replay("tasks", lambda: replayed(Task, TASK, "task_state"))
    register_replay("volunteers", lambda: replayed(Volunteer, VOLUNTEERING, "volunteer_status", "status"))
    register_replay("references", lambda: replayed(Reference, REFERENCE, "reference_state"))
    register_replay("attendances", lambda: replayed(Attendance, ATTENDANCE, "attendance_state"))
    register_replay("rounds", lambda: replayed(Round, ROUND, "round_state"))
    register_replay("groups", lambda: replayed(Group, GROUP, "group_state"))
    register_replay("sheets", lambda: replayed(Sheet, SHEET, "sheet_state"))


def _exists(table: Table, before: str, to: str) -> bool:
    try:
        table.find(before, to)
    except WrongState:
        return False
    return True
