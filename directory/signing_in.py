"""Codes sent by mail: asked for, made and sent by the worker, and used once. An unknown address is treated like a known one up to the mail."""

import secrets
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django_tasks import task

from directory import clock
from directory.accounts.entering import may_enter, may_enter_by_code
from directory.accounts.models import MailCode, User
from directory.mails import post
from directory.personal.lookup import email_token

DIGITS = 6
LASTS = timedelta(minutes=15)
TRIES = 5
# For one address. Somebody who guesses at it for a year on end has one chance in a hundred.
AN_HOUR = 5
A_DAY = 10
TRIES_A_DAY = 20
KEPT = timedelta(days=2)
PIECE = 500
SALT = "directory.signing_in"


class TooOften(Exception):
    """So many codes were asked for at this address, or tried, that there is a pause; `seconds` says how long at the most."""

    def __init__(self, seconds: int) -> None:
        super().__init__(str(seconds))
        self.seconds = seconds


class WrongCode(Exception):
    """Not the code, not any more, or never one: nothing tells which."""


def ask_code(email: str, *, purpose: MailCode.Purpose = MailCode.Purpose.SIGN_IN) -> MailCode:
    """Ask for a code at this address; it is the only one that counts from now on. The mail goes out by the worker.

    Raises TooOften, ValueError for what is no address.
    """
    token = email_token(email)
    if token is None:
        raise ValueError("A code goes to an e-mail address.")
    now = clock.now()
    with transaction.atomic():
        _pause(token)
        MailCode.objects.filter(email_token=token, purpose=purpose, ends_at__gt=now).update(ends_at=now)
        row = MailCode.objects.create(purpose=purpose, email=email.strip().lower(), email_token=token, asked_at=now, ends_at=now + LASTS)
        transaction.on_commit(partial(_send.enqueue, str(row.pk)))
    return row


def use_code(ask: UUID, code: str, *, purpose: MailCode.Purpose = MailCode.Purpose.SIGN_IN) -> str:
    """The address to which this code was sent; it works once. Every try counts, and is kept even if the caller's page fails.

    Raises WrongCode.
    """
    with transaction.atomic():
        row = MailCode.objects.select_for_update().filter(pk=ask, purpose=purpose).first()
        right = row is not None and _try(row, "".join(code.split()))
    if row is None or not right:
        raise WrongCode
    return row.email


def account_of(email: str) -> User | None:
    """The account that a code sent to this address opens; None where there is none, or a password is asked of it."""
    user = User.objects.filter(email=email).first()
    return user if user is not None and may_enter_by_code(user) else None


@task()
def _send(ask_id: str) -> int:
    return mail_code(ask_id)


def mail_code(ask_id: str) -> int:
    """Make the code and send it, to an account that one opens; to one that wants its password, a mail that says so. How many went out.

    An invitation's code also goes to an address without an account. Sent again, it is another code: only its hash is known.
    """
    row = MailCode.objects.filter(pk=UUID(ask_id), used_at=None, ends_at__gt=clock.now()).first()
    if row is None:
        return 0
    user = User.objects.filter(email=row.email).first()
    if user is None and row.purpose != MailCode.Purpose.INVITATION:
        return 0
    if user is not None and not may_enter_by_code(user):
        return _mail(row, "How to sign in", _password_words()) if may_enter(user) and not user.is_service else 0
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    MailCode.objects.filter(pk=row.pk).update(code_hash=_hash(row.pk, code))
    return _mail(row, "Your code", _code_words(row, code))


def forget_some() -> bool:
    """Delete some codes that ended long ago, addresses and all; the daily job. True when nothing is left to do."""
    keys = list(MailCode.objects.filter(asked_at__lt=clock.now() - KEPT).values_list("pk", flat=True)[:PIECE])
    MailCode.objects.filter(pk__in=keys).delete()
    return len(keys) < PIECE


def _try(row: MailCode, code: str) -> bool:
    now = clock.now()
    # Two that were asked for at the same moment do not see each other end.
    newer = MailCode.objects.filter(email_token=row.email_token, purpose=row.purpose, asked_at__gt=row.asked_at).exists()
    if newer or row.used_at is not None or row.ends_at <= now or row.tries >= TRIES:
        return False
    row.tries += 1
    right = constant_time_compare(row.code_hash, _hash(row.pk, code))
    if right:
        row.used_at = now
    row.save(update_fields=["tries", "used_at"])
    return right


def _pause(token: str) -> None:
    """Raises TooOften. Counted in rows, which nobody can push out as they can a cache's."""
    now = clock.now()
    hour, day = timedelta(hours=1), timedelta(days=1)
    counts = MailCode.objects.filter(email_token=token, asked_at__gt=now - day).aggregate(
        day=Count("pk"), hour=Count("pk", filter=Q(asked_at__gt=now - hour)), tries=Sum("tries")
    )
    if counts["day"] >= A_DAY or (counts["tries"] or 0) >= TRIES_A_DAY:
        raise TooOften(int(day.total_seconds()))
    if counts["hour"] >= AN_HOUR:
        raise TooOften(int(hour.total_seconds()))


def _hash(ask: UUID, code: str) -> str:
    return salted_hmac(SALT, f"{ask.hex} {code}", algorithm="sha256").hexdigest()


def _mail(row: MailCode, subject: str, body: str) -> int:
    # A name of its own each time: a second code under the first one's would not be shown.
    return post(row.email, subject, body, f"code-{row.pk}-{secrets.token_hex(4)}")


def _code_words(row: MailCode, code: str) -> str:
    until = clock.local(row.ends_at)
    return (
        f"Your code is {code}\n\nType it on the page where you asked for it. It works once, until {until:%H:%M}.\n\n"
        "Tell it to nobody: we never ask for it, on the telephone or in a mail. If you did not ask for a code, you need do nothing.\n\n"
        f"Rather talk? Ring {settings.SITE_PHONE} ({settings.SITE_PHONE_HOURS}).\n"
    )


def _password_words() -> str:
    return (
        "Somebody asked for a code to sign in with this address. Your account shows more than a code may open, so it takes your password:\n"
        f"{settings.BASE_URL}{reverse('login')}\n\nForgotten it?\n{settings.BASE_URL}{reverse('password-forgotten')}\n\n"
        "If it was not you, you need do nothing.\n"
    )
