"""Two trial visits, then both are asked; after six weeks both are asked again. Going on is said, ending needs no reason."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require
from directory.accounts.roles import Permission, Relation
from directory.journal.recording import record
from directory.states import WrongState
from matching import matches
from matching.models import Match, Task, Visit
from matching.persons.versions import version_of_rows
from matching.rules.errands import is_errand
from matching.states import MatchState, VisitState
from matching.tasks import drop_tasks_about, open_task
from matching.visiting.holding import held_by, hold_match
from matching.visiting.moves import TRIAL_VISITS
from matching.visiting.planning import plan, require_meets
from matching.visiting.series import agree_times
from matching.visits.times import day_of, moment_of, wall_minute

PIECE = 20


@transaction.atomic
def begin(match: Match, first_at: datetime, *, by: User, how: str = "", minutes: int | None = None) -> Match:
    """The person's yes, with the first visit in the same step; of what is regular two trial visits, a week apart by the wall clock.

    Raises as `matches.start` and `plan` do, and ValidationError for a day that is over; nothing is noted then.
    """
    match = matches.start(match, by=by, how=how)
    _require_coming(first_at)
    if is_errand(match.ask):
        plan(match, first_at, by=by, minutes=minutes)
    else:
        plan_trial(match, first_at, by=by, minutes=minutes)
    return match


@transaction.atomic
def plan_trial(match: Match, first_at: datetime, *, by: User, minutes: int | None = None) -> list[Visit]:
    """The trial visits that are still missing, a week apart by the wall clock.

    Raises as `plan` does; ValidationError for an errand, for a day that is over and for a moment at which they meet already; WrongState where
    none is missing.
    """
    held_by(by, match)
    match = hold_match(match)
    if is_errand(match.ask):
        raise ValidationError({"day": ["An errand has no trial."]})
    there = match.visits.filter(trial=True).exclude(state__in=["cancelled", "replaced"]).count()
    if there >= TRIAL_VISITS:
        raise WrongState("The first visits are planned already.")
    _require_coming(first_at)
    day, minute = day_of(first_at), wall_minute(first_at)
    moments = [first_at, *(moment_of(day + timedelta(weeks=step), minute) for step in range(1, TRIAL_VISITS))][: TRIAL_VISITS - there]
    if match.visits.filter(starts_at__in=moments, state__in=[VisitState.PLANNED, VisitState.DONE]).exists():
        raise ValidationError({"day": ["They meet at that time already. Choose another for the visit that is missing."]})
    return [plan(match, moment, by=by, minutes=minutes, trial=True) for moment in moments]


@transaction.atomic
def go_on(match: Match, *, by: User, times: Iterable[Sequence[int]] | None = None, mark: str = "") -> Match:
    """Both were asked and want to go on: after the trial they meet at these times every week, and are asked again in six weeks.

    times: as they were where left out. After the review nothing more is asked by itself. What stood on the list for it is done.
    mark: of `seen`, as the form shows it; an empty one is not asked for.
    Raises PermissionDenied, ValidationError; WrongState where the two do not meet, or where somebody has noted something since the mark.
    """
    require(by, Permission.MATCH, match)
    match = hold_match(match)
    require_meets(match)
    if mark and mark != seen(match):
        raise WrongState("Since you opened this page, somebody noted when they meet or are asked again. Look, then decide again.")
    reviewed = match.review_on is not None and match.review_on <= clock.today()
    if is_errand(match.ask) or reviewed:
        match.review_on = None
    else:
        match.review_on = clock.today() + matches.REVIEW_AFTER
    match.save(update_fields=["review_on"])
    drop_tasks_about(by=by, match=match, kinds=[Task.Kind.REVIEW])
    record("match.goes_on", match, by=by, role=Relation.COORD, codes={"review_on": match.review_on, "reviewed": reviewed})
    if times is not None:
        agree_times(match, times, by=by)
        match.refresh_from_db(fields=["times"])
    return match


def seen(match: Match) -> str:
    """A mark of what a page says of how the two go on: when they meet, and when they are asked again."""
    return version_of_rows(match, [[match.review_on], *match.times])


def ask_both_some() -> bool:
    """Put the reviews that are due on the list, once each; the daily job. True when nothing is left to do."""
    due = list(Match.objects.filter(state=MatchState.ACTIVE, review_on__lte=clock.today()).order_by("review_on", "pk"))
    asked = set(Task.objects.filter(once__in=[_mark(match) for match in due]).values_list("once", flat=True))
    waiting = [match for match in due if _mark(match) not in asked]
    for match in waiting[:PIECE]:
        words = "Six weeks have passed. Ask each of the two alone how it goes, and whether they want to go on."
        open_task(Task.Kind.REVIEW, by=None, once=_mark(match), match=match, words=words)
    return len(waiting) <= PIECE


def _require_coming(first_at: datetime) -> None:
    if first_at.tzinfo is not None and day_of(first_at) < clock.today():
        raise ValidationError({"day": ["This day is over. Choose today or a later day for the first visit."]})


def _mark(match: Match) -> str:
    return f"review-{match.pk}-{match.review_on}"
