"""Handing the lead of a group over: offered by the lead to another member, who says yes first."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import allowed
from directory.accounts.roles import Permission, Role
from directory.journal.recording import record
from directory.members import mails
from directory.members.memberships import Part, lock, make_lead, part_of
from directory.members.models import LeadOffer, State
from directory.models import Membership, Organisation
from directory.states import WrongState

LASTS = timedelta(days=14)


@transaction.atomic
def offer_lead(membership: Membership, *, by: User) -> LeadOffer:
    """Ask another member to lead the group; another offer that waits is taken back. Raises PermissionDenied, WrongState."""
    organisation = lock(membership.organisation)
    if part_of(by, organisation) != Part.LEAD:
        raise PermissionDenied("Only the lead hands the lead over.")
    other = Membership.objects.select_related("user").filter(pk=membership.pk).exclude(user=by).first()
    if other is None:
        raise WrongState("They are not a member of the group besides you.")
    if not allowed(other.user, Permission.EDIT_LISTINGS):
        raise WrongState("Their account is closed, or keeps no listings any more.")
    now = clock.now()
    LeadOffer.objects.filter(organisation=organisation, state=State.OPEN).update(state=State.WITHDRAWN, ended_at=now)
    offer = LeadOffer.objects.create(organisation=organisation, made_by=by, to=other.user, made_at=now, ends_at=now + LASTS)
    _record("organisation.lead_offered", offer, by)
    mails.send_after_commit(mails.tell_offered, offer.pk)
    return offer


@transaction.atomic
def accept_lead(offer: LeadOffer, *, by: User) -> Membership:
    """Yes, by whom it was offered to: from now on they lead, and the lead before is a member. Raises PermissionDenied, WrongState."""
    fresh = _open(offer, by)
    organisation = fresh.organisation
    own = Membership.objects.select_related("organisation").filter(organisation=organisation, user=by).first()
    if own is None or not Membership.objects.filter(organisation=organisation, user=fresh.made_by_id, part=Part.LEAD).exists():
        raise WrongState("The group has changed since this was offered.")
    _end(fresh, State.TAKEN)
    make_lead(own, by=by)
    mails.send_after_commit(mails.tell_offer_answered, fresh.pk)
    return own


@transaction.atomic
def decline_lead(offer: LeadOffer, *, by: User) -> None:
    """No, by whom it was offered to. Raises PermissionDenied, WrongState."""
    fresh = _open(offer, by)
    _end(fresh, State.DECLINED)
    _record("organisation.lead_declined", fresh, by)
    mails.send_after_commit(mails.tell_offer_answered, fresh.pk)


@transaction.atomic
def withdraw_lead(offer: LeadOffer, *, by: User) -> None:
    """Take an offer back, by whoever made it. Raises PermissionDenied, WrongState."""
    lock(offer.organisation)
    if offer.made_by_id != by.pk:
        raise PermissionDenied("This is not open to you.")
    fresh = _waits(offer)
    _end(fresh, State.WITHDRAWN)
    _record("organisation.lead_offer_withdrawn", fresh, by)


def waiting(organisation: Organisation) -> LeadOffer | None:
    """The offer of a group that can be answered today."""
    rows = LeadOffer.objects.select_related("to", "made_by", "organisation")
    return rows.filter(organisation=organisation, state=State.OPEN, ends_at__gt=clock.now()).first()


def _open(offer: LeadOffer, by: User) -> LeadOffer:
    organisation = lock(offer.organisation)
    if offer.to_id != by.pk or part_of(by, organisation) is None:
        raise PermissionDenied("This is not open to you.")
    return _waits(offer)


def _waits(offer: LeadOffer) -> LeadOffer:
    fresh = waiting(offer.organisation)
    if fresh is None or fresh.pk != offer.pk:
        raise WrongState("This was answered already, taken back, or waited too long.")
    return fresh


def _end(offer: LeadOffer, state: State) -> None:
    offer.state, offer.ended_at = state, clock.now()
    offer.save(update_fields=["state", "ended_at"])


def _record(kind: str, offer: LeadOffer, by: User) -> None:
    record(kind, offer.organisation, by=by, role=Role.PARTNER, codes={"user": offer.to_id, "offer": offer.pk})
