"""What a request asks for, in one line: when, and what else matters."""

from collections import defaultdict

from matching.models import Ask
from matching.persons.said import gender_of
from matching.suggesting.company import listed
from matching.windows import DAYS, written_times


def times_in_words(ask: Ask) -> str:
    """Such as "Monday and Thursday 10:00 to 11:30, every day 22:00 to 06:00"; empty where any time is right."""
    days = defaultdict(list)
    for line in written_times(ask.windows).splitlines():
        day, _, hours = line.partition(" ")
        days[hours].append(day)
    return ", ".join(f"{'every day' if len(on) == len(DAYS) else listed(on)} {hours}" for hours, on in days.items())


def more_in_words(ask: Ask) -> str:
    """Whole sentences; empty where nothing else was said."""
    said = {
        "By phone or online will do.": ask.by_phone_or_online,
        "For the carer.": ask.for_carer,
        "Two visitors are needed.": ask.two_visitors,
        f"They ask for a {gender_of(ask.gender_required)}.": bool(gender_of(ask.gender_required)),
    }
    return " ".join(words for words, so in said.items() if so)
