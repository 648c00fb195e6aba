"""The round of today: requests that nobody is on, and the volunteers there are."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db.models import Count, QuerySet

from directory import clock
from matching.models import Ask, Match
from matching.offering.rest import WEEK, resting
from matching.rounds.problem import Judged, Named, Problem, judge
from matching.rules.decisions import rules_in_force
from matching.rules.errands import is_errand
from matching.states import MatchState
from matching.suggesting.facts import ask_facts, person_facts
from matching.suggesting.living import living
from matching.suggesting.scoring import soft_asks


@dataclass(frozen=True, eq=False)
class LiveRound:
    """What a round is made of now. `asks` in the order of priority.

    `unsaid`: how many errands do not say yet what exactly is to be done; `one_by_one`: how many requests are for company or regular help.
    """

    asks: tuple[Ask, ...]
    problem: Problem
    unsaid: int
    one_by_one: int

    @cached_property
    def judged(self) -> Judged:
        """Every pair of it."""
        return judge(self.problem)

    @cached_property
    def arrival(self) -> list[int]:
        """Rows in the order in which people asked."""
        return sorted(range(len(self.asks)), key=lambda row: (self.asks[row].made_at, self.asks[row].number))


def waiting() -> QuerySet[Ask]:
    """Open requests of people who may be contacted, that no volunteer and no group is on; the most urgent first, then who has waited longest."""
    return Ask.objects.waiting().filter(person__do_not_contact=False).order_by("-urgency", "made_at", "number")


def live_round(*, pins: Iterable[Named] = (), strikes: Iterable[Named] = (), without: Container[str] = ()) -> LiveRound:
    """The round of this moment: errands only, for company and regular help are introduced one pair at a time.

    Whoever said no to a request is not asked for it again; pins and strikes are a coordinator's own. without: requests left for another round.
    """
    rules = rules_in_force()
    rows = list(waiting().select_related("person", "need").prefetch_related("person__pair_rules", "person__agreements"))
    errands = [row for row in rows if is_errand(row)]
    asks = tuple(row for row in errands if row.activity in rules and str(row.pk) not in without)
    now = living()
    by_id = np.argsort(now.columns.ids)
    problem = Problem(
        on=clock.today(),
        asks=[replace(ask_facts(ask), priority=-place) for place, ask in enumerate(asks)],
        people={str(ask.person_id): person_facts(ask.person) for ask in asks},
        columns=now.columns.take(by_id),
        rules=rules,
        soft=soft_asks(asks),
        theirs=now.soft.take(by_id),
        most=_may_be_asked(now.columns.ids.tolist()),
        pins=list(pins),
        strikes=[*strikes, *_said_no(asks)],
    )
    unsaid = sum(1 for row in errands if row.activity not in rules)
    return LiveRound(asks, problem, unsaid, len(rows) - len(errands))


def _said_no(asks: Iterable[Ask]) -> list[Named]:
    said = Match.objects.filter(ask__in=[ask.pk for ask in asks], state=MatchState.DECLINED)
    return [(str(ask), str(volunteer)) for ask, volunteer in said.values_list("ask_id", "volunteer_id")]


def _may_be_asked(volunteers: Iterable[str]) -> dict[str, int]:
    """How many offers each of these may still get in these seven days; 0 for who has a rest."""
    had = Match.objects.filter(offered_at__gt=clock.now() - WEEK).order_by().values_list("volunteer_id").annotate(offers=Count("pk"))
    offers, rest = {str(volunteer): count for volunteer, count in had}, {str(volunteer) for volunteer in resting()}
    return {each: 0 if each in rest else max(0, settings.OFFERS_IN_A_WEEK - offers.get(each, 0)) for each in volunteers}


def offers_waiting(volunteers: Iterable[UUID]) -> set[UUID]:
    """Who of these has an offer that they have not answered yet."""
    waits = Match.objects.filter(volunteer__in=list(volunteers), state=MatchState.OFFERED)
    return set(waits.values_list("volunteer_id", flat=True))
