"""Telling what is new: once a day the worker asks every saved search again, and writes at most once a week where something fits that did not before.

A mail is noted before it is sent, and the note is taken back only where the mail server said that it did not take it. So a crash in the
middle may lose a mail, and never sends one twice.
"""

import logging
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from directory import clock
from directory.journal.recording import record
from directory.models import Service
from search.models import SavedSearch
from search.query import BadQuery
from search.results import Result
from search.saved.mails import send_news, send_retired
from search.saved.questions import called, fitting, is_retired
from search.saved.searches import erase

log = logging.getLogger("carestore.saved")

WEEK = timedelta(days=7)
# How long a need or place may be away, because a list is being loaded anew, before a search ends.
PATIENCE = timedelta(days=2)
PIECE = 20


def tell_some() -> bool:
    """Ask a few of the searches that are due; the daily job. True when all were asked today. Raises OSError when no mail can be sent now."""
    due = list(_due().values_list("pk", flat=True)[:PIECE])
    for pk in due:
        try:
            tell(pk)
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001
            # One that cannot be asked holds up no other; it comes again tomorrow.
            log.warning("search.failed search=%s error=%s", pk, type(error).__name__)
            SavedSearch.objects.filter(pk=pk).update(checked_on=clock.today())
    return not due


def _due() -> QuerySet[SavedSearch]:
    now, today = clock.now(), clock.today()
    rested = Q(mailed_at=None) | Q(mailed_at__lte=now - WEEK)
    unasked = Q(checked_on=None) | Q(checked_on__lt=today)
    return SavedSearch.objects.filter(rested, unasked, confirmed_at__isnull=False, retired_at=None)


def tell(pk: UUID) -> None:
    """Ask one search again, and write where something is new. Raises OSError when no mail can be sent now: then it is as if it had not been asked."""
    search = _due().filter(pk=pk).first()
    if search is None:
        return
    try:
        found, fits = fitting(search.question)
    except BadQuery as error:
        _cannot_be_asked(search, error)
        return
    news = _news(search, fits)
    if not news:
        SavedSearch.objects.filter(pk=pk).update(checked_on=clock.today(), unreadable_since=None)
        return
    seq = _claim(search, news)
    if seq is None:
        return
    try:
        send_news(search, called(found.query), news, f"search-news-{seq}")
    except OSError:
        _take_back(search)
        raise


def _news(search: SavedSearch, fits: list[Result]) -> list[Service]:
    """What fits, is not known yet, and is seen by visitors at this moment, in the finder's order."""
    known = set(search.known)
    new = [result.id for result in fits if result.id not in known]
    rows = {
        str(row.pk): row for row in Service.objects.public().filter(pk__in=new, status=Service.Status.ACTIVE).select_related("organisation")
    }
    return [rows[pk] for pk in new if pk in rows]


def _claim(search: SavedSearch, news: list[Service]) -> int | None:
    """Note the mail as sent. Returns the journal's number of it; None where somebody else was quicker, or the search has ended."""
    with transaction.atomic():
        row = _due().select_for_update().filter(pk=search.pk).first()
        if row is None:
            return None
        row.mailed_at, row.checked_on, row.unreadable_since = clock.now(), clock.today(), None
        row.known = [*search.known, *(str(service.pk) for service in news)]
        row.save(update_fields=["mailed_at", "checked_on", "unreadable_since", "known"])
        return record("system.search_told", row, by=None, codes={"n": len(news)}).seq


def _take_back(search: SavedSearch) -> None:
    """The mail server did not take it: everything as before."""
    with transaction.atomic():
        row = SavedSearch.objects.select_for_update().filter(pk=search.pk).first()
        if row is not None:
            row.mailed_at, row.checked_on, row.known = search.mailed_at, search.checked_on, search.known
            row.save(update_fields=["mailed_at", "checked_on", "known"])
            record("system.search_not_told", row, by=None)


def _cannot_be_asked(search: SavedSearch, error: BadQuery) -> None:
    """End it with a mail once its need or place has been away for PATIENCE; any other fault is tried again tomorrow."""
    today = clock.today()
    since = search.unreadable_since or today
    if not is_retired(error) or today - since < PATIENCE:
        kept = since if is_retired(error) else search.unreadable_since
        SavedSearch.objects.filter(pk=search.pk).update(checked_on=today, unreadable_since=kept)
        return
    with transaction.atomic():
        row = _due().select_for_update().filter(pk=search.pk).first()
        if row is None:
            return
        row.retired_at = clock.now()
        row.save(update_fields=["retired_at"])
        seq = record("system.search_retired", row, by=None, codes={"why": min(error.errors)}).seq
    try:
        send_retired(search, f"search-retired-{seq}")
    except OSError:
        SavedSearch.objects.filter(pk=search.pk).update(retired_at=None)
        raise
    erase(search.pk)
