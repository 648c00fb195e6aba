"""Referrals: prepared, sent, answered, followed to their end. One function moves the state; every verb goes through it.

What it stands on lies in matching/referring/: preparing a draft, whose step it is, what must hold before it is sent, telling the person.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.states import WrongState
from matching.agreements import take_back, valid_agreement
from matching.models import Attempt, Referral, ReferralNote
from matching.reasons import SILENCING_REASONS, Reason
from matching.referring.due import due_date
from matching.referring.journal import write_step
from matching.referring.preparing import prepare
from matching.referring.ready import require_ready
from matching.referring.records import fill_columns
from matching.referring.sides import ANSWERING, SENDING, acting, side_of, speaks_for_provider, steps_for
from matching.referring.telling import REFERRAL_ENDED_TO_TELL, tell_person
from matching.states import REFERRAL, ReferralState, require_referral_details
from matching.stopping.waiting import lock_waiting, stop_waiting

Channel, Priority = Referral.Channel, Referral.Priority

__all__ = [
    "ANSWERING",
    "REFERRAL_ENDED_TO_TELL",
    "SENDING",
    "Moved",
    "accept",
    "cancel",
    "complete",
    "declined_by_person",
    "due_date",
    "enter_in_error",
    "fail",
    "hold",
    "move",
    "prepare",
    "reject",
    "resume",
    "send",
    "speaks_for_provider",
    "start",
    "steps_for",
    "tell_person",
]


class Moved(WrongState):
    """It stands elsewhere than the page from which the step was taken said."""

    def __init__(self, referral: Referral) -> None:
        super().__init__(f"It has been moved on meanwhile: {referral.get_state_display()}.")
        self.referral = referral


@transaction.atomic
def move(referral: Referral, to: str, *, by: User, seen: str = "", **details: Any) -> Referral:
    """Take one step of the state table, with what it needs and records; the journal row is written in the same transaction.

    seen: the state that the page showed, where the step was taken from a page. details: reason, outcome, note, review_on (date),
    attempts ([{"at": datetime, "how": channel}]), first_contact_at, channel, priority, due_at, on_behalf_of (the coordinator speaks for the
    provider), person_told ({"at", "how"}).
    Raises PermissionDenied (not for this user), WrongState (no such step), Moved, ValidationError ({field: [text]}).
    """
    silent = details.get("reason") in SILENCING_REASONS and referral.person is not None
    referral = _locked(referral, with_person=silent)
    relations = acting(referral, by)
    if not relations:
        raise PermissionDenied("This referral is not yours to move.")
    if to not in ReferralState.values:
        raise ValidationError({"to": ["This is not a state of a referral."]})
    if seen and referral.state != seen:
        raise Moved(referral)
    step = REFERRAL.check(referral.state, to, relations)
    sides = step.by & relations
    require_referral_details(step, details, sides)
    side = side_of(step.sides(sides, str(details.get("reason") or "")) or sides, relations)
    if to == ReferralState.REQUESTED:
        require_ready(referral)
    came_from = referral.state
    fill_columns(referral, step, details, side=side, now=clock.now())
    referral.save()
    _keep_words(referral, details, by=by)
    if silent:
        _fall_silent(referral, str(details["reason"]), by=by)
    write_step(referral, came_from, by=by, side=side, details=details)
    return referral


def send(referral: Referral, *, by: User, channel: str = "", priority: str = Priority.ROUTINE, due_at: datetime | None = None) -> Referral:
    """Ask the provider. The basis and the person's agreement hold, the service is active and vetted, and nothing like it is open already."""
    return move(referral, ReferralState.REQUESTED, by=by, channel=channel, priority=priority, due_at=due_at)


def declined_by_person(referral: Referral, *, by: User, reason: str) -> Referral:
    """The person said no before anything was sent; it counts as offered."""
    return move(referral, ReferralState.DECLINED_BY_PERSON, by=by, reason=reason)


def accept(referral: Referral, *, by: User, note: str = "", on_behalf_of: bool = False, channel: str = "") -> Referral:
    """The provider takes it on."""
    return move(referral, ReferralState.ACCEPTED, by=by, note=note, on_behalf_of=on_behalf_of, channel=channel)


