"""Visits every week: planned ahead from the times that were agreed, by the wall clock, so that ten o'clock stays ten o'clock."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require
from directory.accounts.roles import Permission, Relation
from directory.journal.models import Event
from directory.journal.recording import record
from matching.desk_states import TaskState
from matching.eligibility import EXPLANATIONS, Code
from matching.models import Match, Task, Visit, Volunteer
from matching.states import AskState, MatchState, VisitState
from matching.stopping.waiting import lock_matches
from matching.tasks import open_task
from matching.visiting.holding import hold_match
from matching.visiting.planning import codes_on_the_day, require_may_visit, require_meets
from matching.visits.times import day_of, weekly
from matching.visits.writing import write_move, write_visit

AHEAD = timedelta(weeks=4)
PIECE = 20
MOST_TIMES = 14


@transaction.atomic
def agree_times(match: Match, times: Iterable[Sequence[int]], *, by: User) -> list[Visit]:
    """Write down when the two meet every week, and plan the coming four weeks; what was planned by earlier times is cancelled.

    times: [[weekday, start minute], …]; Monday is 0; none: as it comes. Raises PermissionDenied, ValidationError, NotOnThatDay;
    WrongState where the two do not meet.
    """
    require(by, Permission.MATCH, match)
    agreed = sorted({(int(weekday), int(minute)) for weekday, minute in times})
    if len(agreed) > MOST_TIMES or not all(0 <= weekday <= 6 and 0 <= minute < 24 * 60 for weekday, minute in agreed):
        raise ValidationError({"times": ["Choose days of the week and a time for each, fourteen at most."]})
    match = hold_match(match)
    require_meets(match)
    if agreed:
        require_may_visit(match.ask, match.volunteer, clock.today(), match)
    before = [(weekday, minute) for weekday, minute in match.times]
    match.times = [list(each) for each in agreed]
    match.save(update_fields=["times"])
    if agreed != before:
        _cancel_of(match, set(before) - set(agreed), by=by)
        record("match.times_agreed", match, by=by, role=Relation.COORD, codes={"times": len(agreed)})
    return _plan(match, by=by)


@transaction.atomic
def plan_ahead(match: Match) -> list[Visit]:
    """Plan what was agreed for the coming four weeks and is not planned yet; the timer. Nothing where the two do not meet now."""
    match = hold_match(match)
    return _plan(match, by=None) if _goes_on(match) else []


def plan_ahead_some() -> bool:
    """Plan ahead for a few pairs; the daily job. True when nothing is left to do."""
    pairs = Match.objects.filter(state=MatchState.ACTIVE, volunteer__status=Volunteer.Status.ACTIVE).exclude(times=[])
    behind = [match for match in pairs.select_related("ask__person", "volunteer").order_by("pk") if _is_behind(match)]
    for match in behind[:PIECE]:
        plan_ahead(match)
    return len(behind) <= PIECE


def _is_behind(match: Match) -> bool:
    """Is there something to plan, or to tell the desk of?"""
    missing = _missing(match) if _goes_on(match) else []
    refused = _refused(match, missing)
    return len(refused) < len(missing) or (bool(refused) and not _is_told(match, refused))


def _goes_on(match: Match) -> bool:
    person = match.ask.person
    meets = match.state == MatchState.ACTIVE and match.ask.state != AskState.WITHDRAWN
    return meets and person is not None and not person.do_not_contact and match.volunteer.status == Volunteer.Status.ACTIVE


def _plan(match: Match, *, by: User | None) -> list[Visit]:
    """Each missing visit that may be, on its own day; of the others the desk is told once."""
    missing = _missing(match)
    refused = _refused(match, missing)
    made = [
        write_visit(
            by=by,
            role=Relation.COORD if by is not None else Relation.SYSTEM,
            starts_at=moment,
            minutes=match.ask.minutes,
            person=match.ask.person,
            match=match,
            volunteer=match.volunteer,
            by_phone_or_online=match.ask.by_phone_or_online,
        )
        for moment in missing
        if moment not in refused
    ]
    if refused and not _is_told(match, refused):
        _tell_desk(match, refused, by=by)
    return made


def _missing(match: Match) -> list[datetime]:
    """The agreed moments of the coming weeks of which there is no visit: one that somebody called off or moved is not planned again.

    One that fell away with other times, a pause or a check is.
    """
    now, today = clock.now(), clock.today()
    coming = match.visits.filter(starts_at__gt=now)
    known = set(coming.exclude(pk__in=_fell_away(coming)).values_list("starts_at", flat=True))
    return [moment for moment in weekly(match.times, today, today + AHEAD) if now < moment <= now + AHEAD and moment not in known]


def _fell_away(visits: QuerySet[Visit]) -> set[UUID]:
    """Those of these visits that were cancelled in consequence of something else, and that nobody called off."""
    cancelled = list(visits.filter(state=VisitState.CANCELLED).values_list("pk", flat=True))
    if not cancelled:
        return set()
    rows = Event.objects.of_kind("visit.cancelled", "system.visit.cancelled").filter(object_id__in=cancelled, by_role=Relation.SYSTEM)
    return set(rows.values_list("object_id", flat=True))


def _refused(match: Match, moments: Iterable[datetime]) -> dict[datetime, tuple[Code, ...]]:
    """Those of these moments at which the volunteer may not visit, each with what keeps them from it."""
    found = {moment: codes_on_the_day(match.ask, match.volunteer, day_of(moment), match) for moment in moments}
    return {moment: codes for moment, codes in found.items() if codes}


def _tell_desk(match: Match, refused: dict[datetime, tuple[Code, ...]], *, by: User | None) -> None:
    first = min(refused)
    day, why = day_of(first), " ".join(EXPLANATIONS[code].means for code in refused[first])
    words = f"{match.volunteer} and {match.ask}: from {day:%A} {day.day} {day:%B} on no visit is planned by itself. {why}"
    open_task(Task.Kind.OTHER, by=by, once=_mark(match, refused), match=match, words=words)


def _is_told(match: Match, refused: Iterable[datetime]) -> bool:
    """One task at a time, and none again for the same first day."""
    told = match.tasks.filter(once__startswith=f"not-planned-{match.pk}-")
    return told.filter(state=TaskState.OPEN).exists() or told.filter(once=_mark(match, refused)).exists()


def _mark(match: Match, refused: Iterable[datetime]) -> str:
    return f"not-planned-{match.pk}-{day_of(min(refused))}"


def _cancel_of(match: Match, dropped: set[tuple[int, int]], *, by: User) -> None:
    """Cancel what was planned by these times; a visit that was put in another's place stays, for somebody chose it."""
    lock_matches(match.ask)
    coming = match.visits.filter(state=VisitState.PLANNED, starts_at__gt=clock.now(), trial=False, replaces=None)
    for visit in coming.select_for_update(of=("self",)).order_by("pk"):
        local = clock.local(visit.starts_at)
        if (local.weekday(), local.hour * 60 + local.minute) in dropped:
            write_move(visit, VisitState.CANCELLED, Relation.SYSTEM, by=by)
