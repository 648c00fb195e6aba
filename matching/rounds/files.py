"""Rounds as files, format care-round/1: read strictly where something is wrong, and with care where something is left out.

What is not known refuses: without a yes there is no agreement, without a position no way, without a capacity no room. A rule that does not
say who may do something lets nobody do it; what it does not ask for is not needed.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from matching.eligibility import (
    ActivityRule,
    AskFacts,
    ByVolunteers,
    Level,
    PersonalCare,
    PersonFacts,
    Status,
    VolunteerColumns,
    VolunteerFacts,
)
from matching.rounds.fields import BadRound, Fields, read_json
from matching.rounds.problem import LOAD_PENALTY, Named, Problem
from matching.rounds.solving import MOST_POINTS
from matching.rules.activities import rules as activity_rules

FORMAT = "care-round/1"
MOST_NUMBER = 1_000_000_000  # of minutes or of people helped: more than any of them means
MOST_PEOPLE = 100_000
MOST_PAIRS = 25_000_000  # every pair is judged with all its reasons: about 60 bytes of memory each
MOST_PENALTY = 1_000_000

_Facts = TypeVar("_Facts", AskFacts, PersonFacts, VolunteerFacts)


def read_round(path: Path) -> Problem:
    """The round in a file. Raises BadRound, which says where the file is wrong."""
    return problem_of(read_json(path))


def problem_of(content: Any) -> Problem:
    """The round in what was read from JSON. Raises BadRound."""
    file = Fields(content, "")
    if file.text("format") not in (None, FORMAT):
        file.wrong("format", f"only {FORMAT} is known here")
    on = file.day("date")
    if on is None:
        file.wrong("date", "this must be there: the day of the round, as 2026-11-23")
    _bounded(file)
    rules = _rules(file.object("rules")) if file.value.get("rules") is not None else confirmed_rules()
    people = {each.id: each for each in _once("people", [_person(each) for each in file.each("people")])}
    volunteers = _once("volunteers", [_volunteer(each) for each in file.each("volunteers")])
    asks = _ranked(_once("asks", [_ask(each, people, rules) for each in file.each("asks")]), list(file.each("asks")))
    given = _scores(file.object("score")) if file.value.get("score") is not None else None
    penalty = file.whole("load_penalty", 0, MOST_PENALTY)
    return Problem(
        on=on,
        asks=asks,
        people=people,
        columns=VolunteerColumns.of(sorted(volunteers, key=lambda each: each.id)),
        rules=rules,
        given=given,
        load_penalty=penalty if penalty is not None else LOAD_PENALTY if given is None else 0,
        pins=_pairs(file, "pins"),
        strikes=_pairs(file, "strikes"),
    )


def _bounded(file: Fields) -> None:
    """The three lists must be there, and no longer than a machine can judge."""
    for name in ("people", "volunteers", "asks"):
        if file.value.get(name) is None:
            file.wrong(name, "this must be there, as a list, even if it is empty")
        if len(file.list(name)) > MOST_PEOPLE:
            file.wrong(name, f"up to {MOST_PEOPLE:,} of them are read; split the round")
    if len(file.list("asks")) * len(file.list("volunteers")) > MOST_PAIRS:
        file.wrong("asks", f"up to {MOST_PAIRS:,} pairs of a request and a volunteer are judged; split the round")


def confirmed_rules() -> Mapping[str, ActivityRule]:
    """The activities as a file without rules of its own takes them: every row confirmed, no limited one opened."""
    return activity_rules(confirmed=frozenset(activity_rules()))


def _rules(table: Fields) -> dict[str, ActivityRule]:
    return {slug: _rule(slug, table.object(slug)) for slug in table.value}


def _rule(slug: str, row: Fields) -> ActivityRule:
    level = row.choice("dbs", Level, Level.NONE)
    return ActivityRule(
        slug=slug,
        volunteer=row.choice("volunteer", ByVolunteers, ByVolunteers.NO),
        cqc_personal_care=_personal_care(row),
        needs_car=row.yes_no("needs_car"),
        at_home=row.yes_no("at_home"),
        distance_matters=row.yes_no("distance_matters", left_out=True),
        private=row.yes_no("private", left_out=True),
        dbs=level,
        dbs_if_regular=row.choice("dbs_if_regular", Level, level),
    )


def _personal_care(row: Fields) -> PersonalCare:
    if isinstance(said := row.value.get("cqc_personal_care"), bool):
        return PersonalCare.YES if said else PersonalCare.NO
    return row.choice("cqc_personal_care", PersonalCare, PersonalCare.NO)


def _person(row: Fields) -> PersonFacts:
    home = row.object("home")
    return PersonFacts(
        id=row.name("id"),
        lat=row.number("lat", -90, 90),
        lon=row.number("lon", -180, 180),
        household=row.text("household"),
        languages=row.words("languages"),
        animals=home.words("animals"),
        smoker=home.maybe("smoker"),
        blocked_volunteers=row.words("blocked_volunteers"),
        receives_care=row.maybe("receives_care"),
        needs_help_because=row.maybe("needs_help_because"),
    )


def _volunteer(row: Fields) -> VolunteerFacts:
    return VolunteerFacts(
        id=row.name("id"),
        lat=row.number("lat", -90, 90),
        lon=row.number("lon", -180, 180),
        household=row.text("household"),
        status=row.choice("status", Status, Status.APPLIED),
        age=row.whole("age", 0, 150),
        gender=row.text("gender"),
        languages=row.words("languages"),
        allergies=row.words("allergies"),
        avoids_smoke=row.yes_no("avoids_smoke"),
        visits_in_pair=row.yes_no("visits_in_pair"),
        has_car=row.yes_no("has_car"),
        car_insurance_ok=row.yes_no("car_insurance_ok"),
        max_km=row.number("max_km", 0),
        windows=row.windows("windows"),
        capacity=row.whole("capacity", 0, MOST_NUMBER) or 0,
        active_matches=row.whole("active_matches", 0, MOST_NUMBER) or 0,
        activities=row.words("activities"),
        trained_for=row.words("trained_for"),
        dbs=row.choice("dbs", Level, Level.NONE),
        dbs_review_due=row.day("dbs_review_due"),
        related_to=row.words("related_to"),
        blocked_people=row.words("blocked_people"),
    )


def _ask(row: Fields, people: Mapping[str, PersonFacts], rules: Mapping[str, ActivityRule]) -> AskFacts:
    person, activity = row.name("person"), row.name("activity")
    if person not in people:
        row.wrong("person", "nobody among the people has this id")
    if activity not in rules:
        row.wrong("activity", "there is no rule for it; use a slug of the activities, or add it to the file's own rules")
    minutes = row.whole("minutes", 0, MOST_NUMBER)
    if minutes is None:
        row.wrong("minutes", "this must be there: how long it takes")
    return AskFacts(
        id=row.name("id"),
        person=person,
        activity=activity,
        minutes=minutes,
        windows=row.windows("windows"),
        regular=row.yes_no("regular"),
        gender_required=row.text("gender_required") or None,
        two_visitors=row.yes_no("two_visitors"),
        consent=row.yes_no("consent"),
    )


def _once(name: str, rows: list[_Facts]) -> list[_Facts]:
    seen: dict[str, int] = {}
    for place, row in enumerate(rows):
        if (first := seen.setdefault(row.id, place)) != place:
            raise BadRound(f"{name}[{place}].id: {name}[{first}] has the same id; give each its own.")
    return rows


def _ranked(asks: list[AskFacts], rows: list[Fields]) -> list[AskFacts]:
    """The requests with their priorities as ranks, since a file may use any numbers."""
    found: dict[float, int] = {}
    for place, row in enumerate(rows):
        priority = row.number("priority")
        if priority is None:
            row.wrong("priority", "this must be there: a number, higher first")
        if (first := found.setdefault(priority, place)) != place:
            row.wrong("priority", f"asks[{first}] has the same; who comes first must be told for all of them")
    rank = {place: number for number, (_, place) in enumerate(sorted(found.items()))}
    return [replace(ask, priority=rank[place]) for place, ask in enumerate(asks)]


def _scores(table: Fields) -> dict[str, dict[str, int]]:
    """Points by request and volunteer; what is said of strangers is left alone."""
    return {ask: _points(table.object(ask)) for ask in table.value}


def _points(row: Fields) -> dict[str, int]:
    worth = row.value.values()
    if set(map(type, worth)) <= {int} and all(-MOST_POINTS <= each <= MOST_POINTS for each in worth):
        return row.value
    return {volunteer: row.whole(volunteer, -MOST_POINTS, MOST_POINTS) or 0 for volunteer in row.value}


def _pairs(file: Fields, name: str) -> list[Named]:
    rows = file.list(name)
    for place, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != 2 or not all(isinstance(each, str) for each in row):
            file.wrong(f"{name}[{place}]", "write [request, volunteer], both by their id in quotes")
    return [(ask, volunteer) for ask, volunteer in rows]
