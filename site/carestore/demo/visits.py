"""The demonstration's visits: two to try, then every week; what was the other day is left to be told of."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from directory import clock
from directory.accounts.models import User
from matching.models import Match, Visit
from matching.rules.errands import is_errand
from matching.states import VisitState
from matching.visiting import moves, series, trial
from matching.visits.times import moment_of, wall_minute

TO_BE_TOLD = timedelta(days=7)
MORNING = 10 * 60


class Visits:
    """What happens after the person's yes. `at` does a deed at its moment."""

    def __init__(self, at: Callable[[datetime, Callable[[], None]], None], coordinator: User) -> None:
        self._at, self._coordinator = at, coordinator
        self._known: set[UUID] = set()
        self._told_from = clock.now() - TO_BE_TOLD

    def begin(self, match: Match) -> None:
        """The person's yes, and the first visits within a week."""
        match = trial.begin(match, self._first(match), by=self._coordinator, how="phone")
        self._follow(match)

    def _first(self, match: Match) -> datetime:
        days = [clock.today() + timedelta(days=ahead) for ahead in range(1, 8)]
        weekday, minute = (match.ask.windows[0][0], match.ask.windows[0][1]) if match.ask.windows else (days[1].weekday(), MORNING)
        if is_errand(match.ask):
            return moment_of(days[1], minute)
        return moment_of(next(day for day in days if day.weekday() == weekday), minute)

    def _follow(self, match: Match) -> None:
        for visit in match.visits.filter(state=VisitState.PLANNED).order_by("starts_at"):
            if visit.pk not in self._known and visit.starts_at < self._told_from:
                self._at(visit.starts_at + timedelta(minutes=visit.minutes), self._done(visit, match))
            self._known.add(visit.pk)

    def _done(self, visit: Visit, match: Match) -> Callable[[], None]:
        def deed() -> None:
            account = match.volunteer.user
            if account is None:
                raise RuntimeError("Only a volunteer with an account tells of a visit.")
            moves.done(visit, by=account)
            match.refresh_from_db()
            both = match.visits.filter(trial=True, state=VisitState.DONE).count() == moves.TRIAL_VISITS
            if match.times:
                series.plan_ahead(match)
            elif visit.trial and both:
                weekly = [[clock.local(visit.starts_at).weekday(), wall_minute(visit.starts_at)]]
                trial.go_on(match, by=self._coordinator, times=weekly)
            self._follow(match)

        return deed
