"""Moving a match by its table, and stopping what waits: offers lapse, introductions end, when the request or the agreement is gone."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from directory import clock
from directory.accounts.models import User
from directory.accounts.roles import Relation
from directory.journal.codes import Code
from directory.journal.recording import record
from matching.models import Ask, Enquiry, Group, Match, Person, Referral, Task
from matching.states import MATCH, MATCH_OPEN, AskState, MatchState
from matching.stopping.groups import leave_groups, places
from matching.stopping.telling import tell_other_side
from matching.tasks import drop_asking, drop_tasks_about
from matching.visits.stopping import cancel_visits

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
    recorded. Requests, volunteers and matches are held without their keys everywhere: others may write tasks and visits that point to them.
    """
    list(Match.objects.select_for_update(no_key=True).filter(ask__in=asks, state__in=MATCH_OPEN).order_by("pk").values_list("pk"))


def lock_waiting(*people: Person) -> None:
    """Hold these people with all that may stop, end or move with them, before anything is recorded.

    In the one order of everybody: requests, matches, groups, referrals, enquiries, and the people last, each kind by its keys. What was
    opened for them while we waited is held too. Rows that point to them may still be written by others.
    """
    while not _held(frozenset(person.pk for person in people)):
        continue


def stop_waiting(person: Person, *, by: User) -> None:
    """All that waits for the person or goes out to them stops: offers lapse, introductions end, planned visits are cancelled.

    Whom they know already stays theirs.
    `lock_waiting` has been called.
    """
    for ask in not_begun(person):
        lapse_offers(ask, by=by)
        stop_introductions(ask, by=by)
    cancel_visits(by=by, person=person)
    drop_asking(by=by, person=person)
    leave_groups(by=by, ask__person=person)


def _held(keys: frozenset[UUID]) -> bool:
    """False, with every lock let go again, where a request or a form came to them before we had the people themselves."""
    with transaction.atomic():
        asks = list(Ask.objects.select_for_update(no_key=True).filter(person__in=keys).order_by("pk"))
        lock_matches(*asks)
        groups = Group.objects.filter(pk__in=places(ask__in=asks).values("group"))
        list(groups.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))
        list(Referral.objects.select_for_update(no_key=True).filter(person__in=keys).order_by("pk").values_list("pk"))
        forms = Enquiry.objects.select_for_update(no_key=True).filter(person__in=keys).order_by("pk")
        before = {ask.pk for ask in asks}, set(forms.values_list("pk", flat=True))
        list(Person.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))
        now = (set(rows.filter(person__in=keys).values_list("pk", flat=True)) for rows in (Ask.objects, Enquiry.objects))
        if tuple(now) == before:
            return True
        transaction.set_rollback(True)
    return False


def not_begun(person: Person) -> QuerySet[Ask]:
    """The person's requests that are open, or for which something waits with volunteers and has not begun, whatever became of the request."""
    waits = Match.objects.filter(ask=OuterRef("pk"), state__in=MATCH_OPEN - {MatchState.ACTIVE})
    return person.asks.filter(Q(state=AskState.OPEN) | Exists(waits))


def lapse_offers(ask: Ask, *, by: User | None, but: Match | None = None) -> int:
    """Offers of this request that nobody has answered lapse, except one; how many did."""
    waiting = Match.objects.select_for_update(no_key=True).filter(ask=ask, state=MatchState.OFFERED)
    if but is not None:
        waiting = waiting.exclude(pk=but.pk)
    lapsed = [write_move(match, MatchState.LAPSED, [Relation.SYSTEM], by=by) for match in waiting.order_by("pk")]
    return len(lapsed)


def stop_introductions(ask: Ask, *, by: User, side: Relation = Relation.SELF) -> None:
    """What has not begun does not begin; a yes that nobody was told of yet is let go. The volunteer is told.

    side: whose step it is, the person's own no where left out.
    """
    rows = Match.objects.select_for_update(of=("self",), no_key=True).filter(
        ask=ask, state__in=[MatchState.ACCEPTED, MatchState.INTRODUCED]
    )
    for match in rows.select_related("ask__person", "volunteer").order_by("pk"):
        before = match.state
        write_move(match, MatchState.DECLINED, [side if before == MatchState.INTRODUCED else Relation.COORD], by=by)
        tell_other_side(match, before, by=by, acted=Relation.SELF)


def end_active(ask: Ask, *, by: User) -> None:
    """As the person's own wish: what has begun ends, and the volunteer is told."""
    rows = Match.objects.select_for_update(of=("self",), no_key=True).filter(ask=ask, state=MatchState.ACTIVE)
    for match in rows.select_related("ask__person", "volunteer").order_by("pk"):
        write_move(match, MatchState.ENDED, [Relation.SELF], by=by)
        tell_other_side(match, MatchState.ACTIVE, by=by, acted=Relation.SELF)
