"""How long a page that is the same for everybody stays right: told to whatever keeps whole pages."""

from datetime import datetime, timedelta

from django.http import HttpResponse

from directory import clock

# Groups open and close on such minutes, and days end on them: counts such as "open now" on a page hold until the next one.
EVERY = timedelta(minutes=5)
_UNTIL = "kept_until"


def may_be_kept(response: HttpResponse, until: datetime | None = None) -> HttpResponse:
    """Mark an answer as the same for every visitor who has not signed in, and right until this moment, or the next mark of EVERY.

    Nothing is kept that is not marked. Only the view of an address marks, where it knows that all of the page comes from the public state
    and the address; never what also makes previews, or pages for somebody.
    """
    now = clock.now()
    mark = now + EVERY - timedelta(seconds=now.timestamp() % EVERY.total_seconds())
    setattr(response, _UNTIL, mark if until is None else min(mark, until))
    return response


def kept_until(response: HttpResponse) -> datetime | None:
    """Until when an answer may be given to others; None where it may not."""
    moment: datetime | None = getattr(response, _UNTIL, None)
    return moment
