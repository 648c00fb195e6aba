"""The mail of a reminder. Its subject names nobody and no listing."""

from collections.abc import Iterable

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from directory.freshness import checked_words
from directory.freshness.dead_links import words_for
from directory.freshness.models import CheckToken, Reminder
from directory.freshness.tokens import right_path, stop_path

SUBJECT = "Is what we say about you still right?"


def send_reminder(reminder: Reminder, email: str) -> None:
    """Ask about each listing of a reminder. Raises OSError, or ValueError for what is no address."""
    tokens = list(reminder.tokens.select_related("service__organisation"))
    host = settings.BASE_HOST or "localhost"
    stop = settings.BASE_URL + stop_path(reminder.pk)
    headers = {
        "Message-ID": f"<reminder-{reminder.pk}@{host}>",
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
    body = _words(reminder, tokens, stop)
    EmailMessage(f"{settings.SITE_NAME}: {SUBJECT}", body, to=[email], headers=headers).send()


def _words(reminder: Reminder, tokens: list[CheckToken], stop: str) -> str:
    why = "you keep its page there" if reminder.to_member else "your address stands on its page there"
    if len(tokens) > 1:
        why = "you keep their pages there" if reminder.to_member else "your address stands on their pages there"
    ends = tokens[0].ends_on
    return (
        f"People look for help in the {settings.SITE_NAME} ({settings.BASE_URL}/), and find what is named below. We write to you because {why}.\n\n"
        "For some time nobody has told us whether it is still right. Please look. If it is, press the one button; you need no password.\n\n"
        f"{_blocks(reminder, tokens)}"
        f"{_change_words(reminder)}"
        f"The links work until {ends.day} {ends:%B %Y}, each of them once. We ask at most once in twelve weeks.\n\n"
        f"Rather talk? Ring {settings.SITE_PHONE} ({settings.SITE_PHONE_HOURS}).\n\n"
        f"No more mails like this, please:\n{stop}\n\n{settings.SITE_NAME}\n"
    )


def _blocks(reminder: Reminder, tokens: Iterable[CheckToken]) -> str:
    listed = list(tokens)
    of_links = words_for(token.service for token in listed)
    return "".join(f"{_block(reminder, token, of_links.get(token.service_id, []))}\n" for token in listed)


def _block(reminder: Reminder, token: CheckToken, of_links: list[str]) -> str:
    service = token.service
    group = f" ({service.organisation.name})" if service.organisation.name != service.name else ""
    lines = [f"{service.name}{group}", f"{checked_words(service)}.", *of_links, f"Still right: {settings.BASE_URL}{right_path(token.pk)}"]
    if reminder.to_member:
        lines.append(f"Needs a change: {settings.BASE_URL}{reverse('partner-service', args=[service.pk])}")
    return "\n".join(lines) + "\n"


def _change_words(reminder: Reminder) -> str:
    if reminder.to_member:
        return "For a change you sign in as always.\n\n"
    return "Does something need a change? Answer this mail, or ring us: we change it for you.\n\n"
