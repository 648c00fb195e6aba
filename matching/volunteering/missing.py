"""What a volunteer's record lacks before they go to somebody: told as a warning, decided by a coordinator."""

from collections.abc import Mapping
from dataclasses import dataclass

from directory import clock
from matching.eligibility import ActivityRule, ByVolunteers, Level
from matching.models import Volunteer
from matching.rules.decisions import rules_in_force
from matching.rules.words import highest_needed
from matching.suggesting.facts import age_on, is_trained
from matching.volunteer_states import REFERENCE_OPEN, ReferenceState

Rules = Mapping[str, ActivityRule]

REFERENCES = 2
ADULT = 18


@dataclass(frozen=True)
class Missing:
    """One thing that is not there: a code for journal and filter, and what to say to a coordinator."""

    code: str
    words: str


@dataclass(frozen=True)
class CheckNeeded:
    """For one activity that they offer: the check that it may need, for whom, and whether the one that was seen is enough."""

    activity: str
    label: str
    level: Level
    for_whom: str
    enough: bool


def missing(volunteer: Volunteer, rules: Rules | None = None) -> list[Missing]:
    """All that is missing, the gravest first. Reads `references` and `activities`, which a list fetches beforehand, as it does the rules."""
    known = rules_in_force() if rules is None else rules
    return [*_references(volunteer), *_checks(volunteer, known), *_training(volunteer, known), *_facts(volunteer)]


def checks_needed(volunteer: Volunteer, rules: Rules | None = None) -> list[CheckNeeded]:
    """One line for each activity that they offer, with the highest check that an adult may make it need."""
    known = rules_in_force() if rules is None else rules
    lines = []
    for row in sorted(volunteer.activities.all(), key=lambda each: each.activity):
        rule = known.get(row.activity)
        if rule is not None:
            level, for_whom = highest_needed(rule)
            lines.append(CheckNeeded(row.activity, rule.label, level, for_whom, Level(volunteer.check_level).meets(level)))
    return lines


def _references(volunteer: Volunteer) -> list[Missing]:
    states = [row.state for row in volunteer.references.all()]
    found = []
    if ReferenceState.DOUBTS in states:
        found.append(Missing("reference_doubts", "A referee has doubts: talk about it first."))
    given = states.count(ReferenceState.GIVEN)
    if given < REFERENCES:
        waiting = sum(state in REFERENCE_OPEN for state in states)
        on_its_way = f", {waiting} still to answer" if waiting else ""
        found.append(Missing("references", f"{given} of {REFERENCES} references given{on_its_way}."))
    return found


def _checks(volunteer: Volunteer, known: Rules) -> list[Missing]:
    found = []
    if volunteer.recheck_due is not None and volunteer.recheck_due < clock.today():
        found.append(Missing("recheck", "The check is due again."))
    low = [line for line in checks_needed(volunteer, known) if not line.enough]
    if low:
        found.append(
            Missing("check", "; ".join(f"{line.label}, with {line.for_whom}: {line.level.label.lower()} is needed" for line in low) + ".")
        )
    return found


def _training(volunteer: Volunteer, known: Rules) -> list[Missing]:
    today = clock.today()
    rows = [(known[row.activity], row) for row in volunteer.activities.all() if row.activity in known]
    untrained = [rule.label for rule, row in rows if rule.volunteer == ByVolunteers.TRAINED and not is_trained(row, today)]
    return [Missing("training", f"Training is needed for: {'; '.join(sorted(untrained))}.")] if untrained else []


def _facts(volunteer: Volunteer) -> list[Missing]:
    found = []
    if not volunteer.activities.all():
        found.append(Missing("activities", "Nothing that they offer is written down."))
    if not volunteer.windows:
        found.append(Missing("times", "No times: nobody can be found for them."))
    if volunteer.position is None:
        found.append(Missing("postcode", "No postcode that we know: every distance is too far."))
    found += _age(volunteer)
    if volunteer.user_id is None:
        found.append(Missing("account", "No account: only the volunteer can say yes, so let them in."))
    return found


def _age(volunteer: Volunteer) -> list[Missing]:
    """Only the day of birth decides; that they said they are 18 or over tells whom to ask for it."""
    if volunteer.date_of_birth is not None:
        young = age_on(volunteer.date_of_birth, clock.today()) < ADULT
        return [Missing("under_18", "They are under 18: nobody is found for them where help is given at home.")] if young else []
    said = (
        "They said that they are 18 or over; until the date of birth is written down" if (volunteer.facts or {}).get("says_adult") else ""
    )
    return [Missing("birth", f"{said or 'No date of birth:'} they are taken for under 18 at somebody's home.")]
