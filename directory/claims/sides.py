"""How somebody stands to a claim, and the one place where a claim changes its state."""

from typing import Any

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import allowed, role_used
from directory.accounts.roles import Permission, Relation
from directory.accounts.system import is_system
from directory.claims.models import Claim
from directory.claims.states import CLAIM, CLAIM_ENDED, CLAIM_PUT, ClaimState
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.states import NEW


def sides(by: User, claim: Claim) -> frozenset[Relation]:
    """RAISER for whoever made it, MODERATOR for moderators who did not: nobody decides on their own claim."""
    if by.pk == claim.user_id:
        return frozenset({Relation.RAISER})
    if is_system(by):
        return frozenset({Relation.SYSTEM})
    return frozenset({Relation.MODERATOR}) if allowed(by, Permission.MODERATE) else frozenset()


def lock(claim: Claim) -> Claim:
    """The claim as it is now; nobody else moves it in this transaction."""
    return Claim.objects.select_for_update(of=("self",)).select_related("service__organisation", "organisation", "user").get(pk=claim.pk)


def move(claim: Claim, to: ClaimState, *, by: User, details: dict[str, Any] | None = None) -> None:
    """Move a locked or a new claim by the table. `details` are its columns that the step fills.

    Raises PermissionDenied, WrongState, ValidationError ({field: [text]}).
    """
    before, held, told = claim.state or NEW, sides(by, claim), details or {}
    CLAIM.check(before, to, held).require({"words": claim.words, **told}, held)
    for name, value in told.items():
        setattr(claim, name, value)
    claim.state, now = to, clock.now()
    if to in CLAIM_PUT:
        claim.put_at = claim.put_at or now
    if to == ClaimState.PROVED:
        claim.proved_at = now
    if to in CLAIM_ENDED:
        claim.ended_at, claim.code_digest = now, ""
    if to == ClaimState.REVOKED:
        claim.forgotten_at = None
    if to in (ClaimState.ACCEPTED, ClaimState.DECLINED, ClaimState.REVOKED):
        claim.decided_by = by
    claim.save(force_insert=before == NEW)
    codes: Codes = {"from": before or None, "to": to, "organisation": claim.organisation_id, "service": claim.service_id}
    record("claim.moved", claim, by=by, role=role_used(by, Permission.MODERATE) if Relation.MODERATOR in held else "", codes=codes)
