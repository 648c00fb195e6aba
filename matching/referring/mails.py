"""Mails about referrals: that there is one, and where to look. Never who it is about. They follow the journal by a bookmark of their own."""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from directory.journal.following import register_follower
from directory.journal.models import Event
from matching.models import Referral
from matching.states import ReferralState


def register() -> None:
    """Follow the journal one event at a time, so that a mail server that fails keeps its place; called once when the apps are ready."""
    register_follower("referral_mails", tell_providers, batch=1)


def tell_providers(events: Sequence[Event]) -> None:
    """Tell the groups to which somebody was referred, as long as they have not answered.

    Raises OSError when the mail server does not take a mail: the bookmark stays, and the mail goes out when it is back. After a crash one
    may go twice, with the same Message-ID.
    """
    for event in events:
        if event.kind == "referral.moved" and event.codes.get("to") == ReferralState.REQUESTED:
            referral = (
                Referral.objects.filter(pk=event.object_id, state=ReferralState.REQUESTED).select_related("service__organisation").first()
            )
            if referral is not None:
                _tell(referral, event.seq)


def _tell(referral: Referral, seq: int) -> None:
    if referral.service is None or referral.channel != Referral.Channel.STORE or referral.due_at is None:
        return
    members = referral.service.organisation.memberships.filter(user__is_active=True).select_related("user")
    link = settings.BASE_URL + reverse("partner-referral", args=[referral.pk])
    text = (
        f"Somebody has been referred to {referral.service.name} through {settings.SITE_NAME}.\n\n"
        f"Sign in to read it and to answer by {referral.due_at:%A %-d %B}:\n{link}\n\n"
        f"Rather talk? Ring {settings.SITE_PHONE} ({settings.SITE_PHONE_HOURS}).\n"
    )
    subject = f"A referral to answer: number {referral.number}"
    for member in members:
        headers = {"Message-ID": f"<referral-{seq}-{member.pk}@{settings.BASE_HOST}>"}
        EmailMessage(subject, text, None, [member.user.email], headers=headers).send()
