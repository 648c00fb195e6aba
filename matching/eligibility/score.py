"""How well a volunteer who may take a request fits it: named parts in whole points, added up.

Age, ethnicity, faith, disability and sex are not among the facts that are looked at.
"""

from dataclasses import dataclass

from matching.distance import km_between
from matching.eligibility.facts import AskFacts, PersonFacts, VolunteerFacts
from matching.eligibility.rule import ActivityRule
from matching.scores import Part

DISTANCE = 300
CONTINUITY = 200
INTEREST = 60
INTERESTS_MOST = 180
LOAD = 120
VILLAGE = 100
WAITING_MOST = 100
WAITING_A_DAY = 2


@dataclass(frozen=True)
class SoftFacts:
    """What counts beside the hard facts. `waiting_days` since the request was made; villages by their usual names, empty if not known."""

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
        Part("continuity", CONTINUITY if soft.paired_before else 0, "They know each other from before" if soft.paired_before else ""),
        _load(volunteer),
        _waiting(soft),
        _village(soft),
    )


def _distance(ask: AskFacts, person: PersonFacts, volunteer: VolunteerFacts, rule: ActivityRule) -> Part:
    """All points next door, none at the end of what the volunteer goes; none where it does not matter or is not known."""
    if ask.remote or not rule.distance_matters:
        return Part("distance", 0, "")
    if person.lat is None or person.lon is None or volunteer.lat is None or volunteer.lon is None:
        return Part("distance", 0, "")
    km = km_between(person.lat, person.lon, volunteer.lat, volunteer.lon)
    share = 1 - km / volunteer.max_km if volunteer.max_km else 1.0
    return Part("distance", round(DISTANCE * max(0.0, share)), f"{km:.1f} km away")


def _interests(soft: SoftFacts) -> Part:
    shared = sorted(soft.person_interests & soft.volunteer_interests)
    return Part("interests", min(INTERESTS_MOST, INTEREST * len(shared)), f"Both like {', '.join(shared)}" if shared else "")


def _load(volunteer: VolunteerFacts) -> Part:
    """The more room a volunteer has, for what they wish, the more points: so the work is spread."""
    helped, free = volunteer.active_matches, max(0, volunteer.capacity - volunteer.active_matches)
    text = f"Helps {helped} {'person' if helped == 1 else 'people'} now, has room for {free} more"
    return Part("load", round(LOAD * free / volunteer.capacity) if volunteer.capacity else 0, text)


def _waiting(soft: SoftFacts) -> Part:
    days = max(0, soft.waiting_days)
    return Part("waiting", min(WAITING_MOST, WAITING_A_DAY * days), f"Has waited {days} {'day' if days == 1 else 'days'}")


def _village(soft: SoftFacts) -> Part:
    same = bool(soft.person_village) and soft.person_village == soft.volunteer_village
    return Part("village", VILLAGE if same else 0, f"Both in {soft.person_village}" if same else "")
