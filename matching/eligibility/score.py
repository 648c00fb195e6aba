"""How well a volunteer who may take a request fits it: named parts in whole points, added up.

Age, ethnicity, faith, disability and sex are not among the facts that this module is given.
"""

from dataclasses import dataclass

from matching.distance import km_between
from matching.eligibility.facts import AskFacts, PersonFacts, VolunteerFacts
from matching.eligibility.rule import ActivityRule
from matching.scores import Part

NEXT_DOOR = 30
PER_KM = 3
PER_INTEREST = 8
MOST_INTERESTS = 3
PAIRED_BEFORE = 20
PER_ACTIVE_MATCH = -5
MOST_WEEKS = 10
SAME_VILLAGE = 5


@dataclass(frozen=True)
class SoftFacts:
    """What counts beside the hard facts. `waiting_days` since the request was made; villages as the gazetteer writes them."""

    person_interests: frozenset[str] = frozenset()
    volunteer_interests: frozenset[str] = frozenset()
    person_village: str = ""
    volunteer_village: str = ""
    paired_before: bool = False
    waiting_days: int = 0


def score(ask: AskFacts, person: PersonFacts, volunteer: VolunteerFacts, rule: ActivityRule, soft: SoftFacts) -> tuple[Part, ...]:
    """Always the same six parts in the same order, those that add nothing with 0 points; their sum is the score."""
    return (
        _distance(ask, person, volunteer, rule),
        _interests(soft),
        Part("continuity", PAIRED_BEFORE, "They know each other from before")
        if soft.paired_before
        else Part("continuity", 0, "New to each other"),
        _load(volunteer),
        _waiting(soft),
        _village(ask, rule, soft),
    )


def _distance(ask: AskFacts, person: PersonFacts, volunteer: VolunteerFacts, rule: ActivityRule) -> Part:
    if ask.remote or not rule.distance_matters:
        return Part("distance", 0, "Distance does not matter here")
    if person.lat is None or person.lon is None or volunteer.lat is None or volunteer.lon is None:
        return Part("distance", 0, "The distance is not known")
    km = km_between(person.lat, person.lon, volunteer.lat, volunteer.lon)
    return Part("distance", max(0, NEXT_DOOR - round(PER_KM * km)), f"{km:.1f} km away")


def _interests(soft: SoftFacts) -> Part:
    shared = sorted(soft.person_interests & soft.volunteer_interests)
    if not shared:
        return Part("shared_interests", 0, "No shared interest is written down")
    return Part("shared_interests", PER_INTEREST * min(len(shared), MOST_INTERESTS), "Both like " + ", ".join(shared))


def _continuity(soft: SoftFacts) -> Part:
    if soft.paired_before:
        return Part("continuity", PAIRED_BEFORE, "They know each other from before")
    return Part("continuity", 0, "New to each other")


def _load(volunteer: VolunteerFacts) -> Part:
    helped = volunteer.active_matches
    text = "Helps nobody else at present" if helped == 0 else f"Helps {helped} {'other' if helped == 1 else 'others'} at present"
    return Part("load", PER_ACTIVE_MATCH * helped, text)


def _waiting(soft: SoftFacts) -> Part:
    weeks = max(0, soft.waiting_days) // 7
    text = "Asked within the last week" if weeks == 0 else f"The person has waited for {weeks} {'week' if weeks == 1 else 'weeks'}"
    return Part("waiting", min(weeks, MOST_WEEKS), text)


def _village(ask: AskFacts, rule: ActivityRule, soft: SoftFacts) -> Part:
    same = bool(soft.person_village) and soft.person_village == soft.volunteer_village
    if not same or ask.remote or not rule.distance_matters:
        return Part("same_village", 0, "Not from the same village" if not same else "The village does not matter here")
    return Part("same_village", SAME_VILLAGE, f"Both in {soft.person_village}")
