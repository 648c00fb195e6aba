"""Mails to volunteers about themselves, sent by background tasks after the commit. Subjects name nobody."""

from collections.abc import Callable
from functools import partial
from secrets import token_hex
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django_tasks import task

from directory.mails import post
from matching.models import Volunteer


def send_after_commit(mail: str, volunteer_id: UUID) -> None:
    """Send one of the mails below when the transaction is through; a background task does the sending."""
    transaction.on_commit(partial(_send.enqueue, mail, str(volunteer_id)))


@task()
def _send(mail: str, volunteer_id: str) -> int:
    return _MAILS[mail](UUID(volunteer_id))


def tell_let_in(volunteer_id: UUID) -> int:
    """How to sign in: with a code, no password. Returns how many mails went out."""
    row = Volunteer.objects.select_related("user").filter(pk=volunteer_id).first()
    if row is None or row.user is None or not row.user.is_active:
        return 0
    body = (
        "Thank you for wanting to help. You have a page of your own now: what you are asked, whom you help, and when you can.\n\n"
        f"Sign in with this e-mail address; we send you 6 digits, and you need no password:\n"
        f"{settings.BASE_URL}{reverse('login')}?next={reverse('volunteer')}\n\n"
        f"Rather talk? Ring {settings.SITE_PHONE} ({settings.SITE_PHONE_HOURS}).\n"
    )
    return post(row.user.email, "Your page as a volunteer", body, f"let-in-{row.pk}-{token_hex(4)}")


_MAILS: dict[str, Callable[[UUID], int]] = {"tell_let_in": tell_let_in}
