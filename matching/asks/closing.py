"""The end of a request, and the way back: met, withdrawn, recorded as unmet, opened again."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.roles import Permission, Relation
from directory.journal.codes import Code
from directory.journal.recording import record
from directory.states import WrongState
from matching.asks.holding import locked, role_of
from matching.models import Ask, UnmetNeed
from matching.relations import acting
from matching.rules.providers import require_providers_listed
from matching.states import ASK, MATCH_TAKEN, REFERRAL_OPEN, AskState
from matching.stopping.groups import leave_groups
from matching.stopping.waiting import end_active, lapse_offers, lock_matches, stop_introductions


@transaction.atomic
def meet(ask: Ask, *, by: User) -> Ask:
    """Somebody helps: the request is met. Offers that wait for an answer lapse, and what has not begun with a volunteer does not begin.

    Raises PermissionDenied, WrongState.
    """
    ask = _close(ask, AskState.MET, "ask.met", by=by)
    lapse_offers(ask, by=by)
    stop_introductions(ask, by=by, side=Relation.COORD)
    # Met by somebody else: a group in which they have not said yes goes on without them.
    leave_groups(by=by, ask=ask, said_yes_at=None)
    return ask


@transaction.atomic
def withdraw(ask: Ask, *, by: User) -> Ask:
    """The person does not want it any more; no reason owed. What was offered or begun with volunteers stops.

    Referrals of it stay: `casework.withdrawing.withdraw_with_referrals` ends them in the same step. Raises PermissionDenied, WrongState.
    """
    ask = _close(ask, AskState.WITHDRAWN, "ask.withdrawn", by=by)
    lapse_offers(ask, by=by)
    stop_introductions(ask, by=by)
    end_active(ask, by=by)
    leave_groups(by=by, ask=ask)
    return ask


@transaction.atomic
def record_unmet(ask: Ask, *, by: User, emptied_by: str, nearest_miss: str = "") -> UnmetNeed:
    """Nobody could help: counted with need, area and what emptied the list, for an adult or a carer.

    emptied_by: a code of `UnmetNeed.EmptiedBy`; nearest_miss: the code that kept most volunteers out, if one did.
    Raises PermissionDenied, ValidationError; WrongState also where a volunteer is on it or a referral of it is open, and for personal care for which no list of
    registered providers was kept.
    """
    ask = locked(ask)
    _require_move(ask, AskState.UNMET, by)
    if emptied_by not in UnmetNeed.EmptiedBy.values:
        raise ValidationError({"emptied_by": ["Choose what emptied the list."]})
    if ask.matches.filter(state__in=MATCH_TAKEN).exists():
        raise WrongState("A volunteer is on this request: it is not unmet.")
    if under_way := ", ".join(str(row) for row in ask.referrals.filter(state__in=REFERRAL_OPEN).order_by("number")):
        raise WrongState(f"Somebody has been asked, or is about to be ({under_way}): it is not unmet until that has ended.")
    require_providers_listed(ask)
    ask = _close(ask, AskState.UNMET, "ask.unmet", by=by, codes={"emptied_by": emptied_by, "nearest_miss": nearest_miss or None})
    lapse_offers(ask, by=by)
    leave_groups(by=by, ask=ask)
    return UnmetNeed.objects.create(
        ask=ask,
        need_id=ask.need_id,
        activity=ask.activity,
        emptied_by=emptied_by,
        nearest_miss=nearest_miss,
        for_carer=ask.for_carer,
        area_set=ask.area_set,
        area_code=ask.area_code,
        area_name=ask.area_name,
        recorded_by=by,
    )


@transaction.atomic
def reopen(ask: Ask, *, by: User) -> Ask:
    """Look again for somebody who helps; that it was unmet stays counted. Raises PermissionDenied, WrongState."""
    ask = locked(ask)
    _require_move(ask, AskState.OPEN, by)
    before = ask.state
    ask.state, ask.closed_at = AskState.OPEN, None
    ask.save(update_fields=["state", "closed_at"])
    record("ask.reopened", ask, by=by, role=role_of(by), codes={"from": before, "to": ask.state})
    return ask


def _close(ask: Ask, to: AskState, kind: str, *, by: User, codes: Mapping[str, Code] | None = None) -> Ask:
    ask = locked(ask)
    _require_move(ask, to, by)
    lock_matches(ask)
    before = ask.state
    ask.state, ask.closed_at = to, clock.now()
    ask.save(update_fields=["state", "closed_at"])
    record(kind, ask, by=by, role=role_of(by), codes={"from": before, "to": to, **(codes or {})})
    return ask


def _require_move(ask: Ask, to: AskState, by: User) -> None:
    """Permission first: a stranger learns nothing about the state."""
    ASK.check(ask.state, to, acting(by, ask, {Relation.COORD: Permission.MATCH, Relation.SELF: Permission.SEND_REFERRAL}))
