"""The journal row of a step: codes and ids, never a word of anybody."""

from collections.abc import Mapping
from typing import Any

from directory.accounts.models import User
from directory.accounts.policy import role_used
from directory.accounts.roles import Permission, Relation
from directory.journal.recording import record
from matching.models import Referral
from matching.referring.sides import ANSWERING, speaks_for_provider
from matching.states import ReferralState


def write_step(referral: Referral, came_from: str, *, by: User, side: Relation, details: Mapping[str, Any]) -> None:
    """Write the step that was just taken. came_from: the state before; empty for a new one."""
    codes: dict[str, Any] = {
        "from": came_from or None,
        "to": referral.state,
        "reason": details.get("reason") or None,
        "outcome": details.get("outcome") or None,
        "channel": referral.channel or None if referral.state == ReferralState.REQUESTED else details.get("channel") or None,
        "on_behalf_of": side in ANSWERING and speaks_for_provider(referral, {side}),
        "service": referral.service_id,
        "ask": referral.ask_id,
        "follows": None if came_from else referral.follows_id,
        "review_on": details.get("review_on"),
    }
    permission = Permission.ANSWER_REFERRALS if side in ANSWERING else Permission.SEND_REFERRAL
    role = role_used(by, permission) or role_used(by, Permission.PREPARE_REFERRAL)
    known = {key: value for key, value in codes.items() if value is not None}
    record("referral.moved" if came_from else "referral.prepared", referral, by=by, role=side, codes={**known, "by_role": role or None})
