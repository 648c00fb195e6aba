"""The rows of visits and what the journal keeps of them. Callers have asked for permission and hold the locks."""

from datetime import datetime
from uuid import uuid4

from directory.accounts.models import User
from directory.accounts.roles import Relation
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.states import NEW
from matching.models import Group, Match, Person, Visit, Volunteer
from matching.persons.once import key_of
from matching.states import VISIT, VisitState


def write_visit(
    *,
    by: User | None,
    role: Relation,
    starts_at: datetime,
    minutes: int,
    person: Person | None,
    match: Match | None = None,
    group: Group | None = None,
    volunteer: Volunteer | None = None,
    care_worker: User | None = None,
    trial: bool = False,
    by_phone_or_online: bool = False,
    note: str = "",
    replaces: Visit | None = None,
    once: str = "",
) -> Visit:
    """A planned visit and its journal row; by=None is the timer. once: the mark of the form that makes it."""
    VISIT.check(NEW, VisitState.PLANNED, [role])
    visit = Visit.objects.create(
        pk=key_of("visit", once, by) if once and by is not None else uuid4(),
        match=match,
        group=group,
        person=person,
        volunteer=volunteer,
        care_worker=care_worker,
        starts_at=starts_at,
        minutes=minutes,
        trial=trial,
        by_phone_or_online=by_phone_or_online,
        note=note.strip(),
        replaces=replaces,
        made_by=by,
    )
    codes: Codes = {
        "to": visit.state,
        "at": visit.starts_at,
        "match": visit.match_id,
        "group": visit.group_id,
        "volunteer": visit.volunteer_id,
        "care_worker": visit.care_worker_id,
        "replaces": visit.replaces_id,
        "trial": trial,
    }
    record(_kind("visit.planned", by), visit, by=by, role=role, codes=codes)
    return visit


def write_move(visit: Visit, to: VisitState, role: Relation, *, by: User | None, codes: Codes | None = None) -> Visit:
    """Save the visit in its new state, with whatever else the caller has set, and its journal row. Raises WrongState, PermissionDenied."""
    VISIT.check(visit.state, to, [role])
    before = visit.state
    visit.state = to
    visit.save(update_fields=["state", "done_at", "minutes_done", "note"])
    record(_kind(f"visit.{to}", by), visit, by=by, role=role, codes={"from": before, "to": to, "match": visit.match_id, **(codes or {})})
    return visit


def _kind(kind: str, by: User | None) -> str:
    return kind if by is not None else f"system.{kind}"