def reject(referral: Referral, *, by: User, reason: str, note: str = "", on_behalf_of: bool = False, channel: str = "") -> Referral:
    """The provider could not take it on."""
    return move(referral, ReferralState.REJECTED, by=by, reason=reason, note=note, on_behalf_of=on_behalf_of, channel=channel)


def start(
    referral: Referral, *, by: User, first_contact_at: datetime | None = None, on_behalf_of: bool = False, channel: str = ""
) -> Referral:
    """Help has begun: the first contact happened."""
    return move(referral, ReferralState.IN_PROGRESS, by=by, first_contact_at=first_contact_at, on_behalf_of=on_behalf_of, channel=channel)


def hold(referral: Referral, *, by: User, reason: str, review_on: date, note: str = "", on_behalf_of: bool = False) -> Referral:
    """It waits, for a reason, to be looked at again on a day."""
    return move(referral, ReferralState.ON_HOLD, by=by, reason=reason, review_on=review_on, note=note, on_behalf_of=on_behalf_of)


def resume(referral: Referral, *, by: User, on_behalf_of: bool = False) -> Referral:
    """It goes on after waiting; the days held are counted apart."""
    return move(referral, ReferralState.IN_PROGRESS, by=by, on_behalf_of=on_behalf_of)


def complete(referral: Referral, *, by: User, outcome: str, note: str = "", on_behalf_of: bool = False) -> Referral:
    """It is done, and this came of it. The request stays open until it is met, withdrawn or recorded as unmet."""
    return move(referral, ReferralState.COMPLETED, by=by, outcome=outcome, note=note, on_behalf_of=on_behalf_of)


def fail(
    referral: Referral, *, by: User, reason: str, attempts: Iterable[Mapping[str, Any]] = (), note: str = "", on_behalf_of: bool = False
) -> Referral:
    """Closed, not achieved. "Could not contact" needs three attempts, each with its day."""
    return move(referral, ReferralState.FAILED, by=by, reason=reason, attempts=list(attempts), note=note, on_behalf_of=on_behalf_of)


def cancel(referral: Referral, *, by: User, reason: str, note: str = "") -> Referral:
    """Taken back, for a reason of the side that takes it back."""
    return move(referral, ReferralState.CANCELLED, by=by, reason=reason, note=note)


def enter_in_error(referral: Referral, *, by: User, text: str) -> Referral:
    """It should never have been: left out of every figure, counted once as data quality."""
    return move(referral, ReferralState.ENTERED_IN_ERROR, by=by, note=text)


def _locked(referral: Referral, *, with_person: bool) -> Referral:
    """The referral as it is now, held; with the person and all that waits for them where the step may stop it, in the order of everybody.

    Raises WrongState where the person's record became part of another one meanwhile.
    """
    before = referral.person
    if with_person and before is not None:
        lock_waiting(before)
    found = Referral.objects.select_for_update(no_key=True).get(pk=referral.pk)
    if with_person and found.person != before:
        raise WrongState("The person's record has become part of another one. Open the referral anew.")
    return found


def _keep_words(referral: Referral, details: Mapping[str, Any], *, by: User) -> None:
    if note := str(details.get("note") or "").strip():
        ReferralNote.objects.create(referral=referral, by=by, text=note)
    for attempt in details.get("attempts") or ():
        Attempt.objects.create(referral=referral, at=attempt["at"], how=attempt["how"], by=by)
    if told := details.get("person_told"):
        tell_person(referral, by=by, how=told["how"], at=told.get("at"))
        referral.refresh_from_db()


def _fall_silent(referral: Referral, reason: str, *, by: User) -> None:
    """Nothing more goes out to a person who has died, is in hospital or care, or took the agreement back."""
    person = referral.person
    if person is None:
        return
    if reason == Reason.DECEASED and not person.do_not_contact:
        person.do_not_contact = True
        person.save(update_fields=["do_not_contact"])
    if reason == Reason.AGREEMENT_WITHDRAWN:
        agreement = referral.agreement or valid_agreement(person, referral.ask)
        if agreement is not None and agreement.withdrawn_at is None:
            take_back(agreement, by=by)
    stop_waiting(person, by=by)
