"""Each code by itself: what brings it, what is just inside, and what is not known."""

from datetime import timedelta

import pytest

from matching.eligibility import (
    EXPLANATIONS,
    ActivityRule,
    ByVolunteers,
    Code,
    Level,
    PersonalCare,
    PersonFacts,
    Regulated,
    VolunteerFacts,
    Window,
    nearest_miss,
    refusals,
)
from matching.eligibility.distance import km_between
from matching.eligibility.refusing import QUESTIONS
from tests.matching.feasible import ON, TIGHTER, changed, codes, pair

ORDER = [
    "no_consent",
    "cqc_personal_care",
    "volunteer_not_allowed",
    "training_missing",
    "volunteer_not_active",
    "activity_not_offered",
    "dbs_level",
    "dbs_out_of_date",
    "under_18_at_home",
    "gender",
    "language",
    "allergy",
    "smoke",
    "lone_visit",
    "car",
    "distance",
    "time",
    "capacity",
    "conflict_of_interest",
    "blocked",
]


def test_the_codes_and_their_order_are_those_that_staff_and_files_know():
    assert Code.values == ORDER
    assert [str(code) for code, _ in QUESTIONS] == ORDER


def test_every_code_is_explained_to_staff_with_what_would_mend_it():
    assert list(EXPLANATIONS) == list(Code)
    sentences = [sentence for explanation in EXPLANATIONS.values() for sentence in explanation]
    assert len(set(sentences)) == 2 * len(Code)
    assert all(sentence.endswith(".") and "_" not in sentence for sentence in sentences)


def test_a_pair_with_nothing_against_it_has_no_code():
    assert codes(pair()) == ()


@pytest.mark.parametrize(("code", "tighter"), TIGHTER)
def test_one_thing_tightened_brings_its_own_code_and_no_other(code, tighter):
    assert codes(changed(pair(), **tighter)) == (code,)


def test_every_code_is_among_them():
    assert {code for code, _ in TIGHTER} == set(Code)


@pytest.mark.parametrize(
    "looser",
    [
        {"volunteer": {"dbs_review_due": ON}},  # due on the very day
        {"volunteer": {"dbs_review_due": ON + timedelta(days=1)}},
        {"volunteer": {"dbs_review_due": None}},  # a certificate has no expiry of its own
        {"volunteer": {"dbs": Level.ENHANCED_BARRED}},  # a higher one satisfies
        {"volunteer": {"age": 18}},
        {"volunteer": {"age": 17}, "rule": {"at_home": False}},
        {"volunteer": {"age": None}, "rule": {"at_home": False}},
        {"volunteer": {"gender": "man"}, "ask": {"gender_required": None}},
        {"volunteer": {"gender": "man"}, "rule": {"private": False}},
        {"volunteer": {"gender": None}, "rule": {"private": False}},
        {"volunteer": {"avoids_smoke": True}, "person": {"smoker": False}},
        {"volunteer": {"visits_in_pair": False}, "ask": {"two_visitors": False}},
        {"volunteer": {"has_car": False}, "rule": {"needs_car": False}},
        {"volunteer": {"max_km": 0}, "rule": {"distance_matters": False}},
        {"volunteer": {"lat": None}, "rule": {"distance_matters": False}},
        {"volunteer": {"lat": None}, "ask": {"remote": True}},
        {"volunteer": {"max_km": 0}, "ask": {"remote": True}},
        {"volunteer": {"household": None}, "person": {"household": None}},  # two unknown homes are never one
        {"volunteer": {"household": ""}, "person": {"household": ""}},
        {"ask": {"minutes": 120}},  # exactly the run
        {"volunteer": {"windows": (Window(0, 600, 630), Window(0, 630, 660))}},
        {"volunteer": {"trained_for": frozenset()}, "rule": {"volunteer": ByVolunteers.YES}},
        {"rule": {"volunteer": ByVolunteers.LIMITED, "opened": True}},
        {"rule": {"professional_review": False, "confirmed": False}},
        {"volunteer": {"dbs": Level.BASIC}, "ask": {"regular": False}},
        {"volunteer": {"dbs": Level.BASIC}, "person": {"receives_care": False}},
        {"rule": {"regulated_activity": Regulated.MONEY}, "person": {"needs_help_because": False}},
        {"volunteer": {"related_to": frozenset({"another"}), "blocked_people": frozenset({"another"})}},
    ],
)
def test_just_inside(looser):
    assert codes(changed(pair(), **looser)) == ()


