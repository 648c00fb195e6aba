"""The installation itself as a user: imports, the demo and timers act under this account, so that every change has somebody who made it."""

from django.db import transaction

from directory.accounts.granting import grant
from directory.accounts.models import User
from directory.accounts.roles import Role

SYSTEM_EMAIL = "system@localhost"


@transaction.atomic
def system_user() -> User:
    """The account of the installation; made when first asked for. It has no password, so nobody signs in with it."""
    user = User.objects.filter(email=SYSTEM_EMAIL).first()
    if user is None:
        user = User.objects.create_user(SYSTEM_EMAIL, name="Care Store", is_service=True)
        grant(user, Role.EDITOR, by=None)
    return user


def is_system(user: User) -> bool:
    """Is this the installation itself?"""
    return user.is_service and user.email == SYSTEM_EMAIL
