"""Who answers for a thing that waits: taken by a moderator, or handed over."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import allowed, require, role_used
from directory.accounts.roles import Permission
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.states import WrongState
from directory.waiting import kinds
from directory.waiting.models import InHand


@transaction.atomic
def take(kind: str, key: UUID, *, by: User, to: User | None = None) -> None:
    """Answer for a thing of a kind, or hand it over to another moderator.

    Raises PermissionDenied, WrongState (it does not wait), ValidationError (`to` is no moderator), LookupError for a kind that is not there.
    """
    require(by, Permission.MODERATE)
    who = to or by
    if not allowed(who, Permission.MODERATE):
        raise ValidationError({"to": ["Choose a moderator."]})
    found = kinds.find(kind)
    if found is None:
        raise LookupError(kind)
    if not found.waiting().filter(pk=key).exists():
        raise WrongState("This is settled already.")
    if found.take is not None:
        found.take(key, by, who)
        return
    row, _ = InHand.objects.update_or_create(kind=kind, key=key, defaults={"moderator": who, "since": clock.now()})
    codes: Codes = {"kind": kind, "of": key, "moderator": who.pk}
    record("moderation.taken", row, by=by, role=role_used(by, Permission.MODERATE), codes=codes)


def holder(kind: str, key: UUID) -> User | None:
    """Who answers for it, of a kind that keeps that in InHand."""
    row = InHand.objects.select_related("moderator").filter(kind=kind, key=key).first()
    return row.moderator if row else None
