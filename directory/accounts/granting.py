"""Giving and taking roles. The groups of the page editor follow the roles."""

from django.contrib.auth.models import Group
from django.db import transaction

from directory.accounts.models import RoleGrant, User
from directory.accounts.policy import require
from directory.accounts.roles import Permission, Role

# Wagtail asks Django's groups; these two are the only ones with its permissions.
ADMIN_GROUPS = {Role.EDITOR: "Editors", Role.ADMINISTRATOR: "Administrators"}


@transaction.atomic
def grant(user: User, role: Role, *, by: User | None) -> RoleGrant:
    """Give a role; nothing happens where the user has it. by=None is the installation itself (setup, demo, an invitation that was taken).

    Raises PermissionDenied.
    """
    if by is not None:
        require(by, Permission.MANAGE_ACCOUNTS)
    row, _ = RoleGrant.objects.get_or_create(user=user, role=role, defaults={"granted_by": by})
    if role in ADMIN_GROUPS:
        user.groups.add(Group.objects.get_or_create(name=ADMIN_GROUPS[role])[0])
    _forget(user)
    return row


@transaction.atomic
def revoke(user: User, role: Role, *, by: User) -> None:
    """Take a role away. Raises PermissionDenied."""
    require(by, Permission.MANAGE_ACCOUNTS)
    RoleGrant.objects.filter(user=user, role=role).delete()
    if role in ADMIN_GROUPS:
        user.groups.remove(*Group.objects.filter(name=ADMIN_GROUPS[role]))
    _forget(user)


def _forget(user: User) -> None:
    if hasattr(user, "_roles"):
        del user._roles