def test_what_nobody_knows_refuses():
    unknown = pair()
    nothing = refusals(unknown.ask, PersonFacts(id="person"), VolunteerFacts(id="volunteer"), unknown.rule, on=ON)

    assert nothing == (
        Code.TRAINING_MISSING,
        Code.VOLUNTEER_NOT_ACTIVE,
        Code.ACTIVITY_NOT_OFFERED,
        Code.DBS_LEVEL,
        Code.UNDER_18_AT_HOME,
        Code.GENDER,
        Code.LANGUAGE,
        Code.LONE_VISIT,
        Code.CAR,
        Code.DISTANCE,
        Code.TIME,
        Code.CAPACITY,
    )


def test_a_home_of_which_nobody_knows_whether_it_is_smoky_is_not_for_who_avoids_smoke():
    assert codes(pair(person={"smoker": None}, volunteer={"avoids_smoke": True})) == (Code.SMOKE,)


def test_a_limit_equal_to_the_distance_is_kept():
    one = pair()
    km = km_between(one.person.lat, one.person.lon, one.volunteer.lat, one.volunteer.lon)

    assert codes(changed(one, volunteer={"max_km": km})) == ()
    assert codes(changed(one, volunteer={"max_km": km - 0.001})) == (Code.DISTANCE,)


def test_personal_care_that_no_volunteer_may_do_has_both_codes_and_all_the_others():
    one = pair(
        rule={
            "cqc_personal_care": PersonalCare.POSSIBLE,
            "volunteer": ByVolunteers.NO,
            "coop_policy": None,
            "regulated_activity": Regulated.PERSONAL_CARE,
        },
        volunteer={"age": 17, "capacity": 0},
    )

    assert codes(one) == (Code.CQC_PERSONAL_CARE, Code.VOLUNTEER_NOT_ALLOWED, Code.DBS_LEVEL, Code.UNDER_18_AT_HOME, Code.CAPACITY)


def test_another_person_or_another_rule_is_a_mistake_of_the_caller():
    one = pair()
    with pytest.raises(ValueError, match="those of the request"):
        refusals(one.ask, PersonFacts(id="somebody"), one.volunteer, one.rule, on=ON)
    with pytest.raises(ValueError, match="those of the request"):
        refusals(one.ask, one.person, one.volunteer, ActivityRule(slug="other", volunteer=ByVolunteers.YES), on=ON)


@pytest.mark.parametrize(
    ("refused", "nearest"),
    [
        ([], None),
        ([()], None),
        ([(Code.TIME, Code.CAR)], None),
        ([(Code.TIME, Code.CAR), (Code.CAPACITY,)], Code.CAPACITY),
        ([(Code.TIME,), (Code.CAPACITY,), (Code.CAPACITY,)], Code.CAPACITY),
        ([(Code.CAPACITY,), (Code.TIME,)], Code.TIME),  # a tie goes by the order of the codes
        ([(Code.BLOCKED,), (Code.NO_CONSENT,)], Code.NO_CONSENT),
        ([(Code.CAR, Code.TIME)] * 5 + [(Code.BLOCKED,)], Code.BLOCKED),
    ],
)
def test_the_nearest_miss_is_the_one_code_that_would_open_most(refused, nearest):
    assert nearest_miss(refused) is nearest
    assert nearest_miss(reversed(refused)) is nearest
