"""What moderators do with a claim: accept it, decline it, and take an accepted one away again."""

from django.core.exceptions import ValidationError
from django.db import transaction

from directory.accounts.granting import grant
from directory.accounts.models import RoleGrant, User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission, Role
from directory.claims import mails
from directory.claims.claimable import Standing, of_organisation
from directory.claims.models import Claim
from directory.claims.sides import lock, move, sides
from directory.claims.states import CLAIM, ClaimState
from directory.journal.recording import record
from directory.members import memberships
from directory.models import Membership, Organisation
from directory.organisations import add_member
from directory.states import WrongState

WHY_NOT = {
    Standing.MERGED: "This organisation has become part of another. Decline this, and say which.",
    Standing.OURS: "The co-op runs this itself: nobody else keeps it.",
    Standing.INVENTED: "This organisation is invented for the demonstration.",
}


@transaction.atomic
def accept(claim: Claim, *, by: User) -> Claim:
    """Let the claimant keep the organisation's listings, as its lead where nobody keeps them yet. Keepers and other claimants hear of it.

    Raises PermissionDenied (also for one's own claim), WrongState.
    """
    fresh = _lock(claim, by)
    CLAIM.check(fresh.state, ClaimState.ACCEPTED, sides(by, fresh))
    if not fresh.user.is_active:
        raise WrongState("Their account has been closed.")
    if (how := of_organisation(fresh.organisation)) is not None:
        raise WrongState(WHY_NOT[how])
    first = not fresh.organisation.memberships.exists()
    gave_role = _give_role(fresh, by=by)
    add_member(fresh.organisation, fresh.user, by=by, part=Membership.Part.LEAD if first else Membership.Part.MEMBER)
    move(fresh, ClaimState.ACCEPTED, by=by, details={"gave_role": gave_role})
    for mail in (mails.tell_claimant, mails.tell_keepers, mails.tell_others, mails.tell_published):
        mails.send_after_commit(mail, fresh)
    claim.refresh_from_db()
    return fresh


@transaction.atomic
def decline(claim: Claim, *, by: User, reason: str) -> Claim:
    """Leave the listing as it is, and say why; the claimant reads it. Raises PermissionDenied, WrongState, ValidationError."""
    fresh = _lock(claim, by)
    move(fresh, ClaimState.DECLINED, by=by, details={"reason": _reason(reason)})
    mails.send_after_commit(mails.tell_claimant, fresh)
    claim.refresh_from_db()
    return fresh


@transaction.atomic
def revoke(claim: Claim, *, by: User, reason: str) -> Claim:
    """Take an accepted claim away: they keep the listings no more, and what the claim made them they are no more.

    A deputy follows where they led; what they asked others to is taken back. With nobody left the listings follow their sources again, and can be claimed again.
    Raises PermissionDenied, WrongState, ValidationError (no reason).
    """
    fresh = _lock(claim, by)
    move(fresh, ClaimState.REVOKED, by=by, details={"reason": _reason(reason)})
    # Also where they went themselves before they could be removed.
    memberships.take_back_invitations(fresh.organisation_id, fresh.user_id)
    _end_membership(fresh, by=by)
    if fresh.gave_role and not fresh.user.memberships.exists():
        _take_role(fresh.user, by=by)
    mails.send_after_commit(mails.tell_claimant, fresh)
    mails.send_after_commit(mails.tell_keepers, fresh)
    claim.refresh_from_db()
    return fresh


def _lock(claim: Claim, by: User) -> Claim:
    """The organisation first: of two decisions at once, the second sees whom the first let in."""
    require(by, Permission.MODERATE)
    Organisation.objects.select_for_update().get(pk=claim.organisation_id)
    return lock(claim)


def _reason(text: str) -> str:
    words = text.replace("\0", "").strip()
    if len(words) > 1000:
        raise ValidationError({"reason": ["Please use at most 1000 letters and spaces."]})
    return words


def _give_role(claim: Claim, *, by: User) -> bool:
    """Make the claimant a partner. A moderator gives this one role, and by an accepted claim only. Was it new to them?"""
    if claim.user.grants.filter(role=Role.PARTNER).exists():
        return False
    grant(claim.user, Role.PARTNER, by=None)
    record(
        "account.role_given", claim.user, by=by, role=role_used(by, Permission.MODERATE), codes={"role": Role.PARTNER, "claim": claim.pk}
    )
    return True


def _take_role(user: User, *, by: User) -> None:
    if RoleGrant.objects.filter(user=user, role=Role.PARTNER).delete()[0]:
        record("account.role_taken", user, by=by, role=role_used(by, Permission.MODERATE), codes={"role": Role.PARTNER})


def _end_membership(claim: Claim, *, by: User) -> None:
    """As members are removed. The deputy comes first, so that the group is never without a lead."""
    members = Membership.objects.filter(organisation=claim.organisation_id).select_related("user", "organisation")
    own = members.filter(user=claim.user_id).first()
    if own is None:
        return
    deputy = members.filter(part=Membership.Part.DEPUTY).first() if own.part == Membership.Part.LEAD else None
    if deputy is not None:
        memberships.make_lead(deputy, by=by)
    memberships.remove(own, by=by)
