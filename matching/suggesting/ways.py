"""How a volunteer would rather help. A wish, and none of the hard codes: it moves them to the end of the list and is said there, and a coordinator may ask."""

from matching.eligibility import ActivityRule
from matching.models import Ask, Volunteer

IN_PERSON = "in_person"


def prefers_otherwise(volunteer: Volunteer, ask: Ask, rule: ActivityRule) -> str:
    """What they would rather do, in words; empty where it suits them, or where they ticked nothing, which means any way."""
    ways = set(volunteer.ways)
    if not ways:
        return ""
    if ask.by_phone_or_online or not rule.distance_matters:
        return "" if ways - {IN_PERSON} else "Would rather help in person"
    if IN_PERSON in ways:
        return ""
    return (
        "Would rather help by phone"
        if ways == {"phone"}
        else "Would rather help online"
        if ways == {"online"}
        else "Would rather not come in person"
    )
