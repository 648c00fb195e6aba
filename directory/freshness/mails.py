"""The mail of a reminder. Its subject names nobody and no listing."""

from collections.abc import Iterable

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from directory.freshness import checked_words
from directory.freshness.dead_links import words_for
from directory.freshness.looked import looked_words
from directory.freshness.models import CheckToken, Reminder, WeekPress
from directory.freshness.tokens import right_path, stop_path, week_path
from directory.freshness.week_click import LINKS_HOLD
from directory.opening_words import date_words

SUBJECT = "Is what we say about you still right?"
# A mail about more listings than this would be all links: those who keep so many sign in.
MOST_WITH_WEEK = 8


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
    return (
        f"People look for help in the {settings.SITE_NAME} ({settings.BASE_URL}/), and find what is named below. We write to you because {why}.\n\n"
        "For some time nobody has told us whether it is still right. Please look. If it is, press the one button; you need no password.\n\n"
        f"{_blocks(reminder, tokens)}"
        f"{_change_words(reminder)}"
        f"{_how_long(reminder, tokens)} We ask at most once in twelve weeks.\n\n"
        f"Rather talk? Ring {settings.SITE_PHONE} ({settings.SITE_PHONE_HOURS}).\n\n"
        f"No more mails like this, please:\n{stop}\n\n{settings.SITE_NAME}\n"
    )


def _how_long(reminder: Reminder, tokens: list[CheckToken]) -> str:
    if len(tokens) <= MOST_WITH_WEEK:
        week = f" Those about this week work until {date_words(reminder.on + LINKS_HOLD)}."
    else:
        week = f" That you are full or closed this week you say in one press at {settings.BASE_URL}{reverse('partner')}."
    return f"The links work until {date_words(tokens[0].ends_on)}, each of them once.{week}"


def _blocks(reminder: Reminder, tokens: Iterable[CheckToken]) -> str:
    listed = list(tokens)
    of_links = words_for(token.service for token in listed)
    looks = looked_words(token.service_id for token in listed)
    with_week = len(listed) <= MOST_WITH_WEEK
    return "".join(
        f"{_block(reminder, token, [looks.get(token.service_id, ''), *of_links.get(token.service_id, [])], with_week)}\n"
        for token in listed
    )


def _block(reminder: Reminder, token: CheckToken, more: list[str], with_week: bool) -> str:
    service = token.service
    group = f" ({service.organisation.name})" if service.organisation.name != service.name else ""
    lines = [f"{service.name}{group}", f"{checked_words(service)}.", *more, f"Still right: {settings.BASE_URL}{right_path(token.pk)}"]
    if reminder.to_member:
        lines.append(f"Needs a change: {settings.BASE_URL}{reverse('partner-service', args=[service.pk])}")
    if with_week:
        lines += [f"{WeekPress.Does(does).label.capitalize()}: {settings.BASE_URL}{week_path(token.pk, does)}" for does in WeekPress.Does]
    return "\n".join(filter(None, lines)) + "\n"


def _change_words(reminder: Reminder) -> str:
    if reminder.to_member:
        return "For a change you sign in as always.\n\n"
    return "Does something need a change? Answer this mail, or ring us: we change it for you.\n\n"
