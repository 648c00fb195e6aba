"""Accounts: invited, given and taken roles, closed and opened; API keys of programs. Each step stands in the journal."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from directory.accounts.granting import grant, revoke
from directory.accounts.models import ServiceKey, User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission, Role
from directory.journal.recording import record
from directory.members.memberships import take_back_invitations
from directory.models import Membership, Organisation
from directory.organisations import refuse_merged


@transaction.atomic
def open_account(*, by: User, email: str, name: str, roles: Iterable[str] = (), is_service: bool = False) -> User:
    """A new account without a password: its owner chooses one by the link in the mail. Raises PermissionDenied, ValidationError."""
    require(by, Permission.MANAGE_ACCOUNTS)
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise ValidationError({"email": ["Write a whole e-mail address."]}) from error
    if User.objects.filter(email=address).exists():
        raise ValidationError({"email": ["This address has an account already."]})
    if not name.strip():
        raise ValidationError({"name": ["Write what they are called."]})
    user = User.objects.create_user(address, name=name.strip(), is_service=is_service)
    _record("account.opened", user, by, {"service": is_service})
    set_roles(user, roles, by=by)
    return user


@transaction.atomic
def set_roles(user: User, roles: Iterable[str], *, by: User) -> User:
    """Exactly these roles. Nobody takes the administrator's role from themselves, so that one is always left.

    Raises PermissionDenied, ValidationError.
    """
    require(by, Permission.MANAGE_ACCOUNTS)
    unknown = [role for role in roles if role not in Role.values]
    if unknown:
        raise ValidationError({"roles": ["Choose from the list."]})
    wanted, held = {Role(role) for role in roles}, {Role(role) for role in user.grants.values_list("role", flat=True)}
    if user.pk == by.pk and Role.ADMINISTRATOR in held - wanted:
        raise ValidationError({"roles": ["You cannot take this role from yourself: ask another administrator."]})
    for role in sorted(wanted - held):
        grant(user, role, by=by)
        _record("account.role_given", user, by, {"role": role})
    for role in sorted(held - wanted):
        revoke(user, role, by=by)
        _record("account.role_taken", user, by, {"role": role})
    return user


@transaction.atomic
def set_active(user: User, active: bool, *, by: User) -> User:
    """Close an account, or open it again. Sessions and keys of a closed one end at once. Raises PermissionDenied, ValidationError."""
    require(by, Permission.MANAGE_ACCOUNTS)
    if user.pk == by.pk:
        raise ValidationError({"active": ["You cannot close your own account."]})
    if user.is_active != active:
        user.is_active = active
        user.save(update_fields=["is_active"])
        _record("account.reopened" if active else "account.closed", user, by, {})
    return user


@transaction.atomic
def set_groups(user: User, organisations: Iterable[Organisation], *, by: User) -> User:
    """The groups whose listings this account keeps; parts of those it keeps already stay. Raises PermissionDenied, ValidationError."""
    require(by, Permission.MANAGE_ACCOUNTS)
    wanted = {organisation.pk: organisation for organisation in organisations}
    held = {membership.organisation_id: membership for membership in user.memberships.all()}
    for key in wanted.keys() - held.keys():
        refuse_merged(wanted[key], "groups")
        Membership.objects.create(organisation=wanted[key], user=user)
        record("organisation.member_added", wanted[key], by=by, role=_role(by), codes={"user": user.pk})
    for key in held.keys() - wanted.keys():
        take_back_invitations(key, user.pk)
        held[key].delete()
        record("organisation.member_left", ("directory.organisation", key), by=by, role=_role(by), codes={"user": user.pk})
    return user


@transaction.atomic
def make_key(account: User, *, by: User) -> str:
    """A new API key of a program's account; it is shown once, only its hash is kept. Raises PermissionDenied, ValidationError."""
    require(by, Permission.MANAGE_ACCOUNTS)
    if not account.is_service:
        raise ValidationError({"key": ["Only a program's account has keys."]})
    key = ServiceKey.objects.create_key(name=f"{account.email} {account.keys.count() + 1}"[:50], user=account)[1]
    _record("account.key_made", account, by, {})
    return key


@transaction.atomic
def revoke_keys(account: User, *, by: User) -> int:
    """End every key of a program's account; how many there were. Raises PermissionDenied."""
    require(by, Permission.MANAGE_ACCOUNTS)
    ended = ServiceKey.objects.filter(user=account, revoked=False).update(revoked=True)
    if ended:
        _record("account.keys_revoked", account, by, {"keys": ended})
    return ended


def _role(by: User) -> str:
    return role_used(by, Permission.MANAGE_ACCOUNTS)


def _record(kind: str, user: User, by: User, codes: dict[str, str | bool | int]) -> None:
    record(kind, user, by=by, role=_role(by), codes=codes)
