"""The round of today as a file that others can solve again: all that decides, and nothing that names anybody.

Ids are those of the store, which mean nothing outside it. Positions are turned on the globe, households numbered, ages told only below 18.
What decides about the adult and about the co-op's own decisions is folded into rules of the file's own: one for each activity, level of
check, and way of helping that is asked for.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from matching.eligibility import ADULT_AGE, ActivityRule, AskFacts, ByVolunteers, Level, PersonFacts, VolunteerFacts, required_check
from matching.models import Volunteer
from matching.rounds.files import FORMAT
from matching.rounds.living import LiveRound
from matching.rounds.turning import Turn
from matching.suggesting.facts import helpers


def exported(live: LiveRound) -> dict[str, Any]:
    """The content of the file."""
    problem, judged = live.problem, live.judged
    there = Volunteer.objects.filter(pk__in=[UUID(each) for each in judged.names])
    volunteers = sorted((_with_room(each.facts, live) for each in helpers(there)), key=lambda each: each.id)
    rules: dict[str, dict[str, Any]] = {}
    offers: dict[str, set[str]] = defaultdict(set)
    for ask in problem.asks:
        slug, rule = _own_rule(ask, problem.people[ask.person], problem.rules[ask.activity])
        rules[slug] = rule
        offers[ask.activity].add(slug)
    kept_out = (judged.masks == 0) & ~judged.allowed
    homes = _Homes([*problem.people.values(), *volunteers])
    return {
        "format": FORMAT,
        "date": problem.on.isoformat(),
        "people": [_person(each, homes) for each in problem.people.values()],
        "volunteers": [_volunteer(each, homes, offers, problem.people.values()) for each in volunteers],
        "asks": [_ask(ask, _slug(ask, problem.people[ask.person], problem.rules[ask.activity])) for ask in problem.asks],
        "rules": rules,
        "score": {
            ask.id: {judged.names[column]: int(judged.points[row, column]) for column in judged.allowed[row].nonzero()[0]}
            for row, ask in enumerate(problem.asks)
        },
        "load_penalty": problem.load_penalty,
        "strikes": [
            [problem.asks[row].id, judged.names[column]]
            for row, column in zip(*(struck.tolist() for struck in kept_out.nonzero()), strict=True)
        ],
    }


def _with_room(facts: VolunteerFacts, live: LiveRound) -> VolunteerFacts:
    """Who is asked for less than they have room for, because nobody is asked too often, has less room in the file."""
    most = live.problem.most.get(facts.id) or facts.capacity
    return replace(facts, capacity=min(facts.capacity, facts.active_matches + most))


class _Homes:
    """Where people live, so that only distances and shared doors are left of it."""

    def __init__(self, people: Iterable[PersonFacts | VolunteerFacts]) -> None:
        everybody = list(people)
        self._turn = Turn((each.lat, each.lon) for each in everybody if each.lat is not None and each.lon is not None)
        homes = sorted({home for each in everybody if (home := each.household or each.door)})
        self._homes = {home: f"h{number}" for number, home in enumerate(homes, start=1)}

    def of(self, each: PersonFacts | VolunteerFacts) -> dict[str, Any]:
        """Position and household of one of them."""
        lat, lon = self._turn.of(each.lat, each.lon)
        return {"lat": lat, "lon": lon, "household": self._homes.get(each.household or each.door or "")}


def _level(ask: AskFacts, person: PersonFacts, rule: ActivityRule) -> Level:
    return required_check(rule, person, ask.regular)


def _slug(ask: AskFacts, person: PersonFacts, rule: ActivityRule) -> str:
    return f"{rule.slug}:{_level(ask, person, rule)}{':remote' if ask.remote else ''}"


def _own_rule(ask: AskFacts, person: PersonFacts, rule: ActivityRule) -> tuple[str, dict[str, Any]]:
    """The activity as it is asked for here, by a name of its own."""
    level = _level(ask, person, rule)
    trained = ByVolunteers.TRAINED if rule.volunteer == ByVolunteers.TRAINED else ByVolunteers.YES
    return _slug(ask, person, rule), {
        "dbs": level,
        "dbs_if_regular": level,
        "cqc_personal_care": rule.cqc_personal_care,
        "volunteer": trained if rule.open_to_volunteers else ByVolunteers.NO,
        "needs_car": rule.needs_car,
        "at_home": rule.at_home,
        "distance_matters": rule.distance_matters and not ask.remote,
        "private": rule.private,
    }


def _person(person: PersonFacts, homes: _Homes) -> dict[str, Any]:
    return {
        "id": person.id,
        **homes.of(person),
        "languages": sorted(person.languages),
        "home": {"animals": sorted(person.animals), "smoker": person.smoker},
        "blocked_volunteers": sorted(person.blocked_volunteers),
    }


def _volunteer(each: VolunteerFacts, homes: _Homes, offers: dict[str, set[str]], people: Iterable[PersonFacts]) -> dict[str, Any]:
    ids = {person.id for person in people}
    # The file has one household for each: who shares the door of a home that has a name, too, is named as related.
    related = {
        person.id
        for person in people
        if each.id in person.related_volunteers
        or (each.household and each.household == person.household)
        or (each.door and each.door == person.door)
    }
    return {
        "id": each.id,
        **homes.of(each),
        "status": each.status,
        "age": None if each.age is None else min(each.age, ADULT_AGE),
        "gender": each.gender,
        "languages": sorted(each.languages),
        "allergies": sorted(each.allergies),
        "avoids_smoke": each.avoids_smoke,
        "visits_in_pair": each.visits_in_pair,
        "has_car": each.has_car,
        "car_insurance_ok": each.car_insurance_ok,
        "max_km": each.max_km,
        "windows": [list(window) for window in each.windows],
        "capacity": each.capacity,
        "active_matches": each.active_matches,
        "activities": sorted(slug for activity in each.activities for slug in offers.get(activity, ())),
        "trained_for": sorted(slug for activity in each.trained_for for slug in offers.get(activity, ())),
        "dbs": each.dbs,
        "dbs_review_due": each.dbs_review_due.isoformat() if each.dbs_review_due else None,
        "related_to": sorted((each.related_to & ids) | related),
        "blocked_people": sorted(each.blocked_people & ids),
    }


def _ask(ask: AskFacts, slug: str) -> dict[str, Any]:
    return {
        "id": ask.id,
        "person": ask.person,
        "activity": slug,
        "regular": ask.regular,
        "minutes": ask.minutes,
        "windows": [list(window) for window in ask.windows],
        "gender_required": ask.gender_required,
        "two_visitors": ask.two_visitors,
        "consent": ask.consent,
        "priority": ask.priority,
    }
