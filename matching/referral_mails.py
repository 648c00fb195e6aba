"""Mails about referrals: that there is one, and where to look. Never who it is about."""

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse

from matching.models import Referral

logger = logging.getLogger("carestore.matching")


def tell_provider(referral: Referral) -> None:
    """Tell the partner group's users that somebody was referred to them. A mail server that is down stops nobody: the desk's list shows it too."""
    if referral.service is None or referral.channel != Referral.Channel.STORE or referral.due_at is None:
        return
    members = referral.service.organisation.memberships.filter(user__is_active=True).select_related("user")
    to = [member.user.email for member in members]
    link = settings.BASE_URL + reverse("partner-referral", args=[referral.pk])
    text = (
        f"Somebody has been referred to {referral.service.name} through {settings.SITE_NAME}.\n\n"
        f"Sign in to read it and to answer by {referral.due_at:%A %-d %B}:\n{link}\n\n"
        f"Rather talk? Ring {settings.SITE_PHONE} ({settings.SITE_PHONE_HOURS}).\n"
    )
    for address in to:
        try:
            send_mail(f"A referral to answer: number {referral.number}", text, None, [address])
        except OSError as error:
            logger.warning("mail.failed kind=referral error=%s", type(error).__name__)
