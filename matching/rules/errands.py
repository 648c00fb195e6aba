"""What is an errand, and what is a relationship: one pair at a time is introduced, however often it is."""

from django.db.models import Q

from matching.models import Ask

COMPANY = frozenset(
    {"befriend-at-home", "befriend-by-phone", "sit-while-carer-out", "sit-with-personal-care", "listening", "bereavement-listening"}
)
REGULAR = frozenset({Ask.Often.WEEKLY, Ask.Often.DAILY})
# Requests that are errands, as the database asks for them.
ERRANDS = ~Q(often__in=REGULAR) & ~Q(activity__in=COMPANY)
_NIGHT = (2 * 60, 6 * 60)


def is_errand(ask: Ask) -> bool:
    """Is it done once somebody has done it? Then the first volunteer's yes decides; what is regular, or company, goes pair by pair."""
    return ask.often not in REGULAR and ask.activity not in COMPANY


def is_regular(ask: Ask) -> bool:
    """In the law's sense: every week or more, or at night between 2 and 6."""
    start, end = _NIGHT
    return ask.often in REGULAR or any(window[1] < end and window[2] > start for window in ask.windows)
