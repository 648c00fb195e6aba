"""What all steps of a request share: holding it, and by which role its journal names the one who acts."""

from directory.accounts.models import User
from directory.accounts.policy import role_used
from directory.accounts.roles import Permission
from matching.models import Ask


def locked(ask: Ask) -> Ask:
    """The request as it is now, held until the end of the transaction."""
    return Ask.objects.select_for_update(of=("self",)).select_related("person", "need").get(pk=ask.pk)


def role_of(by: User) -> str:
    """The role by which somebody keeps, prepares or sends."""
    return role_used(by, Permission.KEEP_RECORDS) or role_used(by, Permission.PREPARE_REFERRAL) or role_used(by, Permission.SEND_REFERRAL)
