"""Asking somebody by mail to keep a group's listings too, and what they answer."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet

from directory import clock
from directory.accounts.entering import may_enter_by_code
from directory.accounts.granting import grant
from directory.accounts.models import User
from directory.accounts.names import clean_name
from directory.accounts.policy import POLICY, allowed, role_used, roles_of
from directory.accounts.roles import Permission, Role
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.members import mails
from directory.members.memberships import Part, lock, may_keep
from directory.members.models import Invitation, State
from directory.models import Membership, Organisation
from directory.personal.lookup import email_token
from directory.states import WrongState

LASTS = timedelta(days=14)
# At one time in a group, in a day in a group, and in a day to one address.
MOST_OPEN, MOST_A_DAY, MOST_TO_ONE = 20, 10, 3
KEPT = timedelta(days=30)
PIECE = 200
# Whose word an invitation is: where their account is closed, or keeps no listings any more, nobody comes in by it.
ASKING = frozenset(role for role in Role if POLICY[role].keys() & {Permission.EDIT_LISTINGS, Permission.MODERATE})


@transaction.atomic
def invite(organisation: Organisation, email: str, *, by: User, as_lead: bool = False) -> Invitation:
    """Ask the holder of an address to keep the listings, too; an invitation to it that waits is replaced. as_lead: moderators only.

    Raises PermissionDenied, ValidationError ({field: [text]}).
    """
    locked = lock(organisation)
    if not may_keep(by, locked) or (as_lead and not allowed(by, Permission.MODERATE)):
        raise PermissionDenied("This is not open to you.")
    address, token = _address(email)
    _check(locked, address, token)
    now = clock.now()
    rows = Invitation.objects.filter(organisation=locked, email_token=token, state=State.OPEN)
    rows.update(state=State.WITHDRAWN, ended_at=now, email="")
    made = Invitation.objects.create(
        organisation=locked, email=address, email_token=token, as_lead=as_lead, made_by=by, made_at=now, ends_at=now + LASTS
    )
    _record("organisation.invited", made, by)
    mails.send_after_commit(mails.tell_invited, made.pk)
    return made


@transaction.atomic
def withdraw(invitation: Invitation, *, by: User) -> None:
    """Take an invitation back: its link does nothing any more. Raises PermissionDenied, WrongState."""
    lock(invitation.organisation)
    if not may_keep(by, invitation.organisation):
        raise PermissionDenied("This is not open to you.")
    _end(_open(invitation), State.WITHDRAWN)
    _record("organisation.invitation_withdrawn", invitation, by)


@transaction.atomic
def accept(invitation: Invitation, *, by: User) -> Membership:
    """Yes, by the account with the address to which it was sent; it becomes a partner's. The link does so once.

    Raises PermissionDenied, WrongState.
    """
    organisation = lock(invitation.organisation)
    if not by.is_active or by.is_service or not by.email:
        raise PermissionDenied("This is not open to you.")
    fresh = _open(invitation)
    if fresh.organisation_id != organisation.pk:
        raise WrongState("The group has just become part of another one. Open the link once more.")
    if by.email != fresh.email:
        raise PermissionDenied("This invitation belongs to another address.")
    if Role.PARTNER not in roles_of(by):
        grant(by, Role.PARTNER, by=None)
        record("account.role_given", by, by=by, codes={"role": Role.PARTNER})
    leads = fresh.as_lead and not Membership.objects.filter(organisation=organisation, part=Part.LEAD).exists()
    part = Part.LEAD if leads else Part.MEMBER
    membership, new = Membership.objects.get_or_create(organisation=organisation, user=by, defaults={"part": part})
    _end(fresh, State.TAKEN, by)
    if new:
        codes: Codes = {"user": by.pk, "part": str(membership.part), "invitation": fresh.pk}
        record("organisation.member_added", organisation, by=by, role=Role.PARTNER, codes=codes)
        mails.send_after_commit(mails.tell_joined, organisation.pk, by.pk)
    return membership


@transaction.atomic
def accept_by_code(invitation: Invitation, *, email: str, name: str) -> User:
    """Yes, by whoever showed a code that was sent to `email`; where that address has no account, one is opened with this name.

    Raises PermissionDenied (also where the account asks for its password), WrongState, ValidationError ({name: [text]}).
    """
    lock(invitation.organisation)
    if email != _open(invitation).email:
        raise PermissionDenied("This invitation belongs to another address.")
    user = User.objects.filter(email=email).first()
    if user is None:
        try:
            called = clean_name(name)
        except ValidationError as error:
            raise ValidationError({"name": error.messages}) from error
        if not called:
            raise ValidationError({"name": ["Write what the group calls you."]})
        user = User.objects.create_user(email, name=called)
        record("account.opened", user, by=user, codes={"invitation": invitation.pk})
    elif not may_enter_by_code(user):
        raise PermissionDenied("This account asks for its password.")
    accept(invitation, by=user)
    return user


@transaction.atomic
def decline(invitation: Invitation) -> None:
    """No, by whoever holds the link. Raises WrongState."""
    lock(invitation.organisation)
    _end(_open(invitation), State.DECLINED)
    record("public.invitation_declined", invitation, by=None)


def works(invitation: Invitation) -> bool:
    """Can it be answered today?"""
    by = invitation.made_by
    return invitation.state == State.OPEN and invitation.ends_at > clock.now() and by is not None and bool(roles_of(by) & ASKING)


def waiting(organisation: Organisation) -> "QuerySet[Invitation]":
    """Those of a group that can be answered today."""
    asking = User.objects.filter(is_active=True, grants__role__in=ASKING)
    return Invitation.objects.filter(organisation=organisation, state=State.OPEN, ends_at__gt=clock.now(), made_by__in=asking)


def forget_some() -> bool:
    """Delete some that ended, or ran out, KEPT ago; the daily job. True when nothing is left to do."""
    before = clock.now() - KEPT
    old = Invitation.objects.filter(ended_at__lt=before) | Invitation.objects.filter(ended_at=None, ends_at__lt=before)
    keys = list(old.values_list("pk", flat=True)[:PIECE])
    Invitation.objects.filter(pk__in=keys).delete()
    return len(keys) < PIECE


def _address(email: str) -> tuple[str, str]:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise ValidationError({"email": ["Write a whole e-mail address."]}) from error
    return address, email_token(address) or ""


def _check(organisation: Organisation, address: str, token: str) -> None:
    if Membership.objects.filter(organisation=organisation, user__email=address).exists():
        raise ValidationError({"email": ["They keep these listings already."]})
    now = clock.now()
    lately = Invitation.objects.filter(made_at__gt=now - timedelta(days=1))
    of_group = Invitation.objects.filter(organisation=organisation)
    if of_group.filter(email_token=token, state=State.DECLINED, ended_at__gt=now - LASTS).exists():
        raise ValidationError({"email": ["They said no lately. Talk to them first; in two weeks you can ask again."]})
    if lately.filter(email_token=token).count() >= MOST_TO_ONE:
        raise ValidationError({"email": ["This address was asked several times today. Wait until tomorrow."]})
    if waiting(organisation).count() >= MOST_OPEN or lately.filter(organisation=organisation).count() >= MOST_A_DAY:
        raise ValidationError({"email": ["Many invitations are on their way. Wait for answers until tomorrow, or ring us."]})


def _open(invitation: Invitation) -> Invitation:
    """The invitation as it is now, in a locked group. Raises WrongState."""
    fresh = Invitation.objects.select_related("made_by").filter(pk=invitation.pk).first()
    if fresh is None or not works(fresh):
        raise WrongState("This invitation does not work any more.")
    return fresh


def _end(invitation: Invitation, state: State, taken_by: User | None = None) -> None:
    invitation.state, invitation.ended_at, invitation.email, invitation.taken_by = state, clock.now(), "", taken_by
    invitation.save(update_fields=["state", "ended_at", "email", "taken_by"])


def _record(kind: str, invitation: Invitation, by: User) -> None:
    role = role_used(by, Permission.EDIT_LISTINGS) or role_used(by, Permission.MODERATE)
    record(kind, invitation.organisation, by=by, role=role, codes={"invitation": invitation.pk})
