"""Mails about saved searches. Subjects say nothing of what somebody looks for; nobody who has not said yes reads a typed word.

Answers to a form follow the journal by a bookmark of their own, as all mails do; news is sent by telling.py.
"""

import logging
import smtplib
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage

from directory.journal.following import register_follower
from directory.journal.models import Event
from directory.mail_faults import for_good
from directory.models import Service
from search.find import understood
from search.models import SavedSearch
from search.query import BadQuery, parse_query
from search.saved.questions import address, called
from search.saved.tokens import YES_WITHIN, end_path, yes_path

log = logging.getLogger("carestore.mail")

ASKED = "public.search_asked"
NAMED_MOST = 10


def register() -> None:
    """Follow the journal one event at a time, so that a mail server that is down keeps its place; called once when the room is ready."""
    register_follower("search_mails", answer_forms, batch=1)


def answer_forms(events: Sequence[Event]) -> None:
    """Send what a form asked for. Raises OSError when no mail can be sent now: the bookmark stays, and the mail goes out later."""
    writers = {"confirm": _confirm, "already": _already, "full": _full}
    for event in events:
        if event.kind == ASKED:
            search = SavedSearch.objects.filter(pk=event.object_id, retired_at=None).first()
            if search is not None:
                writers[str(event.codes.get("mail"))](search, event.seq)


def _confirm(search: SavedSearch, seq: int) -> None:
    if search.confirmed_at is not None:
        return
    link = settings.BASE_URL + yes_path(search.pk)
    text = (
        f"Somebody, we hope you, asked us to write to this address when something new fits: {_called(search)}.\n\n"
        f"Is that right? Then open this page within {YES_WITHIN.days} days and press the button:\n{link}\n\n"
        "If it was not you, do nothing. We then forget this address, and write no more.\n"
    )
    _send(search, "Shall we write to you when something new fits?", text, f"search-{seq}")


def _already(search: SavedSearch, seq: int) -> None:
    text = f"You asked us to write when something new fits: {_called(search)}.\n\nYou had asked this before, and it is still on. There is nothing to do.\n"
    _send(search, "You had asked this before", text, f"search-{seq}")


def _full(search: SavedSearch, seq: int) -> None:
    text = (
        "You asked us once more to write when something new fits. We keep ten searches for one address, and you have ten.\n\n"
        "End one of them first, by the link at the end of any of our mails about it. Then ask again.\n"
    )
    _send(search, "You have ten searches already", text, f"search-{seq}")


def send_news(search: SavedSearch, called_: str, services: Sequence[Service], name: str) -> None:
    """Tell what is new. Raises OSError when no mail can be sent now."""
    named = "\n".join(_item(service) for service in services[:NAMED_MOST])
    more = f"And {len(services) - NAMED_MOST} more.\n\n" if len(services) > NAMED_MOST else ""
    text = (
        f"You asked us to write when something new fits: {called_}.\n\n{named}\n{more}"
        f"All that fits today:\n{settings.BASE_URL}{address(search.question)}\n\n"
        f"Rather talk? Ring {settings.SITE_PHONE} ({settings.SITE_PHONE_HOURS}).\n"
    )
    _send(search, "Something new that may fit", text, name)


def _item(service: Service) -> str:
    group = f" ({service.organisation.name})" if service.organisation.name != service.name else ""
    return f"{service.name}{group}\n{service.summary}\n{settings.BASE_URL}{service.get_absolute_url()}\n"


def send_retired(search: SavedSearch, name: str) -> None:
    """Tell that a search has ended because its need or place is not on our lists any more. Raises OSError when no mail can be sent now."""
    text = (
        "You asked us to write when something new fits. A place or a kind of help that you named is not on our lists any more, so we cannot look for it.\n\n"
        f"We have ended this search and forgotten your address for it. You can ask again in other words:\n{settings.BASE_URL}/find/\n\n"
        f"Rather talk? Ring {settings.SITE_PHONE} ({settings.SITE_PHONE_HOURS}).\n"
    )
    _send(search, "We have ended one of your searches", text, name)


def _called(search: SavedSearch) -> str:
    try:
        return called(understood(parse_query(search.question)))
    except BadQuery:
        return "your search"


def _send(search: SavedSearch, subject: str, text: str, name: str) -> None:
    """One mail with its way out. Raises OSError where trying again may help; what a server refuses for good is logged and left."""
    end = settings.BASE_URL + end_path(search.pk)
    headers = {
        "Message-ID": f"<{name}@{settings.BASE_HOST or 'localhost'}>",
        "List-Unsubscribe": f"<{end}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
    body = f"{text}\nEnd this search and these mails:\n{end}\n\n{settings.SITE_NAME}\n"
    mail = EmailMessage(f"{settings.SITE_NAME}: {subject}", body, to=[search.email], headers=headers)
    try:
        mail.send()
    except (smtplib.SMTPException, ValueError) as error:
        if not for_good(error):
            raise
        log.warning("mail.refused name=%s error=%s", name, type(error).__name__)
