"""Reminders: an address gets one mail for all its listings that are due, and no other for a term.

A mail is noted before it is sent, and the note is taken back only where the mail server said that it did not take it. So a crash in the
middle may lose a mail, and never sends one twice.
"""

import logging
from datetime import timedelta

from django.db import IntegrityError, transaction

from directory import clock
from directory.freshness.due import due
from directory.freshness.mails import send_reminder
from directory.freshness.models import CheckToken, Reminder
from directory.freshness.reached import Addressee, addressees, with_address
from directory.journal.recording import record
from directory.mail_faults import for_good

log = logging.getLogger("carestore.mail")

TERM = timedelta(weeks=12)
LINKS_HOLD = timedelta(days=30)
KEPT = timedelta(days=400)
# Mails in one piece, mails in a day (a mail server takes a flood for one that was broken into), listings in a mail.
PIECE = 20
A_DAY = 300
MOST_NAMED = 40


def remind_some() -> bool:
    """Send a few of the reminders that are due; the daily job. True when all are out for today. Raises OSError when no mail can be sent now."""
    left = A_DAY - Reminder.objects.filter(on=clock.today()).count()
    waiting = _waiting()[: max(0, min(PIECE, left))]
    for addressee in waiting:
        remind(addressee)
    return not waiting


def _waiting() -> list[Addressee]:
    """Whom to write to today: whoever has listings that are due and had no mail for a term, as a member or as an address."""
    rested = Reminder.objects.filter(on__gt=clock.today() - TERM)
    tokens, users = set(), set()
    for token, user in rested.values_list("email_token", "user_id"):
        tokens.add(token)
        users.add(user)
    listings = with_address(due()).order_by("id").values_list("id", "organisation_id", "address")
    return [each for each in addressees(listings) if each.token not in tokens and (each.user is None or each.user not in users)]


def remind(addressee: Addressee) -> Reminder | None:
    """Write to one address. None where somebody else was quicker, or nothing of it is due any more.

    Raises OSError when no mail can be sent now: then it is as if nothing had been written.
    """
    reminder = _note(addressee)
    if reminder is None:
        return None
    try:
        send_reminder(reminder, addressee.email)
    except (OSError, ValueError) as error:
        if not for_good(error):
            _take_back(reminder)
            raise
        log.warning("mail.refused name=reminder-%s error=%s", reminder.pk, type(error).__name__)
        Reminder.objects.filter(pk=reminder.pk).update(refused=True)
    return reminder


def _note(addressee: Addressee) -> Reminder | None:
    """The note that a mail is on its way, with a link for each listing."""
    today = clock.today()
    try:
        with transaction.atomic():
            if Reminder.objects.filter(email_token=addressee.token, on__gt=today - TERM).exists():
                return None
            services = list(due().filter(pk__in=addressee.services).order_by("organisation__name", "name", "id")[:MOST_NAMED])
            if not services:
                return None
            reminder = Reminder.objects.create(
                user_id=addressee.user, to_member=addressee.user is not None, email_token=addressee.token, on=today
            )
            CheckToken.objects.bulk_create(
                CheckToken(reminder=reminder, service=service, ends_on=today + LINKS_HOLD) for service in services
            )
            record("system.reminder_sent", reminder, by=None, codes={"n": len(services)})
            return reminder
    except IntegrityError:
        return None


@transaction.atomic
def _take_back(reminder: Reminder) -> None:
    name = (reminder._meta.label_lower, reminder.pk)
    reminder.delete()
    record("system.reminder_not_sent", name, by=None)


def forget_some() -> bool:
    """Forget what is too old to say anything; the daily job. True when nothing is left to do."""
    old = list(Reminder.objects.filter(on__lt=clock.today() - KEPT).values_list("pk", flat=True)[:200])
    Reminder.objects.filter(pk__in=old).delete()
    return not old
