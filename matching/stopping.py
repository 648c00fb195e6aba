"""Moving a match by its table, and stopping what waits: offers lapse, introductions end, when the request or the agreement is gone."""

from collections.abc import Iterable, Mapping

from directory import clock
from directory.accounts.models import User
from directory.accounts.roles import Relation
from directory.journal.codes import Code
from directory.journal.recording import record
from matching.befriending.leaving import leave_groups, lock_places
from matching.models import Ask, Match, Person, Task
from matching.states import MATCH, MATCH_OPEN, MatchState
from matching.tasks import drop_asking, drop_tasks_about
from matching.visiting.stopping import cancel_visits, hold_visited

# Which column holds the moment of which state.
_MOMENTS = {
    MatchState.ACCEPTED: "answered_at",
    MatchState.INTRODUCED: "introduced_at",
    MatchState.ACTIVE: "active_at",
    MatchState.DECLINED: "ended_at",
    MatchState.LAPSED: "ended_at",
    MatchState.ENDED: "ended_at",
}


def write_move(
    match: Match, to: MatchState, relations: Iterable[str], *, by: User | None, codes: Mapping[str, Code] | None = None
) -> Match:
    """Make one move of a match and its journal row; the caller has locked it and asked for permission.

    by=None is the timer. Raises WrongState, PermissionDenied.
    """
    move = MATCH.check(match.state, to, relations)
    side = next(relation for relation in Relation if relation in move.by and relation in set(relations))
    before, moment = match.state, clock.now()
    match.state = to
    setattr(match, _MOMENTS[to], moment)
    if before == MatchState.OFFERED and to == MatchState.DECLINED:
        match.answered_at = moment
    match.save(update_fields=["state", "answered_at", "introduced_at", "active_at", "ended_at", "review_on"])
    kind = f"match.{to}" if by is not None else f"system.match.{to}"
    record(kind, match, by=by, role=side, codes={"from": before, "to": to, "ask": match.ask_id, **(codes or {})})
    if to == MatchState.ENDED:
        cancel_visits(by=by, match=match)
        drop_tasks_about(by=by, match=match, kinds=[Task.Kind.REVIEW])
    return match


def lock_matches(*asks: Ask) -> None:
    """Hold the open matches of these requests, which the caller has locked.

    Everybody locks in one order (request, volunteer, match, journal), so that two never wait for each other: call it before anything is
    recorded.
    """
    list(Match.objects.select_for_update().filter(ask__in=asks, state__in=MATCH_OPEN).order_by("pk").values_list("pk"))


def lock_waiting(person: Person) -> None:
    """Hold the person's requests and what waits on them, before anything about their stopping is recorded."""
    lock_matches(*hold_visited(person))
    lock_places(person)


def stop_waiting(person: Person, *, by: User) -> None:
    """All that waits for the person or goes out to them stops: offers lapse, introductions end, planned visits are cancelled.

    Whom they know already stays theirs.
    `lock_waiting` has been called.
    """
    for ask in person.asks.open():
        lapse_offers(ask, by=by)
        stop_introductions(ask, by=by)
    cancel_visits(by=by, person=person)
    drop_asking(by=by, person=person)
    leave_groups(by=by, ask__person=person)


def lapse_offers(ask: Ask, *, by: User | None, but: Match | None = None) -> int:
    """Offers of this request that nobody has answered lapse, except one; how many did."""
    waiting = Match.objects.select_for_update().filter(ask=ask, state=MatchState.OFFERED)
    if but is not None:
        waiting = waiting.exclude(pk=but.pk)
    lapsed = [write_move(match, MatchState.LAPSED, [Relation.SYSTEM], by=by) for match in waiting.order_by("pk")]
    return len(lapsed)


def stop_introductions(ask: Ask, *, by: User) -> None:
    """As the person's own no: what has not begun does not begin; a yes that nobody was told of yet is let go."""
    for match in Match.objects.select_for_update().filter(ask=ask, state__in=[MatchState.ACCEPTED, MatchState.INTRODUCED]):
        side = Relation.SELF if match.state == MatchState.INTRODUCED else Relation.COORD
        write_move(match, MatchState.DECLINED, [side], by=by)


def end_active(ask: Ask, *, by: User) -> None:
    """As the person's own wish: what has begun ends."""
    for match in Match.objects.select_for_update().filter(ask=ask, state=MatchState.ACTIVE):
        write_move(match, MatchState.ENDED, [Relation.SELF], by=by)
