"""When somebody did something, as people say it."""

from datetime import datetime

from directory import clock
from directory.opening_words import date_words


def day_words(moment: datetime) -> str:
    """When that was, as people say it: "today at 14:02", "yesterday", "on Tuesday", "on 3 March 2026"."""
    local = clock.local(moment)
    days = (clock.today() - local.date()).days
    if days <= 1:
        return "yesterday" if days == 1 else f"today at {local:%H:%M}"
    return f"on {local:%A}" if days < 7 else f"on {date_words(local.date())}"
