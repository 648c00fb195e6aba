"""The links in mails about saved searches: whoever holds one had the mail. None of them names an address."""

from datetime import timedelta
from uuid import UUID

from django.core.signing import BadSignature, Signer, TimestampSigner
from django.urls import reverse

YES_WITHIN = timedelta(days=7)

_YES = "search.saved.yes"
_END = "search.saved.end"


def yes_path(search: UUID) -> str:
    """The page that turns a search on; it works for YES_WITHIN."""
    return reverse("search-confirm", args=[TimestampSigner(sep=".", salt=_YES).sign(search.hex)])


def end_path(search: UUID) -> str:
    """The page that ends a search, for ever."""
    return reverse("search-end", args=[Signer(sep=".", salt=_END).sign(search.hex)])


def of_yes(token: str) -> UUID | None:
    """The search of a yes_path; None where it is too old or not whole."""
    try:
        return UUID(TimestampSigner(sep=".", salt=_YES).unsign(token, max_age=YES_WITHIN))
    except (BadSignature, ValueError):
        return None


def of_end(token: str) -> UUID | None:
    """The search of an end_path; None where it is not whole."""
    try:
        return UUID(Signer(sep=".", salt=_END).unsign(token))
    except (BadSignature, ValueError):
        return None
