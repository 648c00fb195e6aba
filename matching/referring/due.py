"""By when whoever is asked promises an answer."""

from datetime import datetime, time, timedelta

from directory import clock
from directory.bank_holidays import is_bank_holiday
from matching.models import Referral

Priority = Referral.Priority
WORKING_DAYS_TO_ANSWER = {Priority.ROUTINE: 5, Priority.SOON: 2, Priority.URGENT: 1}


def due_date(priority: str, sent_at: datetime) -> datetime:
    """By when an answer is promised: five, two or one working days on, at five in the afternoon in Europe/London."""
    day, left = clock.local(sent_at).date(), WORKING_DAYS_TO_ANSWER[Priority(priority)]
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and not is_bank_holiday(day)
    return datetime.combine(day, time(17), clock.LONDON)
