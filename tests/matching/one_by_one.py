"""The plain answer for one pair, fact by fact, in Python: the columns of matching.eligibility must never answer anything else."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from matching.eligibility import SoftAsk, SoftColumns, VolunteerColumns, parts_at, score_columns
from matching.eligibility.checks import required_check
from matching.eligibility.codes import Code
from matching.eligibility.distance import km_between
from matching.eligibility.facts import AskFacts, ByVolunteers, PersonFacts, Status, VolunteerFacts
from matching.eligibility.parts import Part
from matching.eligibility.rule import ActivityRule
from matching.eligibility.times import WEEK, Run

ADULT_AGE = 18
SLACK_KM = 1e-9


@dataclass(frozen=True)
class Pair:
    """One request and one volunteer, on the day of the visit."""

    ask: AskFacts
    person: PersonFacts
    volunteer: VolunteerFacts
    rule: ActivityRule
    on: date


@dataclass(frozen=True)
class SoftFacts:
    """What counts beside the hard facts. `waiting_days` since the request was made; villages by their usual names, empty if not known."""

    person_interests: frozenset[str] = frozenset()
    volunteer_interests: frozenset[str] = frozenset()
    person_village: str = ""
    volunteer_village: str = ""
    paired_before: bool = False
    waiting_days: int = 0


def codes_of_pair(pair: Pair) -> tuple[Code, ...]:
    """Every code, in the order of Code."""
    return tuple(code for code, refuses in QUESTIONS if refuses(pair))


def _personal_care(pair: Pair) -> bool:
    return pair.rule.for_registered_providers


def _not_allowed(pair: Pair) -> bool:
    return not pair.rule.open_to_volunteers


def _not_trained(pair: Pair) -> bool:
    return pair.rule.volunteer == ByVolunteers.TRAINED and pair.ask.activity not in pair.volunteer.trained_for


def _check_too_low(pair: Pair) -> bool:
    return not pair.volunteer.dbs.meets(required_check(pair.rule, pair.person, pair.ask.regular))


def _recheck_overdue(pair: Pair) -> bool:
    return pair.volunteer.dbs_review_due is not None and pair.volunteer.dbs_review_due < pair.on


def _too_young_for_a_home(pair: Pair) -> bool:
    return pair.rule.at_home and (pair.volunteer.age is None or pair.volunteer.age < ADULT_AGE)


def _against_wish(pair: Pair) -> bool:
    return bool(pair.ask.gender_required) and pair.rule.private and pair.volunteer.gender != pair.ask.gender_required


def _no_common_language(pair: Pair) -> bool:
    return pair.person.languages.isdisjoint(pair.volunteer.languages)


def _allergic(pair: Pair) -> bool:
    return not pair.person.animals.isdisjoint(pair.volunteer.allergies)


def _smoke(pair: Pair) -> bool:
    return pair.volunteer.avoids_smoke and pair.person.smoker is not False


def _goes_alone(pair: Pair) -> bool:
    return pair.ask.two_visitors and not pair.volunteer.visits_in_pair


def _no_car(pair: Pair) -> bool:
    return pair.rule.needs_car and not (pair.volunteer.has_car and pair.volunteer.car_insurance_ok)


def _too_far(pair: Pair) -> bool:
    if not pair.rule.distance_matters or pair.ask.remote:
        return False
    person, volunteer = pair.person, pair.volunteer
    if person.lat is None or person.lon is None or volunteer.lat is None or volunteer.lon is None or volunteer.max_km is None:
        return True
    return km_between(person.lat, person.lon, volunteer.lat, volunteer.lon) > volunteer.max_km + SLACK_KM


def _no_time(pair: Pair) -> bool:
    return not have_in_common(pair.ask.runs, pair.volunteer.runs, pair.ask.minutes)


def _full(pair: Pair) -> bool:
    return pair.volunteer.active_matches >= pair.volunteer.capacity


def _too_close(pair: Pair) -> bool:
    one_name = bool(pair.person.household) and pair.person.household == pair.volunteer.household
    one_door = bool(pair.person.door) and pair.person.door == pair.volunteer.door
    return one_name or one_door or pair.person.id in pair.volunteer.related_to


def _kept_apart(pair: Pair) -> bool:
    return pair.volunteer.id in pair.person.blocked_volunteers or pair.person.id in pair.volunteer.blocked_people


QUESTIONS: tuple[tuple[Code, Callable[[Pair], bool]], ...] = (
    (Code.NO_CONSENT, lambda pair: not pair.ask.consent),
    (Code.CQC_PERSONAL_CARE, _personal_care),
    (Code.VOLUNTEER_NOT_ALLOWED, _not_allowed),
    (Code.TRAINING_MISSING, _not_trained),
    (Code.VOLUNTEER_NOT_ACTIVE, lambda pair: pair.volunteer.status != Status.ACTIVE),
    (Code.ACTIVITY_NOT_OFFERED, lambda pair: pair.ask.activity not in pair.volunteer.activities),
    (Code.DBS_LEVEL, _check_too_low),
    (Code.DBS_OUT_OF_DATE, _recheck_overdue),
    (Code.UNDER_18_AT_HOME, _too_young_for_a_home),
    (Code.GENDER, _against_wish),
    (Code.LANGUAGE, _no_common_language),
    (Code.ALLERGY, _allergic),
    (Code.SMOKE, _smoke),
    (Code.LONE_VISIT, _goes_alone),
    (Code.CAR, _no_car),
    (Code.DISTANCE, _too_far),
    (Code.TIME, _no_time),
    (Code.CAPACITY, _full),
    (Code.CONFLICT_OF_INTEREST, _too_close),
    (Code.BLOCKED, _kept_apart),
)


def have_in_common(one: tuple[Run, ...], other: tuple[Run, ...], minutes: int) -> bool:
    """Is there a run of at least so many minutes in both? The week is a circle: Sunday's last minute touches Monday's first."""
    shared = list(_shared(one, other))
    lengths = [end - start for start, end in shared]
    if len(shared) > 1 and shared[0].start == 0 and shared[-1].end == WEEK:
        lengths.append(lengths[0] + lengths[-1])
    return any(length >= minutes for length in lengths)


def _shared(one: tuple[Run, ...], other: tuple[Run, ...]) -> Iterable[Run]:
    """The parts of joined runs that lie in both, in the order of the week."""
    here = there = 0
    while here < len(one) and there < len(other):
        start, end = max(one[here].start, other[there].start), min(one[here].end, other[there].end)
        if start < end:
            yield Run(start, end)
        if one[here].end < other[there].end:
            here += 1
        else:
            there += 1


def points_of_pair(pair: Pair, soft: SoftFacts) -> tuple[int, ...]:
    """The points of the six parts, in their order."""
    volunteer = pair.volunteer
    shared = len(soft.person_interests & soft.volunteer_interests)
    free = max(0, volunteer.capacity - volunteer.active_matches)
    same_village = bool(soft.person_village) and soft.person_village == soft.volunteer_village
    return (
        _distance_points(pair),
        min(180, 60 * shared),
        200 if soft.paired_before else 0,
        round(120 * free / volunteer.capacity) if volunteer.capacity else 0,
        min(100, 2 * max(0, soft.waiting_days)),
        100 if same_village else 0,
    )


def _distance_points(pair: Pair) -> int:
    person, volunteer = pair.person, pair.volunteer
    if pair.ask.remote or not pair.rule.distance_matters:
        return 0
    if person.lat is None or person.lon is None or volunteer.lat is None or volunteer.lon is None:
        return 0
    km = km_between(person.lat, person.lon, volunteer.lat, volunteer.lon)
    share = 1 - km / volunteer.max_km if volunteer.max_km else 1.0
    return round(300 * max(0.0, share))


def score(ask: AskFacts, person: PersonFacts, volunteer: VolunteerFacts, rule: ActivityRule, soft: SoftFacts) -> tuple[Part, ...]:
    """The parts that the columns tell of one pair alone."""
    known_to = frozenset([volunteer.id]) if soft.paired_before else frozenset[str]()
    alone = VolunteerColumns.of([volunteer])
    asked = SoftAsk(soft.person_interests, soft.person_village, soft.waiting_days, known_to)
    theirs = SoftColumns.of([soft.volunteer_interests], [soft.volunteer_village])
    points = score_columns(ask, person, rule, alone, asked, theirs)
    return parts_at(0, points, ask, person, rule, alone, asked, theirs)
