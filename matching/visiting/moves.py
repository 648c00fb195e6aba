"""What becomes of a planned visit: done, missed, cancelled, or another in its place."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.roles import Relation
from directory.journal.codes import Codes
from directory.states import WrongState
from matching import asks
from matching.befriending.leading import members_of
from matching.models import Task, Visit, Volunteer
from matching.offering.words import moment_words
from matching.rules.errands import is_errand
from matching.states import VISIT, VISIT_ENDED, AskState, MatchState, VisitState
from matching.stopping.waiting import write_move as move_match
from matching.tasks import open_task
from matching.visiting.holding import held_by, hold_visit, require_with_us, role_in
from matching.visiting.meetings import note_who_came, require_meeting
from matching.visiting.planning import require_care, require_length, require_may_visit, require_meets, require_near
from matching.visits.times import day_of
from matching.visits.writing import write_move, write_visit

MOST_LETTERS = 1000
TRIAL_VISITS = 2


@transaction.atomic
def done(visit: Visit, *, by: User, minutes: int | None = None, last: bool = False, note: str = "", came: Iterable[int] = ()) -> Visit:
    """It took place; minutes: as planned where left out. After the second trial visit both are to be asked.

    came: of a group's meeting, the keys of the members who were there. last: an errand is finished with it: the match ends in the same
    step, and the request is met where a coordinator says so; otherwise one is asked to look.
    Raises PermissionDenied, ValidationError; WrongState before it has begun, or where it was told of already.
    """
    visit, role = _held(visit, by, VisitState.DONE)
    if visit.starts_at > clock.now():
        raise WrongState("This visit is still to come.")
    visit.minutes_done = require_length(minutes if minutes is not None else visit.minutes)
    visit.done_at = clock.now()
    visit.note = _with(visit, note)
    codes: Codes = {"minutes": visit.minutes_done}
    if visit.group is not None:
        codes = {**codes, "came": note_who_came(visit, came)}
    visit = write_move(visit, VisitState.DONE, role, by=by, codes=codes)
    if last:
        _finish(visit, role, by=by)
    else:
        _after_trial(visit, by=by)
    return visit


@transaction.atomic
def missed(visit: Visit, *, by: User, note: str = "") -> Visit:
    """It should have taken place, and did not: somebody rings and asks. Raises PermissionDenied; WrongState before it has begun."""
    visit, role = _held(visit, by, VisitState.MISSED)
    if visit.starts_at > clock.now():
        raise WrongState("This visit is still to come. If it will not take place, cancel it.")
    visit.note = _with(visit, note)
    visit = write_move(visit, VisitState.MISSED, role, by=by)
    ask = "everybody in it" if visit.group is not None else "both"
    _tell_desk(visit, "missed", f"{_called(visit)} did not take place: {_planned(visit)}. Ask {ask} whether all is well.", by=by)
    _after_trial(visit, by=by)
    return visit


@transaction.atomic
def cancel(visit: Visit, *, by: User, note: str = "") -> Visit:
    """It will not take place, or was called off. Where the visitor says so of one to come, a coordinator tells the person.

    Raises PermissionDenied, WrongState.
    """
    visit, role = _held(visit, by, VisitState.CANCELLED)
    visit.note = _with(visit, note)
    visit = write_move(visit, VisitState.CANCELLED, role, by=by)
    if role != Relation.COORD and visit.starts_at > clock.now():
        told = f"everybody in {visit.group}" if visit.group is not None else "the person"
        _tell_desk(visit, "cancelled", f"Cannot come: {_planned(visit)}. Tell {told}, or ask somebody else.", by=by)
    return visit


@transaction.atomic
def replace(
    visit: Visit, *, by: User, starts_at: datetime | None = None, volunteer: Volunteer | None = None, minutes: int | None = None
) -> Visit:
    """Another visit in its place: at another moment, or with another volunteer who may; the new one is given back.

    volunteer: by a coordinator only, who has asked both; they must be able to take the request on, but for capacity, time and distance.
    Raises PermissionDenied, ValidationError, NotOnThatDay; WrongState where it was told of already, or the two do not meet any more.
    """
    other = volunteer if volunteer is not None and volunteer.pk != visit.volunteer_id else None
    if other is not None and (visit.care_worker_id is not None or Relation.COORD not in held_by(by, visit)):
        raise PermissionDenied("This is not open to you.")
    visit, role = _held(visit, by, VisitState.REPLACED, *([other.pk] if other is not None else []))
    moment = starts_at or visit.starts_at
    if other is None and moment == visit.starts_at:
        raise ValidationError({"day": ["Choose another moment, or another volunteer."]})
    length = require_length(minutes if minutes is not None else visit.minutes)
    require_near(moment)
    if visit.starts_at > clock.now() and day_of(moment) < clock.today():
        raise ValidationError({"day": ["This visit is still to come: choose today or a later day."]})
    visitor = Volunteer.objects.get(pk=other.pk) if other is not None else visit.volunteer
    _require_may_go(visit, visitor, moment)
    write_move(visit, VisitState.REPLACED, role, by=by)
    return write_visit(
        by=by,
        role=role,
        starts_at=moment,
        minutes=length,
        person=visit.person,
        match=visit.match,
        group=visit.group,
        volunteer=visitor,
        care_worker=visit.care_worker,
        trial=visit.trial,
        by_phone_or_online=visit.by_phone_or_online,
        replaces=visit,
    )


def _require_may_go(visit: Visit, visitor: Volunteer | None, moment: datetime) -> None:
    """What planning asks for, asked again for what is put in its place: another moment, or another volunteer."""
    same = Visit.objects.filter(starts_at=moment, state=VisitState.PLANNED, match=visit.match, group=visit.group)
    if visit.match is not None and visitor is not None:
        require_meets(visit.match)
        own = visit.match if visitor.pk == visit.match.volunteer_id else None
        require_may_visit(visit.match.ask, visitor, day_of(moment), own)
    elif visit.group is not None and visitor is not None:
        require_meeting(visit.group, members_of(visit.group), visitor, day_of(moment))
    elif visit.person is not None:
        require_care(visit.person)
        same = same.filter(person=visit.person, care_worker=visit.care_worker)
    else:
        raise WrongState("The person's record is no longer there.")
    if same.exclude(pk=visit.pk).exists():
        raise WrongState("A visit is planned for this moment already.")


def _held(visit: Visit, by: User, to: VisitState, *others: UUID) -> tuple[Visit, Relation]:
    """Permission first; then the visit as it is now, with its locks; then whether it may go there."""
    held = held_by(by, visit)
    visit = hold_visit(visit, *others)
    require_with_us(held, visit.volunteer)
    if visit.state == to:
        raise WrongState("This is noted already.")
    if visit.state in VISIT_ENDED:
        raise WrongState(what_became_of(visit))
    VISIT.check(visit.state, to, held)
    return visit, role_in(held)


def what_became_of(visit: Visit) -> str:
    """For a form that was opened before: what somebody has noted of the visit since."""
    if visit.state == VisitState.REPLACED:
        new = Visit.objects.filter(replaces=visit).select_related("volunteer").first()
        if new is None:
            return "Another visit was put in its place meanwhile."
        if new.starts_at != visit.starts_at:
            return f"It was moved meanwhile, to {moment_words(new.starts_at)}."
        return f"Meanwhile {new.volunteer} goes instead."
    became = {
        VisitState.DONE: "It was noted meanwhile that it took place.",
        VisitState.MISSED: "It was noted meanwhile that it did not take place.",
        VisitState.CANCELLED: "It was cancelled meanwhile.",
    }
    return became.get(VisitState(visit.state), "")


def _finish(visit: Visit, role: Relation, *, by: User) -> None:
    match = visit.match
    if match is None or not is_errand(match.ask):
        raise ValidationError({"last": ["Only an errand is finished with one visit."]})
    if match.state == MatchState.ACTIVE:
        # As who they are to the match: somebody who only stood in does not end it.
        move_match(match, MatchState.ENDED, held_by(by, match), by=by)
    if match.ask.state == AskState.OPEN and role == Relation.COORD:
        asks.meet(match.ask, by=by)


def _after_trial(visit: Visit, *, by: User) -> None:
    match = visit.match
    if match is None or not visit.trial or match.state != MatchState.ACTIVE:
        return
    states = list(match.visits.filter(trial=True).exclude(state=VisitState.REPLACED).values_list("state", flat=True))
    if VisitState.PLANNED not in states and len([state for state in states if state != VisitState.CANCELLED]) >= TRIAL_VISITS:
        words = "Both trial visits have been. Ask each of the two alone how it was, and whether they want to go on."
        open_task(Task.Kind.REVIEW, by=by, due_on=clock.today() + timedelta(days=1), once=f"trial-{match.pk}", match=match, words=words)


def _tell_desk(visit: Visit, what: str, words: str, *, by: User) -> None:
    open_task(
        Task.Kind.RING,
        by=by,
        once=f"visit-{what}-{visit.pk}",
        person=visit.person,
        match=visit.match,
        volunteer=visit.volunteer,
        words=words,
    )


def _called(visit: Visit) -> str:
    return f"A meeting of {visit.group}" if visit.group is not None else "A visit"


def _planned(visit: Visit) -> str:
    who = f"{visit.volunteer}, " if visit.volunteer is not None else ""
    return f"{who}{moment_words(visit.starts_at)}"


def _with(visit: Visit, note: str) -> str:
    return "\n".join(part for part in (visit.note, note.strip()[:MOST_LETTERS]) if part)
