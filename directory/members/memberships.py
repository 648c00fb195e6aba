"""Members of a group and their parts: a deputy named, a lead named by moderators, somebody removed, somebody who leaves."""

from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import allowed, require, role_used
from directory.accounts.roles import Permission, Role
from directory.journal.recording import record
from directory.members import mails
from directory.members.models import Invitation, LeadOffer, State
from directory.models import Membership, Organisation
from directory.states import WrongState

Part = Membership.Part
KEEPERS = frozenset({Part.LEAD, Part.DEPUTY})


def part_of(user: User, organisation: Organisation) -> Part | None:
    """The part of a user in a group who may still act for it; None for everybody else."""
    if not allowed(user, Permission.EDIT_LISTINGS):
        return None
    part = Membership.objects.filter(organisation=organisation, user=user).values_list("part", flat=True).first()
    return Part(part) if part else None


def may_keep(user: User, organisation: Organisation) -> bool:
    """May this user ask people in and remove them? The lead, the deputy, and moderators."""
    return allowed(user, Permission.MODERATE) or part_of(user, organisation) in KEEPERS


def may_lead(user: User, organisation: Organisation) -> bool:
    """May this user name a deputy? The lead, and moderators."""
    return allowed(user, Permission.MODERATE) or part_of(user, organisation) == Part.LEAD


def lock(organisation: Organisation) -> Organisation:
    """The group as it is now: who keeps it is decided by one transaction at a time."""
    return Organisation.objects.select_for_update().get(pk=organisation.pk)


@transaction.atomic
def name_deputy(membership: Membership, *, by: User) -> Membership:
    """Make a member the deputy; whoever was it becomes a member like the others. Raises PermissionDenied, WrongState."""
    fresh = _locked(membership)
    _require(may_lead(by, fresh.organisation))
    if fresh.part == Part.LEAD:
        raise WrongState("The lead cannot be the deputy as well.")
    if fresh.part != Part.DEPUTY:
        Membership.objects.filter(organisation=fresh.organisation, part=Part.DEPUTY).update(part=Part.MEMBER)
        _set_part(fresh, Part.DEPUTY, by=by, kind="organisation.deputy_named")
        mails.send_after_commit(mails.tell_part, fresh.organisation_id, fresh.user_id)
    return fresh


@transaction.atomic
def end_deputy(membership: Membership, *, by: User) -> Membership:
    """Make the deputy a member like the others; also by the deputy alone. Raises PermissionDenied."""
    fresh = _locked(membership)
    _require(may_lead(by, fresh.organisation) or (fresh.user_id == by.pk and part_of(by, fresh.organisation) is not None))
    if fresh.part == Part.DEPUTY:
        _set_part(fresh, Part.MEMBER, by=by, kind="organisation.deputy_ended")
        if fresh.user_id != by.pk:
            mails.send_after_commit(mails.tell_part, fresh.organisation_id, fresh.user_id)
    return fresh


@transaction.atomic
def name_lead(membership: Membership, *, by: User) -> Membership:
    """Make a member the lead of a group that has none, or whose lead cannot be asked. Moderators only. Raises PermissionDenied, WrongState."""
    fresh = _locked(membership)
    require(by, Permission.MODERATE)
    if not allowed(fresh.user, Permission.EDIT_LISTINGS):
        raise WrongState("Their account is closed, or keeps no listings any more.")
    if fresh.part != Part.LEAD:
        make_lead(fresh, by=by)
        mails.send_after_commit(mails.tell_part, fresh.organisation_id, fresh.user_id)
    return fresh


def make_lead(membership: Membership, *, by: User) -> None:
    """Put a member of a locked group in the lead's place; the lead before becomes a member, and open offers end."""
    organisation = membership.organisation
    Membership.objects.filter(organisation=organisation, part=Part.LEAD).update(part=Part.MEMBER)
    _end_offers(LeadOffer.objects.filter(organisation=organisation))
    _set_part(membership, Part.LEAD, by=by, kind="organisation.lead_named")


@transaction.atomic
def remove(membership: Membership, *, by: User) -> None:
    """Take the group's listings from a member at once; what they asked others to is taken back. A lead is removed by moderators only.

    Raises PermissionDenied, ValidationError (oneself: leave).
    """
    fresh = _locked(membership)
    _require(may_keep(by, fresh.organisation))
    if fresh.user_id == by.pk:
        raise ValidationError("To go yourself, leave the group.")
    if fresh.part == Part.LEAD:
        require(by, Permission.MODERATE)
    take_back_invitations(fresh.organisation_id, fresh.user_id)
    _end(fresh, by=by)
    mails.send_after_commit(mails.tell_removed, fresh.organisation_id, fresh.user_id)


@transaction.atomic
def leave(organisation: Organisation, *, by: User) -> None:
    """Give one's own part back: the group's listings are gone from one's pages at once. The last one may go, too; moderators hear of it.

    Raises PermissionDenied for who is no member.
    """
    locked = lock(organisation)
    own = Membership.objects.select_related("organisation").filter(organisation=locked, user=by).first()
    if own is None:
        raise PermissionDenied("This is not open to you.")
    _end(own, by=by)
    mails.send_after_commit(mails.tell_left, own.organisation_id, own.user_id)


def take_back_invitations(organisation_id: UUID, user_id: UUID) -> None:
    """What this user asked others to, in a locked group, works no more."""
    asked = Invitation.objects.filter(organisation=organisation_id, made_by=user_id, state=State.OPEN)
    asked.update(state=State.WITHDRAWN, ended_at=clock.now(), email="")


def _end(membership: Membership, *, by: User) -> None:
    organisation, user_id, was = membership.organisation, membership.user_id, membership.part
    offers = LeadOffer.objects.filter(organisation=organisation)
    _end_offers(offers.filter(to=user_id) | offers.filter(made_by=user_id))
    membership.delete()
    record("organisation.member_left", organisation, by=by, role=_role(by), codes={"user": user_id, "part": str(was)})
    if was == Part.LEAD or not organisation.memberships.exists():
        mails.send_after_commit(mails.tell_moderators, organisation.pk)


def _end_offers(offers: "QuerySet[LeadOffer]") -> None:
    offers.filter(state=State.OPEN).update(state=State.WITHDRAWN, ended_at=clock.now())


def _locked(membership: Membership) -> Membership:
    lock(membership.organisation)
    fresh = Membership.objects.select_related("user", "organisation").filter(pk=membership.pk).first()
    if fresh is None:
        raise WrongState("They have left the group already.")
    return fresh


def _set_part(membership: Membership, part: Part, *, by: User, kind: str) -> None:
    membership.part = part
    membership.save(update_fields=["part"])
    record(kind, membership.organisation, by=by, role=_role(by), codes={"user": membership.user_id})


def _require(fine: bool) -> None:
    if not fine:
        raise PermissionDenied("This is not open to you.")


def _role(by: User) -> str:
    return role_used(by, Permission.EDIT_LISTINGS) or role_used(by, Permission.MODERATE) or str(Role.PARTNER)
