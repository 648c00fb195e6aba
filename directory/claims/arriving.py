"""How people without an account come to claim a listing: a link to their own address, opened by a button, makes them one."""

import secrets
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django_tasks import task

from directory import clock
from directory.accounts.entering import DEMO_DOMAIN
from directory.accounts.models import User
from directory.claims.claimable import Standing, standing
from directory.claims.models import Arrival
from directory.journal.recording import record
from directory.mails import post
from directory.models import Service

HOURS = 24


def ask_link(service: Service, email: str) -> None:
    """Mail a link to an address. Whether it has an account is found out by the worker: the page says the same, in the same time.

    Raises ValidationError ({email: [text]}).
    """
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise ValidationError({"email": ["Write a whole e-mail address, like ada@example.org."]}) from error
    arrival = Arrival.objects.create(service=service, email=address, ends_at=clock.now() + timedelta(hours=HOURS))
    transaction.on_commit(partial(_send.enqueue, str(arrival.pk)))


@task()
def _send(arrival_id: str) -> int:
    return send_link(arrival_id)


def send_link(arrival_id: str) -> int:
    """The mail: a link for an address that is new, the way to sign in for one with an account. Returns how many went out."""
    arrival = Arrival.objects.select_related("service").filter(pk=UUID(arrival_id), used_at=None).first()
    if arrival is None:
        return 0
    claim_url = settings.BASE_URL + reverse("claim", args=[arrival.service_id])
    if User.objects.filter(email=arrival.email).exists():
        way = f"You have an account here already. Sign in, and go on there:\n{claim_url}\n"
    else:
        token = secrets.token_urlsafe(24)
        Arrival.objects.filter(pk=arrival.pk).update(digest=_digest(token))
        link = settings.BASE_URL + reverse("claim-arrive", args=[token])
        way = f"Go on here; the link works once, for {HOURS} hours:\n{link}\n"
    body = (
        f"You told us that “{arrival.service.name}” is your group, and that you want to keep its page right.\n\n{way}\n"
        "Was it not you? Then do nothing, and nothing happens.\n"
    )
    return post(arrival.email, "The page of your group", body, f"{arrival.pk}.arrival")


def find(token: str) -> Arrival | None:
    """Whose link this is, while it works: not used, not over, and the listing can still be claimed."""
    row = Arrival.objects.select_related("service__organisation").filter(digest=_digest(token), used_at=None).first()
    if row is None or row.ends_at <= clock.now() or standing(row.service) not in (Standing.OPEN, Standing.KEPT):
        return None
    return row


def arrive(token: str) -> tuple[User, Service] | None:
    """Make the account of whoever holds the link, without a role and without a password. A link does so once; None where it does not."""
    try:
        with transaction.atomic():
            row = find(token)
            if row is None or not Arrival.objects.filter(pk=row.pk, used_at=None).update(used_at=clock.now()):
                return None
            # Everybody knows how to come in to the demonstration's own addresses.
            if row.email.endswith(DEMO_DOMAIN) or User.objects.filter(email=row.email).exists():
                return None
            user = User.objects.create_user(row.email)
            record("public.account_opened", user, by=None, codes={"service": row.service_id})
            return user, row.service
    except IntegrityError:
        return None


def _digest(token: str) -> str:
    return salted_hmac("directory.claims.arrival", token, algorithm="sha256").hexdigest()
