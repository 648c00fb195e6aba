"""What counts beside the hard facts, read from the rows: interests, villages, who helped before, how long somebody has waited.

Never age, ethnicity, faith, disability or sex.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from directory import clock
from directory.geodata.localities import Localities
from directory.geodata.locating import fold, localities, place_vocabulary
from matching.eligibility import SoftAsk, SoftColumns, VolunteerColumns, parts_at, score_columns
from matching.eligibility.parts import Part
from matching.models import Ask, Match, Person, Volunteer
from matching.rules.decisions import rules_in_force
from matching.states import MatchState
from matching.suggesting.facts import ask_facts, helpers, person_facts

# What a volunteer may read before saying yes. That they know the person from before would tell who it is.
REASONS = {
    "distance": "It is not far from you",
    "village": "It is in your village",
    "interests": "You like the same things",
    "load": "You have room for one more",
    "waiting": "Somebody has been waiting for a while",
}

_KNOWN = (MatchState.ACTIVE, MatchState.ENDED)


def soft_ask(ask: Ask, near: Localities | None = None) -> SoftAsk:
    """The request's and the person's side of what counts beside the hard facts; nothing where the record was erased.

    near: the gazetteer, where it is at hand.
    """
    return _soft_ask(ask, near or localities(), _known_to([ask]))


def soft_asks(asks: Sequence[Ask]) -> dict[str, SoftAsk]:
    """The same of many requests, by their id, in one question to the database."""
    near, known = localities(), _known_to(asks)
    return {str(ask.pk): _soft_ask(ask, near, known) for ask in asks}


def _soft_ask(ask: Ask, near: Localities, known: Mapping[object, set[str]]) -> SoftAsk:
    person = ask.person
    return SoftAsk(
        interests=frozenset((person.facts or {}).get("interests") or ()) if person else frozenset(),
        village=_village_of(person, near) if person else "",
        waiting_days=(clock.today() - clock.local(ask.made_at).date()).days,
        known_to=frozenset(known.get(ask.person_id, ())),
    )


def soft_columns(volunteers: Sequence[Volunteer]) -> SoftColumns:
    """The volunteers' side, in their order. The village is the written one by its usual name, in whatever spelling, or else the nearest."""
    places, near = place_vocabulary(), localities()
    positions = [volunteer.position or {"lat": 0.0, "lon": 0.0} for volunteer in volunteers]
    numbers = near.numbers_at([each["lat"] for each in positions], [each["lon"] for each in positions]).tolist()
    villages = []
    for volunteer, number in zip(volunteers, numbers, strict=True):
        written = places.get(fold(volunteer.village))
        nearest = near.names[number] if volunteer.position and number >= 0 else ""
        villages.append(written.name if written else volunteer.village or nearest)
    return SoftColumns.of([frozenset(volunteer.interests) for volunteer in volunteers], villages)


def score_of(ask: Ask, volunteer: Volunteer) -> tuple[Part, ...]:
    """The parts of one pair's score today; those without points are left out. Raises KeyError for a request without an activity."""
    helper = helpers(Volunteer.objects.filter(pk=volunteer.pk))[0]
    facts = ask_facts(ask), person_facts(ask.person), rules_in_force()[ask.activity], VolunteerColumns.of([helper.facts])
    soft = soft_ask(ask), soft_columns([helper.volunteer])
    return with_points(parts_at(0, score_columns(*facts, *soft), *facts, *soft))


def with_points(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts that add something."""
    return tuple(part for part in parts if part.points)


def _known_to(asks: Iterable[Ask]) -> Mapping[object, set[str]]:
    """By the id of each person who asks: who has helped them."""
    found: dict[object, set[str]] = defaultdict(set)
    people = {ask.person_id for ask in asks if ask.person_id is not None}
    rows = Match.objects.filter(ask__person__in=people, state__in=_KNOWN).order_by()
    for person, volunteer in rows.values_list("ask__person", "volunteer_id"):
        found[person].add(str(volunteer))
    return found


def _village_of(person: Person, near: Localities) -> str:
    return near.at(person.position["lat"], person.position["lon"]) if person.position else ""
