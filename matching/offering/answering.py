"""How long an offer waits for an answer."""

from datetime import datetime, time, timedelta

from django.conf import settings

from directory import clock
from matching.models import Ask, Match
from matching.rules.errands import is_errand

# Nobody is hurried at night: what would run out then, runs out in the morning.
MORNING, EVENING = 10, 20


def shortest_wait() -> timedelta:
    """No offer is late before this is over."""
    return timedelta(hours=min(settings.OFFER_HOURS_URGENT, settings.OFFER_HOURS_ERRAND, settings.OFFER_HOURS_REGULAR))


def answer_by(match: Match) -> datetime:
    """Until when an offer waits: hours for what is urgent, days for an errand, longer for what is regular; never in the night."""
    moment = match.offered_at + timedelta(hours=_hours(match.ask))
    local = clock.local(moment)
    if MORNING <= local.hour < EVENING:
        return moment
    day = local.date() + timedelta(days=1 if local.hour >= EVENING else 0)
    return datetime.combine(day, time(MORNING), clock.LONDON).astimezone(moment.tzinfo)


def _hours(ask: Ask) -> int:
    if not is_errand(ask):
        return settings.OFFER_HOURS_REGULAR
    return settings.OFFER_HOURS_URGENT if ask.urgency >= Ask.Urgency.TODAY else settings.OFFER_HOURS_ERRAND
