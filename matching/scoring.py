"""Which of the volunteers who may is the best fit: a sum of named parts. Never age, ethnicity, faith, disability or sex."""

from dataclasses import dataclass
from functools import cached_property

from directory import clock
from directory.geodata.locating import fold, miles, place_vocabulary
from directory.geodata.models import Place
from matching.decisions import rules_in_force
from matching.distance import km_between
from matching.eligibility import ActivityRule
from matching.facts import Helper, helpers
from matching.models import Ask, Match, Volunteer
from matching.scores import Part
from matching.states import MatchState

DISTANCE = 300
CONTINUITY = 200
INTEREST = 60
INTERESTS_MOST = 180
LOAD = 120
VILLAGE = 100
WAITING_MOST = 100
WAITING_A_DAY = 2
VILLAGE_MILES = 1.5

# What a volunteer may read before saying yes. That they know the person from before would tell who it is.
REASONS = {
    "distance": "It is not far from you",
    "village": "It is in your village",
    "interests": "You like the same things",
    "load": "You have room for one more",
    "waiting": "Somebody has been waiting for a while",
}


@dataclass(frozen=True)
class Scorer:
    """Scores volunteers for one request and one activity; what is the same for all of them is read once."""

    ask: Ask
    rule: ActivityRule

    def parts(self, helper: Helper) -> tuple[Part, ...]:
        """Why this volunteer; the score is the sum of the points. Parts without points are left out."""
        volunteer = helper.volunteer
        every = (
            self._distance(volunteer),
            self._interests(volunteer),
            self._continuity(volunteer),
            self._load(volunteer.capacity, helper.facts.active_matches),
            self._waiting(),
            self._village(volunteer),
        )
        return tuple(part for part in every if part.points)

    @cached_property
    def known_to(self) -> frozenset[object]:
        """Volunteers who have helped this person before."""
        pairs = Match.objects.filter(ask__person=self.ask.person, state__in=[MatchState.ACTIVE, MatchState.ENDED])
        return frozenset(pairs.values_list("volunteer_id", flat=True)) if self.ask.person else frozenset()

    @cached_property
    def interests(self) -> frozenset[str]:
        return frozenset((self.ask.person.facts or {}).get("interests") or ()) if self.ask.person else frozenset()

    @cached_property
    def position(self) -> dict[str, float] | None:
        return self.ask.person.position if self.ask.person else None

    @cached_property
    def village(self) -> str:
        return village_at(self.position)

    def _distance(self, volunteer: Volunteer) -> Part:
        here, there = self.position, volunteer.position
        if not self.rule.distance_matters or self.ask.by_phone_or_online or not here or not there:
            return Part("distance", 0, "")
        km = km_between(here["lat"], here["lon"], there["lat"], there["lon"])
        share = 1 - km / volunteer.max_km if volunteer.max_km else 1.0
        return Part("distance", round(DISTANCE * max(0.0, share)), f"{km:.1f} km away")

    def _interests(self, volunteer: Volunteer) -> Part:
        shared = sorted(self.interests.intersection(volunteer.interests))
        return Part("interests", min(INTERESTS_MOST, INTEREST * len(shared)), f"Both like {', '.join(shared)}")

    def _continuity(self, volunteer: Volunteer) -> Part:
        return Part("continuity", CONTINUITY if volunteer.pk in self.known_to else 0, "They know each other from before")

    def _load(self, capacity: int, helped: int) -> Part:
        free = max(0, capacity - helped)
        text = f"Helps {helped} {'person' if helped == 1 else 'people'} now, has room for {free} more"
        return Part("load", round(LOAD * free / capacity) if capacity else 0, text)

    def _waiting(self) -> Part:
        days = max(0, (clock.today() - clock.local(self.ask.made_at).date()).days)
        return Part("waiting", min(WAITING_MOST, WAITING_A_DAY * days), f"Has waited {days} {'day' if days == 1 else 'days'}")

    def _village(self, volunteer: Volunteer) -> Part:
        theirs = _named(volunteer.village) or village_at(volunteer.position)
        return Part("village", VILLAGE if theirs and theirs == self.village else 0, f"Both in {theirs}")


def score_of(ask: Ask, volunteer: Volunteer) -> tuple[Part, ...]:
    """The parts of one pair's score today. Raises KeyError for a request without an activity."""
    helper = helpers(Volunteer.objects.filter(pk=volunteer.pk))[0]
    return Scorer(ask, rules_in_force()[ask.activity]).parts(helper)


def village_at(position: dict[str, float] | None) -> str:
    """The village whose middle is nearest, within a walk; empty where there is none or the position is not known."""
    if not position:
        return ""
    near = [(miles(position["lat"], position["lon"], place.lat, place.lon), place.name) for place in Place.objects.all()]
    return min(((away, name) for away, name in near if away <= VILLAGE_MILES), default=(0.0, ""))[1]


def _named(village: str) -> str:
    """The usual name of a village that is written in any of its spellings."""
    known = place_vocabulary().get(fold(village)) if village else None
    return known.name if known else village.strip()
