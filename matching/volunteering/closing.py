"""An activity that was open to volunteers is closed: whoever meets for it goes on until a coordinator has decided, one by one."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require
from directory.accounts.roles import Permission
from matching.desk_states import GROUP_OPEN, GroupState
from matching.models import ActivityDecision, Ask, Group, GroupMember, Match, Task, Visit
from matching.rules.activities import rules
from matching.rules.decisions import rules_in_force, withdraw_decision
from matching.states import MATCH_OPEN, MatchState, VisitState
from matching.tasks import open_task

_STANDS: dict[str, str] = {
    MatchState.OFFERED: "it was offered, and cannot be said yes to any more. Take it back, and tell the volunteer.",
    MatchState.ACCEPTED: "the volunteer said yes, and nobody may be introduced any more. Take it back, and tell the volunteer.",
    MatchState.INTRODUCED: "they were introduced, and cannot begin any more. Ring both, and end it or find another way.",
    MatchState.ACTIVE: "they meet, and nothing more is planned. Ring both, and end it or find another way.",
    GroupState.FORMING: "nobody may be asked to lead it any more. Drop it, or find another way.",
    GroupState.OFFERED: "it was offered, and cannot be said yes to any more. Take it back, and tell the volunteer.",
    GroupState.RUNNING: "it meets, and nothing more is planned. Ring everybody in it, and end it or find another way.",
}


@dataclass(frozen=True)
class GoingOn:
    """What hangs on an activity now: each a number."""

    pairs: int
    offers: int
    groups: int
    visits: int


def going_on(activity: str) -> GoingOn:
    """Pairs who meet for it, offers and introductions before that, small groups, and the visits and meetings that are planned."""
    pairs, groups = _pairs(activity), _groups(activity)
    meeting = pairs.filter(state=MatchState.ACTIVE).count()
    visits = _coming(Visit.objects.filter(Q(match__in=pairs) | Q(group__in=groups))).count()
    return GoingOn(meeting, pairs.count() - meeting, groups.count(), visits)


@transaction.atomic
def take_back(decision: ActivityDecision, *, by: User) -> ActivityDecision:
    """Take a decision back; where that closes the activity, a coordinator is to decide about each pair and group that it was for.

    Twice is once. Raises as `withdraw_decision`.
    """
    require(by, Permission.MANAGE_ACCOUNTS)
    pairs, groups = _held(decision.activity)
    decision = withdraw_decision(decision, by=by)
    if not rules_in_force()[decision.activity].open_to_volunteers:
        closed = f"“{rules()[decision.activity].label}” is closed to volunteers. Decide about"
        for match in pairs:
            words = f"{closed} {match.volunteer} for {match.ask}: {_STANDS[match.state]}{_planned(match, 'visit')}"
            # Marked as what the planning ahead tells of a pair, which says nothing more while this waits.
            open_task(Task.Kind.OTHER, by=by, once=f"not-planned-{match.pk}-closed-{decision.pk}", match=match, words=words)
        for group in groups:
            words = f"{closed} {group}: {_STANDS[group.state]}{_planned(group, 'meeting')}"
            once = f"group-closed-{group.pk}-{decision.pk}"
            open_task(Task.Kind.OTHER, by=by, once=once, volunteer=group.volunteer, activity=group.activity, words=words)
    return decision


def _held(activity: str) -> tuple[list[Match], list[Group]]:
    """Who meets for it or was asked, and its small groups: held in the order of all before anything is recorded."""
    members = GroupMember.objects.filter(ask=OuterRef("pk"), left_at=None, group__in=_groups(activity))
    asks = Ask.objects.filter(Exists(_pairs(activity).filter(ask=OuterRef("pk"))) | Exists(members))
    list(asks.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))
    pairs = _pairs(activity).select_for_update(of=("self",), no_key=True).select_related("ask", "volunteer")
    groups = _groups(activity).select_for_update(of=("self",), no_key=True).select_related("volunteer")
    return list(pairs.order_by("pk")), list(groups.order_by("pk"))


def _planned(of: Match | Group, called: str) -> str:
    count = _coming(of.visits.all()).count()
    planned = f"{called} is planned still, and stays" if count == 1 else f"{called}s are planned still, and stay"
    return f" {count} {planned} until you decide." if count else ""


def _pairs(activity: str) -> QuerySet[Match]:
    return Match.objects.filter(state__in=MATCH_OPEN, ask__activity=activity)


def _groups(activity: str) -> QuerySet[Group]:
    return Group.objects.filter(state__in=GROUP_OPEN, activity=activity)


def _coming(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    return visits.filter(state=VisitState.PLANNED, starts_at__gt=clock.now())
