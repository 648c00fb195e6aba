"""Saying by the link of a mail, without a log-in, that a listing is still right."""

from enum import StrEnum

from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import allowed
from directory.accounts.roles import Permission
from directory.accounts.system import system_user
from directory.freshness.models import CheckToken, Reminder, WantsNoMail
from directory.freshness.reached import is_still_theirs
from directory.journal.recording import record
from directory.listings import mark_checked
from directory.models import Service


class Standing(StrEnum):
    """What a link can do today."""

    OPEN = "open"
    # Used before; or somebody of the group has said so meanwhile by another way.
    DONE = "done"
    # Its days are over, its holder does not keep the listing any more, or visitors do not see the listing any more.
    OVER = "over"


class NotNow(Exception):
    """This link does nothing (any more); `standing` says why."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(str(standing))
        self.standing = standing


class ChangedMeanwhile(Exception):
    """The listing is not what was looked at."""


def standing(token: CheckToken) -> Standing:
    """What this link can do today."""
    service = token.service
    if token.used_at is not None:
        return Standing.DONE
    if token.ends_on < clock.today() or not service.is_public or not may_speak(token):
        return Standing.OVER
    if service.checked_at is not None and service.checked_at >= token.reminder.on and service.checked_how != Service.CheckedHow.IMPORT:
        return Standing.DONE
    return Standing.OPEN


@transaction.atomic
def say_right(token: CheckToken, *, version: int) -> Service:
    """The holder of the link says that the listing, as it stood in this version, is right. A link does so once.

    Raises NotNow, ChangedMeanwhile.
    """
    fresh = CheckToken.objects.select_for_update(of=("self",)).select_related("service", "reminder").get(pk=token.pk)
    how = standing(fresh)
    if how != Standing.OPEN:
        raise NotNow(how)
    if fresh.service.version != version:
        raise ChangedMeanwhile
    fresh.used_at = clock.now()
    fresh.save(update_fields=["used_at"])
    return mark_checked(fresh.service, by=speaker(fresh), how=Service.CheckedHow.LINK)


@transaction.atomic
def want_no_mail(reminder: Reminder) -> None:
    """The address of this reminder gets no other. Saying it twice changes nothing."""
    row, new = WantsNoMail.objects.get_or_create(email_token=reminder.email_token)
    if new:
        record("public.reminders_stopped", row, by=None)


def may_speak(token: CheckToken) -> bool:
    """Does the holder still keep the listing: as a member, or by the address in it?"""
    reminder, user = token.reminder, token.reminder.user
    if reminder.to_member:
        return user is not None and user.is_active and allowed(user, Permission.EDIT_LISTINGS, token.service)
    return is_still_theirs(reminder.email_token, token.service_id)


def speaker(token: CheckToken) -> User:
    """Under whose name the word is written down: the member's; of an address in a listing, the installation's."""
    user = token.reminder.user
    return user if token.reminder.to_member and user is not None else system_user()
