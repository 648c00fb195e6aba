"""Times as people say them, put into days and spans: "tonight", "tomorrow", "at the weekend", "on Tuesdays". Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from directory.clock import LONDON
from search.query import DAYS

EVENING = time(17)


@dataclass(frozen=True, slots=True)
class Times:
    """What is asked of opening times, as in Query: `open` (now or a day), `days`, and `during` in epoch minutes."""

    open: str = ""
    days: tuple[str, ...] = ()
    during: tuple[int, int] | None = None


def in_days(said: str, now: datetime) -> Times:
    """The times that a wish means at an aware moment: now, today (from now on), tonight (from five), tomorrow, weekend, a day or several."""
    local = now.astimezone(LONDON)
    midnight = datetime.combine(local.date() + timedelta(days=1), time(), LONDON)
    if said == "today":
        return Times(during=(_minute(local), _minute(midnight)))
    if said == "tonight":
        evening = max(local, datetime.combine(local.date(), EVENING, LONDON))
        return Times(during=(_minute(evening), _minute(midnight)))
    if said == "tomorrow":
        return Times(during=(_minute(midnight), _minute(datetime.combine(local.date() + timedelta(days=2), time(), LONDON))))
    if said == "weekend":
        return Times(days=("SA", "SU"))
    days = tuple(said.split())
    if len(days) > 1 and set(days) <= set(DAYS):
        return Times(days=days)
    if said != "now" and said not in DAYS:
        raise ValueError(f"{said} is no time that a question can ask for.")
    return Times(open=said)


def _minute(moment: datetime) -> int:
    return int(moment.timestamp()) // 60
