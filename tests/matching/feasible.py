"""A pair that may be put together, and how to tighten one thing about it: facts for the tests of eligibility."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from matching.eligibility import (
    ActivityRule,
    AskFacts,
    ByVolunteers,
    Code,
    Level,
    PersonalCare,
    PersonFacts,
    Regulated,
    Status,
    VolunteerFacts,
    Window,
)
from matching.eligibility.refusing import refusals
from tests.matching.one_by_one import Pair

ON = date(2026, 11, 23)
MORNING = (Window(0, 540, 660),)


def pair(**parts: Any) -> Pair:
    """Somebody who would like company at home on Monday morning, and a neighbour who may come. Every constraint can bite."""
    ask = AskFacts(
        id="ask",
        person="person",
        activity="befriend",
        minutes=60,
        windows=MORNING,
        regular=True,
        gender_required="woman",
        two_visitors=True,
        consent=True,
    )
    person = PersonFacts(
        id="person",
        lat=53.6,
        lon=-1.9,
        household="one",
        languages=frozenset({"en", "pa"}),
        animals=frozenset({"cat"}),
        smoker=True,
        receives_care=True,
        needs_help_because=True,
    )
    volunteer = VolunteerFacts(
        id="volunteer",
        lat=53.61,
        lon=-1.9,
        household="two",
        status=Status.ACTIVE,
        age=30,
        gender="woman",
        languages=frozenset({"pa"}),
        allergies=frozenset({"dog"}),
        avoids_smoke=False,
        visits_in_pair=True,
        has_car=True,
        car_insurance_ok=True,
        max_km=5,
        windows=MORNING,
        capacity=2,
        active_matches=1,
        activities=frozenset({"befriend"}),
        trained_for=frozenset({"befriend"}),
        dbs=Level.ENHANCED,
        dbs_review_due=ON,
    )
    rule = ActivityRule(
        slug="befriend",
        volunteer=ByVolunteers.TRAINED,
        needs_car=True,
        at_home=True,
        distance_matters=True,
        private=True,
        coop_policy=Level.BASIC,
        enhanced_if_regular_care_recipient=True,
        professional_review=True,
        confirmed=True,
    )
    return changed(Pair(ask, person, volunteer, rule, ON), **parts)


def changed(one: Pair, **parts: Any) -> Pair:
    """The same pair with some facts changed: changed(pair, ask={"minutes": 61}, volunteer={"age": None})."""
    return replace(one, **{name: replace(getattr(one, name), **facts) for name, facts in parts.items()})


def codes(one: Pair) -> tuple[Code, ...]:
    """All codes of a pair."""
    return refusals(one.ask, one.person, one.volunteer, one.rule, on=one.on)


DAY_BEFORE = ON - timedelta(days=1)

# One thing tightened, and the code that it must bring; each at its edge where it has one.
TIGHTER: list[tuple[Code, dict[str, dict[str, Any]]]] = [
    (Code.NO_CONSENT, {"ask": {"consent": False}}),
    (Code.CQC_PERSONAL_CARE, {"rule": {"cqc_personal_care": PersonalCare.YES}}),
    (Code.CQC_PERSONAL_CARE, {"rule": {"cqc_personal_care": PersonalCare.POSSIBLE}}),
    (Code.VOLUNTEER_NOT_ALLOWED, {"rule": {"volunteer": ByVolunteers.NO}}),
    (Code.VOLUNTEER_NOT_ALLOWED, {"rule": {"volunteer": ByVolunteers.LIMITED}}),
    (Code.VOLUNTEER_NOT_ALLOWED, {"rule": {"confirmed": False}}),
    (Code.TRAINING_MISSING, {"volunteer": {"trained_for": frozenset({"walk-beside"})}}),
    *((Code.VOLUNTEER_NOT_ACTIVE, {"volunteer": {"status": status}}) for status in Status if status != Status.ACTIVE),
    (Code.ACTIVITY_NOT_OFFERED, {"volunteer": {"activities": frozenset({"shop-together"})}}),
    (Code.DBS_LEVEL, {"volunteer": {"dbs": Level.BASIC}}),
    (Code.DBS_LEVEL, {"volunteer": {"dbs": Level.NONE}}),
    (Code.DBS_LEVEL, {"rule": {"regulated_activity": Regulated.HEALTH_CARE}}),
    (Code.DBS_LEVEL, {"rule": {"regulated_activity": Regulated.MONEY}}),
    (Code.DBS_OUT_OF_DATE, {"volunteer": {"dbs_review_due": DAY_BEFORE}}),
    (Code.UNDER_18_AT_HOME, {"volunteer": {"age": 17}}),
    (Code.UNDER_18_AT_HOME, {"volunteer": {"age": None}}),
    (Code.GENDER, {"volunteer": {"gender": "man"}}),
    (Code.GENDER, {"volunteer": {"gender": None}}),
    (Code.GENDER, {"ask": {"gender_required": "man"}}),
    (Code.LANGUAGE, {"volunteer": {"languages": frozenset({"ur"})}}),
    (Code.LANGUAGE, {"person": {"languages": frozenset({"bfi"})}}),
    (Code.LANGUAGE, {"person": {"languages": frozenset()}}),
    (Code.ALLERGY, {"volunteer": {"allergies": frozenset({"cat", "dog"})}}),
    (Code.ALLERGY, {"person": {"animals": frozenset({"dog"})}}),
    (Code.SMOKE, {"volunteer": {"avoids_smoke": True}}),
    (Code.LONE_VISIT, {"volunteer": {"visits_in_pair": False}}),
    (Code.CAR, {"volunteer": {"has_car": False}}),
    (Code.CAR, {"volunteer": {"car_insurance_ok": False}}),
    (Code.DISTANCE, {"volunteer": {"max_km": 1.11}}),
    (Code.DISTANCE, {"volunteer": {"max_km": None}}),
    (Code.DISTANCE, {"volunteer": {"lat": None}}),
    (Code.DISTANCE, {"person": {"lon": None}}),
    (Code.TIME, {"ask": {"minutes": 121}}),
    (Code.TIME, {"volunteer": {"windows": ()}}),
    (Code.TIME, {"volunteer": {"windows": (Window(0, 540, 599),)}}),
    (Code.TIME, {"volunteer": {"windows": (Window(1, 540, 660),)}}),
    (Code.CAPACITY, {"volunteer": {"active_matches": 2}}),
    (Code.CAPACITY, {"volunteer": {"capacity": 0}}),
    (Code.CONFLICT_OF_INTEREST, {"volunteer": {"household": "one"}}),
    (Code.CONFLICT_OF_INTEREST, {"volunteer": {"related_to": frozenset({"person"})}}),
    (Code.BLOCKED, {"volunteer": {"blocked_people": frozenset({"person"})}}),
    (Code.BLOCKED, {"person": {"blocked_volunteers": frozenset({"volunteer"})}}),
]
