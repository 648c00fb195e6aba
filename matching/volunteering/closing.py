"""An activity that was open to volunteers is closed: whoever meets for it goes on until a coordinator has decided, pair by pair."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require
from directory.accounts.roles import Permission
from matching.models import ActivityDecision, Ask, Match, Task, Visit
from matching.rules.activities import rules
from matching.rules.decisions import rules_in_force, withdraw_decision
from matching.states import MATCH_OPEN, MatchState, VisitState
from matching.tasks import open_task

_STANDS = {
    MatchState.OFFERED: "it was offered, and cannot be said yes to any more. Take it back, and tell the volunteer.",
    MatchState.ACCEPTED: "the volunteer said yes, and nobody may be introduced any more. Take it back, and tell the volunteer.",
    MatchState.INTRODUCED: "they were introduced, and cannot begin any more. Ring both, and end it or find another way.",
    MatchState.ACTIVE: "they meet, and nothing more is planned. Ring both, and end it or find another way.",
}


@dataclass(frozen=True)
class GoingOn:
    """What hangs on an activity now: each a number."""

    pairs: int
    offers: int
    visits: int


def going_on(activity: str) -> GoingOn:
    """Pairs who meet for it, offers and introductions before that, and the visits that are planned."""
    pairs = _pairs(activity)
    meeting = pairs.filter(state=MatchState.ACTIVE).count()
    visits = Visit.objects.filter(state=VisitState.PLANNED, starts_at__gt=clock.now(), match__in=pairs).count()
    return GoingOn(meeting, pairs.count() - meeting, visits)


@transaction.atomic
def take_back(decision: ActivityDecision, *, by: User) -> ActivityDecision:
    """Take a decision back; where that closes the activity, a coordinator is to decide about each pair that it was for.

    Twice is once. Raises as `withdraw_decision`.
    """
    require(by, Permission.MANAGE_ACCOUNTS)
    pairs = _held(decision.activity)
    decision = withdraw_decision(decision, by=by)
    if not rules_in_force()[decision.activity].open_to_volunteers:
        closed = f"“{rules()[decision.activity].label}” is closed to volunteers."
        for match in pairs:
            _ask_about_pair(match, decision, closed, by=by)
    return decision


def _held(activity: str) -> list[Match]:
    """Who meets for it or was asked, held in the order of all before anything is recorded."""
    asks = Ask.objects.filter(Exists(_pairs(activity).filter(ask=OuterRef("pk"))))
    list(asks.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))
    pairs = _pairs(activity).select_for_update(of=("self",), no_key=True).select_related("ask", "volunteer")
    return list(pairs.order_by("pk"))


def _ask_about_pair(match: Match, decision: ActivityDecision, closed: str, *, by: User) -> None:
    """Marked as what the planning ahead tells of a pair, which says nothing more while this waits."""
    words = f"{closed} Decide about {match.volunteer} for {match.ask}: {_STANDS[MatchState(match.state)]}{_visits(match)}"
    open_task(Task.Kind.OTHER, by=by, once=f"not-planned-{match.pk}-closed-{decision.pk}", match=match, words=words)


def _visits(match: Match) -> str:
    count = match.visits.filter(state=VisitState.PLANNED, starts_at__gt=clock.now()).count()
    return f" {count} {'visit is' if count == 1 else 'visits are'} planned still." if count else ""


def _pairs(activity: str) -> QuerySet[Match]:
    return Match.objects.filter(state__in=MATCH_OPEN, ask__activity=activity)
