"""Who may come in at all, by password, code, session or key: an open account, and one of the demonstration only inside it."""

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend, ModelBackend

from directory.accounts.models import User
from directory.accounts.policy import roles_of
from directory.accounts.roles import Role

DEMO_DOMAIN = "@demo.example"

# A code proves a mailbox and six digits can be guessed, so it opens nothing that shows everybody's records, or changes the store itself.
OPENED_BY_CODE = frozenset({Role.PERSON, Role.FAMILY, Role.VOLUNTEER, Role.PARTNER})

BY_CODE = "directory.accounts.entering.ByCode"


def may_enter(user: Any) -> bool:
    """Everybody knows the demonstration's password, so its accounts are shut wherever DEMO is off, sessions and keys included."""
    return bool(user.is_active and (settings.DEMO or not user.email.lower().endswith(DEMO_DOMAIN)))


def may_enter_by_code(user: Any) -> bool:
    """Is every role of this account one that a code from a mail may open? One staff role more, and it takes the password."""
    return may_enter(user) and not user.is_service and roles_of(user) <= OPENED_BY_CODE


class Accounts(ModelBackend):
    """Django asks this at each log-in, and again for the session of every request."""

    def user_can_authenticate(self, user: Any) -> bool:
        return may_enter(user)


class ByCode(BaseBackend):
    """The sessions that a code began: each request asks again, so that one ends with the first role that wants a password."""

    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.filter(pk=user_id).first()
        return user if user is not None and may_enter_by_code(user) else None
