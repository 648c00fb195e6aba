"""All reasons why a volunteer may not take a request: one small question per code, put to all volunteers at once.

A mask holds all codes of one volunteer: bit i is the i-th Code, and 0 says that they may. One pair is the case of one volunteer.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from matching.eligibility.checks import required_check
from matching.eligibility.codes import Code
from matching.eligibility.columns import VolunteerColumns
from matching.eligibility.facts import AskFacts, ByVolunteers, PersonFacts, VolunteerFacts
from matching.eligibility.rule import ActivityRule
from matching.eligibility.times import Flags

ADULT_AGE = 18

Masks = npt.NDArray[np.uint32]

_CODES = tuple(Code)
_BITS = {code: np.uint32(1 << place) for place, code in enumerate(_CODES)}


@dataclass(frozen=True)
class Question:
    """One request, and the volunteers it is held against, on the day of the visit."""

    ask: AskFacts
    person: PersonFacts
    rule: ActivityRule
    volunteers: VolunteerColumns
    on: date


def refusals(ask: AskFacts, person: PersonFacts, volunteer: VolunteerFacts, rule: ActivityRule, *, on: date) -> tuple[Code, ...]:
    """Every code that keeps this volunteer from this request, in the order of Code; empty when they may take it.

    on: the day of the visit, or of the round. Raises ValueError when the person or the rule is not that of the request.
    """
    return codes_of(refusal_masks(ask, person, rule, VolunteerColumns.of([volunteer]), on=on)[0])


def refusal_masks(ask: AskFacts, person: PersonFacts, rule: ActivityRule, volunteers: VolunteerColumns, *, on: date) -> Masks:
    """Every code that keeps each of the volunteers from this request, as a mask in their row.

    on: the day of the visit, or of the round. Raises ValueError when the person or the rule is not that of the request.
    """
    if ask.person != person.id or ask.activity != rule.slug:
        raise ValueError("The person and the rule must be those of the request.")
    question = Question(ask, person, rule, volunteers, on)
    masks = np.zeros(len(volunteers), dtype=np.uint32)
    for code, refuses in QUESTIONS:
        refused = refuses(question)
        if refused is not None and refused is not False:
            masks |= refused * _BITS[code]
    return masks


@lru_cache(maxsize=4096)
def _codes_of(mask: int) -> tuple[Code, ...]:
    return tuple(code for place, code in enumerate(_CODES) if mask >> place & 1)


def codes_of(mask: int | np.uint32) -> tuple[Code, ...]:
    """The codes of one mask, in the order of Code."""
    return _codes_of(int(mask))


def mask_of(codes: Iterable[Code]) -> int:
    """The mask of these codes."""
    return sum(1 << _CODES.index(code) for code in set(codes))


def nearest_miss(refused: Iterable[Sequence[Code]]) -> Code | None:
    """The one code that, dropped, would let most of these candidates in; the first in the order of Code among equals.

    None where no single code opens anybody.
    """
    return nearest_miss_of(np.array([mask_of(codes) for codes in refused], dtype=np.uint32))


def nearest_miss_of(masks: Masks) -> Code | None:
    """As `nearest_miss`, from masks; those who may take it do not count."""
    alone = counts_of(masks[one_code_away(masks)])
    return max(alone, key=lambda code: alone[code]) if alone else None


def one_code_away(masks: Masks) -> Flags:
    """Whom does one code alone keep out?"""
    away: Flags = (masks != 0) & ((masks & (masks - np.uint32(1))) == 0)
    return away


def counts_of(masks: Masks) -> dict[Code, int]:
    """How many are refused for each code, in the order of Code; those for which nobody is are left out."""
    counted = ((code, int(np.count_nonzero(masks & bit))) for code, bit in _BITS.items())
    return {code: count for code, count in counted if count}


def _not_trained(question: Question) -> Flags | None:
    if question.rule.volunteer != ByVolunteers.TRAINED:
        return None
    return ~question.volunteers.trained_for.having([question.ask.activity])


def _check_too_low(question: Question) -> Flags | None:
    needed = required_check(question.rule, question.person, question.ask.regular).rank
    return question.volunteers.level < needed if needed else None


def _too_young_for_a_home(question: Question) -> Flags | None:
    return ~(question.volunteers.age >= ADULT_AGE) if question.rule.at_home else None


def _against_wish(question: Question) -> Flags | None:
    if not question.ask.gender_required or not question.rule.private:
        return None
    return ~question.volunteers.gender.equal(question.ask.gender_required)


def _allergic(question: Question) -> Flags | None:
    return question.volunteers.allergies.having(question.person.animals) if question.person.animals else None


def _smoke(question: Question) -> Flags | None:
    return question.volunteers.avoids_smoke if question.person.smoker is not False else None


def _goes_alone(question: Question) -> Flags | None:
    return ~question.volunteers.visits_in_pair if question.ask.two_visitors else None


def _no_car(question: Question) -> Flags | None:
    return ~question.volunteers.insured_car if question.rule.needs_car else None


def _too_far(question: Question) -> Flags | None:
    if not question.rule.distance_matters or question.ask.remote:
        return None
    # Whatever is not known is nan here, and nan is never within a limit.
    within: Flags = question.volunteers.chords(question.person.lat, question.person.lon) <= question.volunteers.limit
    return ~within


def _too_close(question: Question) -> Flags:
    person, volunteers = question.person, question.volunteers
    declared = volunteers.related_to.having([person.id]) | volunteers.named(person.related_volunteers)
    return volunteers.household.equal(person.household) | volunteers.door.equal(person.door) | declared


def _kept_apart(question: Question) -> Flags:
    person, volunteers = question.person, question.volunteers
    return volunteers.named(person.blocked_volunteers) | volunteers.blocked_people.having([person.id])


# True, or all rows: everybody is refused; False or None: nobody is.
QUESTIONS: tuple[tuple[Code, Callable[[Question], Flags | bool | None]], ...] = (
    (Code.NO_CONSENT, lambda question: not question.ask.consent),
    (Code.CQC_PERSONAL_CARE, lambda question: question.rule.for_registered_providers),
    (Code.VOLUNTEER_NOT_ALLOWED, lambda question: not question.rule.open_to_volunteers),
    (Code.TRAINING_MISSING, _not_trained),
    (Code.VOLUNTEER_NOT_ACTIVE, lambda question: ~question.volunteers.active),
    (Code.ACTIVITY_NOT_OFFERED, lambda question: ~question.volunteers.activities.having([question.ask.activity])),
    (Code.DBS_LEVEL, _check_too_low),
    (Code.DBS_OUT_OF_DATE, lambda question: question.volunteers.recheck < question.on.toordinal()),
    (Code.UNDER_18_AT_HOME, _too_young_for_a_home),
    (Code.GENDER, _against_wish),
    (Code.LANGUAGE, lambda question: ~question.volunteers.languages.having(question.person.languages)),
    (Code.ALLERGY, _allergic),
    (Code.SMOKE, _smoke),
    (Code.LONE_VISIT, _goes_alone),
    (Code.CAR, _no_car),
    (Code.DISTANCE, _too_far),
    (Code.TIME, lambda question: ~question.volunteers.free.hold(question.ask.runs, question.ask.minutes)),
    (Code.CAPACITY, lambda question: question.volunteers.active_matches >= question.volunteers.capacity),
    (Code.CONFLICT_OF_INTEREST, _too_close),
    (Code.BLOCKED, _kept_apart),
)
