"""Saved searches: asked for with an e-mail address, turned on by a link in a mail, ended by another. Whoever asks is no user of ours.

What a visitor sees is the same whether an address is known here or not; what is to be said is said by mail, to its owner.
"""

import unicodedata
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from directory import clock, throttle
from directory.journal.recording import record
from directory.personal.lookup import email_token
from search.models import SavedSearch
from search.query import Query
from search.saved.mails import ASKED
from search.saved.questions import FITS_MOST, Params, TooWide, fitting, kept_params
from search.saved.tokens import YES_WITHIN

EACH_MOST = 10
# How many mails one address gets in how long, by what they say. "first" asks somebody for a yes who has not said one yet: it may be
# somebody else who makes us write to them.
MAILS = {
    "first": (3, timedelta(days=7)),
    "confirm": (10, timedelta(days=1)),
    "already": (1, timedelta(days=1)),
    "full": (1, timedelta(days=1)),
}
# A retired search whose mail was on its way when the worker ended: nobody knows whether it went out.
LEFT_BEHIND = timedelta(days=1)
PIECE = 200


def ask_for(query: Query, email: str) -> None:
    """Note that this address wants to hear of what is new for a question, and let the journal's follower send the mail that asks for a yes.

    What fits today counts as known. Raises BadQuery, TooWide, ValueError for what is no address; all of them before the address is looked up.
    """
    params = kept_params(query)
    found, fits = fitting(params)
    if found.total > FITS_MOST:
        raise TooWide(f"More than {FITS_MOST} services fit.")
    token = email_token(email)
    if token is None:
        raise ValueError("This is no e-mail address.")
    _note(params, [result.id for result in fits], email.strip(), token)


@transaction.atomic
def _note(params: Params, known: list[str], email: str, token: str) -> None:
    theirs = list(SavedSearch.objects.select_for_update().filter(email_token=token, retired_at=None))
    same = next((row for row in theirs if row.question == params), None)
    if same is not None and same.confirmed_at is not None:
        mail, search = "already", same
    elif same is None and len(theirs) >= EACH_MOST:
        mail, search = "full", theirs[0]
    else:
        mail, search = "confirm", same or SavedSearch(email=email, email_token=token, question=params)
    said_yes = any(row.confirmed_at is not None for row in theirs)
    if not _may_be_mailed(email, mail if said_yes or mail != "confirm" else "first"):
        return
    if mail == "confirm":
        search.asked_at, search.known = clock.now(), known
        search.save()
    record(ASKED, search, by=None, codes={"mail": mail})


def _may_be_mailed(email: str, mail: str) -> bool:
    """Whether one more mail that says this may go to this address. Nobody who asks is told."""
    most, within = MAILS[mail]
    return throttle.take(f"search-mails-{mail}", box_of(email), most=most, seconds=int(within.total_seconds()))


def box_of(email: str) -> str:
    """The box in which mail to an address ends: in small letters and without a "+tag", of which anybody can write any number."""
    name, _, host = unicodedata.normalize("NFC", email).strip().casefold().rpartition("@")
    return f"{name.partition('+')[0] or name}@{host}"


@transaction.atomic
def confirm(pk: UUID) -> SavedSearch | None:
    """The owner of the address says yes. Saying it twice changes nothing; None where the search is not there (any more)."""
    search = SavedSearch.objects.select_for_update().filter(pk=pk, retired_at=None).first()
    if search is not None and search.confirmed_at is None:
        search.confirmed_at = clock.now()
        search.save(update_fields=["confirmed_at"])
        record("public.search_confirmed", search, by=None)
    return search


@transaction.atomic
def end(pk: UUID) -> bool:
    """Forget a search and its address at once. Returns whether there was one."""
    return _erase(pk, "public.search_ended")


def erase_some() -> bool:
    """Forget what nobody said yes to within YES_WITHIN, and what a crash left behind; the daily job. True when nothing is left to do."""
    now = clock.now()
    unconfirmed = SavedSearch.objects.filter(confirmed_at=None, asked_at__lt=now - YES_WITHIN)
    left = SavedSearch.objects.filter(retired_at__lt=now - LEFT_BEHIND)
    old = [*unconfirmed.values_list("pk", flat=True)[:PIECE], *left.values_list("pk", flat=True)[:PIECE]]
    for pk in old:
        with transaction.atomic():
            _erase(pk, "system.search_erased")
    return not old


def _erase(pk: UUID, kind: str) -> bool:
    search = SavedSearch.objects.select_for_update().filter(pk=pk).first()
    if search is None:
        return False
    name = (SavedSearch._meta.label_lower, search.pk)
    search.delete()
    record(kind, name, by=None)
    return True


def erase(pk: UUID) -> None:
    """Forget a search that has ended by itself."""
    with transaction.atomic():
        _erase(pk, "system.search_erased")
