"""Which of the volunteers who may is the best fit: a sum of named parts. Never age, ethnicity, faith, disability or sex."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from directory import clock
from directory.geodata.locating import PlaceName, fold, miles, place_vocabulary
from matching.decisions import rules_in_force
from matching.eligibility import ActivityRule, AskFacts, PersonFacts, SoftFacts, score
from matching.facts import Helper, ask_facts, helpers, person_facts
from matching.models import Ask, Match, Volunteer
from matching.scores import Part
from matching.states import MatchState

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
    facts: AskFacts
    person: PersonFacts

    def parts(self, helper: Helper) -> tuple[Part, ...]:
        """Why this volunteer; the score is the sum of the points. Parts without points are left out."""
        volunteer = helper.volunteer
        soft = SoftFacts(
            person_interests=self.interests,
            volunteer_interests=frozenset(volunteer.interests),
            person_village=self.village,
            volunteer_village=self._village_of(volunteer),
            paired_before=volunteer.pk in self.known_to,
            waiting_days=(clock.today() - clock.local(self.ask.made_at).date()).days,
        )
        return tuple(part for part in score(self.facts, self.person, helper.facts, self.rule, soft) if part.points)

    @cached_property
    def known_to(self) -> frozenset[object]:
        """Volunteers who have helped this person before."""
        pairs = Match.objects.filter(ask__person=self.ask.person, state__in=[MatchState.ACTIVE, MatchState.ENDED])
        return frozenset(pairs.values_list("volunteer_id", flat=True)) if self.ask.person else frozenset()

    @cached_property
    def interests(self) -> frozenset[str]:
        return frozenset((self.ask.person.facts or {}).get("interests") or ()) if self.ask.person else frozenset()

    @cached_property
    def places(self) -> Mapping[str, PlaceName]:
        return place_vocabulary()

    @cached_property
    def village(self) -> str:
        return _nearest(self.ask.person.position, self.places.values()) if self.ask.person else ""

    def _village_of(self, volunteer: Volunteer) -> str:
        """By its usual name, in whatever spelling it was written; else the nearest."""
        written = self.places.get(fold(volunteer.village))
        return written.name if written else volunteer.village or _nearest(volunteer.position, self.places.values())


def score_of(ask: Ask, volunteer: Volunteer) -> tuple[Part, ...]:
    """The parts of one pair's score today. Raises KeyError for a request without an activity."""
    helper = helpers(Volunteer.objects.filter(pk=volunteer.pk))[0]
    return Scorer(ask, rules_in_force()[ask.activity], ask_facts(ask), person_facts(ask.person)).parts(helper)


def _nearest(position: dict[str, float] | None, places: Iterable[PlaceName]) -> str:
    """The village whose middle is nearest, within a walk; empty where there is none or the position is not known."""
    if not position:
        return ""
    near = [(miles(position["lat"], position["lon"], place.lat, place.lon), place.name) for place in places]
    return min(((away, name) for away, name in near if away <= VILLAGE_MILES), default=(0.0, ""))[1]
