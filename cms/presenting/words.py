"""Small pieces of plain English that several pages say."""

from collections.abc import Sequence
from datetime import date, datetime

from directory.clock import local
from directory.opening_words import DAYS, clock_words

MODE_WORDS = {"place": "at a place", "home": "in your home", "online": "online", "phone": "by phone", "outreach": "out and about"}
KIND_WORDS = {"service": "services", "activity": "activities", "group": "groups", "helpline": "helplines", "information": "information"}
DAY_WORDS = dict(zip(("MO", "TU", "WE", "TH", "FR", "SA", "SU"), (f"{day}s" for day in DAYS), strict=True))
ACCESS_WORDS = {
    "step_free": "step-free",
    "wheelchair": "room for a wheelchair",
    "accessible_toilet": "accessible toilet",
    "changing_place": "changing place",
    "hearing_loop": "hearing loop",
    "quiet_space": "quiet space",
    "assistance_dogs": "assistance dogs welcome",
    "parking": "parking",
}

# Whom a service is for: the word as listings write it, and how it stands behind "for".
GROUP_WORDS = {
    "carers": "carers",
    "families": "families",
    "parents": "parents",
    "children": "children",
    "young": "young people",
    "women": "women",
    "men": "men",
    "dementia": "people with dementia",
    "disabled": "disabled people",
    "disability": "people with a disability",
    "deaf": "deaf people",
    "blind": "blind people",
    "bereaved": "people who have lost someone",
    "homeless": "homeless people",
    "veterans": "veterans",
    "refugees": "refugees",
    "asylum": "people who seek asylum",
    "migrants": "migrants",
    "lgbt": "LGBTQ+ people",
    "lgbtq": "LGBTQ+ people",
    "african": "African people",
    "caribbean": "Caribbean people",
    "asian": "Asian people",
}


def listed(words: Sequence[str], last: str = "and") -> str:
    """One, two and three."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def counted(count: int, one: str, many: str = "") -> str:
    """1 place, 2 places."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def inside(name: str) -> str:
    """A name as it stands inside a sentence: "Shopping" as "shopping", "Using IT" as "using IT"."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def first_up(text: str) -> str:
    """With a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    text = first_up(text.strip())
    return text if not text or text[-1] in ".!?…" else f"{text}."


def day_words(day: date) -> str:
    """3 December 2026."""
    return f"{day.day} {day:%B %Y}"


def moment_words(moment: datetime, today: date) -> str:
    """today at 4pm, tomorrow at 10am, Tuesday at 10am (within a week), Tuesday 4 December at 10am."""
    wall = local(moment)
    days = (wall.date() - today).days
    name = DAYS[wall.weekday()]
    day = {0: "today", 1: "tomorrow"}.get(days, name if days < 7 else f"{name} {wall.day} {wall:%B}")
    return f"{day} at {clock_words(wall.time())}"
