"""Who may come in at all, by password, session or key: an open account, and one of the demonstration only inside it."""

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend

DEMO_DOMAIN = "@demo.example"


def may_enter(user: Any) -> bool:
    """Everybody knows the demonstration's password, so its accounts are shut wherever DEMO is off, sessions and keys included."""
    return bool(user.is_active and (settings.DEMO or not user.email.lower().endswith(DEMO_DOMAIN)))


class Accounts(ModelBackend):
    """Django asks this at each log-in, and again for the session of every request."""

    def user_can_authenticate(self, user: Any) -> bool:
        return may_enter(user)
