"""What each step of a referral writes into its columns; the journal has the step itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError

from directory import clock
from directory.accounts.roles import Relation
from directory.states import Move
from matching.models import Referral
from matching.referring.due import due_date
from matching.states import REFERRAL_ENDED, ReferralState


def fill_columns(referral: Referral, step: Move, details: Mapping[str, Any], *, side: Relation, now: datetime) -> None:
    """Fill the columns of one step. Raises ValidationError for days that cannot be."""
    if any(attempt["at"] > now for attempt in details.get("attempts") or ()):
        raise ValidationError({"attempts": ["A try to reach the person lies behind us, not in the future."]})
    if referral.state == ReferralState.ON_HOLD and referral.hold_from is not None:
        referral.held_seconds += max(0, int((now - referral.hold_from).total_seconds()))
        referral.hold_from = referral.review_on = None
    referral.state = step.to
    referral.reason = str(details.get("reason") or "")
    referral.reason_side = side if referral.reason else ""
    if step.to == ReferralState.REQUESTED:
        _sent(referral, details, now)
    if step.to in (ReferralState.ACCEPTED, ReferralState.REJECTED):
        referral.responded_at = now
    if step.to == ReferralState.IN_PROGRESS and referral.first_contact_at is None:
        referral.first_contact_at = _not_later(details.get("first_contact_at"), now, "first_contact_at")
    if step.to == ReferralState.ON_HOLD:
        referral.hold_from, referral.review_on = now, details["review_on"]
        if referral.review_on < clock.local(now).date():
            raise ValidationError({"review_on": ["This day has passed: when shall it be looked at again?"]})
    if step.to == ReferralState.COMPLETED:
        referral.completed_at, referral.outcome = now, details["outcome"]
    if step.to in REFERRAL_ENDED:
        referral.ended_at = now


def _sent(referral: Referral, details: Mapping[str, Any], now: datetime) -> None:
    referral.sent_at = now
    referral.channel = details.get("channel") or _usual_channel(referral)
    referral.priority = details.get("priority") or referral.priority
    if referral.channel not in Referral.Channel.values:
        raise ValidationError({"channel": ["Choose how they are asked."]})
    if referral.priority not in Referral.Priority.values:
        raise ValidationError({"priority": ["Choose how soon."]})
    referral.due_at = details.get("due_at") or due_date(referral.priority, now)
    if referral.due_at <= now:
        raise ValidationError({"due_at": ["This has passed: by when shall they answer?"]})


def _usual_channel(referral: Referral) -> str:
    """Through the store where somebody there can sign in, otherwise somebody rings."""
    if referral.service is None or referral.service.organisation.memberships.exists():
        return Referral.Channel.STORE
    return Referral.Channel.PHONE


def _not_later(moment: datetime | None, now: datetime, field: str) -> datetime:
    if moment is not None and moment > now:
        raise ValidationError({field: ["This lies in the future."]})
    return moment or now
