"""Visits that do not come about because what they hang on has ended."""

from datetime import date

from directory import clock
from directory.accounts.models import User
from directory.accounts.roles import Relation
from matching.models import Group, Match, Person, Visit, Volunteer
from matching.states import VisitState
from matching.visits.times import moment_of
from matching.visits.writing import write_move


def cancel_visits(*, by: User | None, until: date | None = None, **about: Match | Group | Person | Volunteer | User) -> int:
    """Cancel what is planned from now on under all of these (match=…, group=…, person=…, volunteer=…, care_worker=…); how many.

    until: only what is planned before this day. What has been, stays to be told of. The caller is in a transaction and holds the requests
    of these visits (`stopping.lock_waiting`), the group, or the person for a care worker's. Raises TypeError without anything that they are about.
    """
    if not about:
        raise TypeError("Say whose visits: match=, group=, person=, volunteer= or care_worker=.")
    coming = Visit.objects.select_for_update(of=("self",)).filter(state=VisitState.PLANNED, starts_at__gt=clock.now(), **about)
    if until is not None:
        coming = coming.filter(starts_at__lt=moment_of(until, 0))
    return len([write_move(visit, VisitState.CANCELLED, Relation.SYSTEM, by=by) for visit in coming.order_by("pk")])
