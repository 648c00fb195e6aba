"""Mails about listings, sent by background tasks after the commit. Subjects name nobody and nothing of a listing."""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django_tasks import task

from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.change_states import FIELD_UNDECIDED, FieldState
from directory.listing_fields import FIELDS
from directory.models import Change, ChangeField, Service

log = logging.getLogger("carestore.mails")

# So long one mail about a listing stands for all that its group changes.
TOLD_FOR = timedelta(days=1)
OUTCOMES = {
    FieldState.ACCEPTED: "is on the page now",
    FieldState.DECLINED: "was not taken over",
    FieldState.LIVE: "went onto the page at once",
    FieldState.UNDONE: "was taken back",
}


def send_after_commit(mail: Callable[[str], int], change: Change) -> None:
    """Send one of the mails below when the transaction is through; a background task does the sending."""
    transaction.on_commit(partial(_send.enqueue, mail.__name__, str(change.pk)))


@task()
def _send(mail: str, change_id: str) -> int:
    return {"tell_moderators": tell_moderators, "tell_proposer": tell_proposer}[mail](change_id)


def tell_moderators(change_id: str) -> int:
    """Tell the editors that something waits, if it still does and they were not told of this listing lately. Returns how many mails went out."""
    change = _change(change_id)
    if change is None or not change.fields.filter(state__in=FIELD_UNDECIDED).exists() or _told_already(change):
        return 0
    address = settings.BASE_URL + reverse("moderation-change", args=[change.pk])
    body = (
        f"A group has proposed changes to its listing.\n\nDecide field by field:\n{address}\n\n"
        f"If the group changes more of it today, no other mail comes. All that waits:\n{settings.BASE_URL}{reverse('moderation')}\n"
    )
    return sum(post(user.email, "Changes to a listing wait for you", body, f"{change.pk}.{user.pk}.proposed") for user in moderators())


def _told_already(change: Change) -> bool:
    """Does an earlier change of this listing, made within TOLD_FOR, wait still? A group sends its sections one by one."""
    lately = Change.objects.filter(service=change.service_id, made_at__lt=change.made_at, made_at__gt=change.made_at - TOLD_FOR)
    # What an import put up was told to nobody.
    waiting = lately.filter(fields__state__in=FIELD_UNDECIDED).exclude(made_by__is_service=True)
    return waiting.exists()


def moderators() -> "QuerySet[User]":
    """The editors, who decide on listings."""
    return User.objects.filter(grants__role=Role.EDITOR, is_active=True, is_service=False).order_by("email").distinct()


def tell_proposer(change_id: str) -> int:
    """Tell the member of the group who proposed a change what became of each field, with the reasons. Returns how many mails went out."""
    change = _change(change_id)
    if change is None or change.made_by is None or change.made_by.is_service:
        return 0
    if not Service.objects.for_member(change.made_by).filter(pk=change.service_id).exists():
        return 0
    lines = "\n".join(_line(field) for field in change.fields.all())
    address = settings.BASE_URL + reverse("partner-service", args=[change.service_id])
    body = f"Thank you for your changes to “{change.service.name}”.\n\n{lines}\n\nYour listing:\n{address}\n"
    return post(change.made_by.email, "Your changes have been looked at", body, f"{change.pk}.decided")


def _change(change_id: str) -> Change | None:
    return Change.objects.select_related("service", "made_by").filter(pk=UUID(change_id)).first()


def _line(field: ChangeField) -> str:
    label = FIELDS[field.name].label
    outcome = OUTCOMES.get(FieldState(field.state), "waits")
    return f"- {label}: {outcome}." + (f" Why: {field.reason}" if field.reason else "")


def post(to: str, subject: str, body: str, name: str) -> int:
    """Send one mail. `name` is its own for ever. Returns 1 where it went out, 0 where the mail server did not take it."""
    # The same Message-ID if a task runs twice, so that a mail programme shows it once.
    headers: dict[str, Any] = {"Message-ID": f"<{name}@{settings.BASE_HOST or 'localhost'}>"}
    mail = EmailMessage(f"{settings.SITE_NAME}: {subject}", f"{body}\n{settings.SITE_NAME}\n", to=[to], headers=headers)
    try:
        return mail.send()
    except (OSError, ValueError) as error:
        # A refusal carries the address, and a task that fails is written down whole.
        log.warning("mail.not_sent error=%s", type(error).__name__)
        return 0
