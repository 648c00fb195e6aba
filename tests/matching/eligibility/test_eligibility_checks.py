"""Which check is needed, and that none higher is ever asked for: by the activity, the adult and how often."""

import pytest

from matching.eligibility import (
    ActivityRule,
    ByVolunteers,
    CheckTooHigh,
    Level,
    PersonFacts,
    Regulated,
    highest_level,
    refuse_higher_check,
    required_check,
)
from matching.rules.activities import rules

YES, NO, UNKNOWN = True, False, None


def rule(**facts):
    return ActivityRule(slug="some", volunteer=ByVolunteers.YES, **facts)


def adult(receives_care=UNKNOWN, needs_help_because=UNKNOWN):
    return PersonFacts(id="person", receives_care=receives_care, needs_help_because=needs_help_because)


@pytest.mark.parametrize("regulated", ["a", "c", "e"])
@pytest.mark.parametrize("regular", [YES, NO])
@pytest.mark.parametrize("needs_help_because", [YES, NO, UNKNOWN])
def test_health_care_social_work_and_affairs_need_the_highest_for_anybody(regulated, regular, needs_help_because):
    found = required_check(rule(regulated_activity=Regulated(regulated)), adult(NO, needs_help_because), regular)

    assert found is Level.ENHANCED_BARRED


@pytest.mark.parametrize("regulated", ["b", "d", "f"])
@pytest.mark.parametrize("regular", [YES, NO])
@pytest.mark.parametrize(
    ("needs_help_because", "level"), [(YES, Level.ENHANCED_BARRED), (UNKNOWN, Level.ENHANCED_BARRED), (NO, Level.BASIC)]
)
def test_personal_care_money_and_conveying_where_age_illness_or_disability_is_why(regulated, regular, needs_help_because, level):
    money = rule(regulated_activity=Regulated(regulated), coop_policy=Level.BASIC)

    assert required_check(money, adult(YES, needs_help_because), regular) is level


@pytest.mark.parametrize(
    ("eligible", "receives_care", "regular", "level"),
    [
        (YES, YES, YES, Level.ENHANCED),
        (YES, UNKNOWN, YES, Level.ENHANCED),
        (YES, NO, YES, Level.NONE),
        (YES, YES, NO, Level.NONE),
        (NO, YES, YES, Level.NONE),
    ],
)
def test_enhanced_needs_all_three_inputs(eligible, receives_care, regular, level):
    company = rule(enhanced_if_regular_care_recipient=eligible, coop_policy=Level.NONE)

    assert required_check(company, adult(receives_care, NO), regular) is level


def test_an_empty_policy_counts_as_none():
    assert required_check(rule(coop_policy=None), adult(), YES) is Level.NONE


@pytest.mark.parametrize(
    ("dbs", "if_regular", "regular", "level"),
    [
        (Level.BASIC, Level.ENHANCED, NO, Level.BASIC),
        (Level.BASIC, Level.ENHANCED, YES, Level.ENHANCED),
        (Level.BASIC, None, YES, Level.BASIC),
        (Level.NONE, None, NO, Level.NONE),
    ],
)
def test_the_rules_of_a_round_decide_for_themselves(dbs, if_regular, regular, level):
    own = rule(dbs=dbs, dbs_if_regular=if_regular, regulated_activity=Regulated.HEALTH_CARE)

    assert required_check(own, adult(YES, YES), regular) is level


def test_levels_are_ordered_and_a_higher_one_satisfies():
    ranks = [Level.NONE, Level.BASIC, Level.ENHANCED, Level.ENHANCED_BARRED]

    assert [[held.meets(needed) for needed in ranks] for held in ranks] == [[place <= held for place in range(4)] for held in range(4)]


@pytest.mark.parametrize("level", Level)
def test_a_higher_check_than_the_role_is_eligible_for_is_refused(level):
    company = rule(coop_policy=Level.BASIC, enhanced_if_regular_care_recipient=True)

    if level in (Level.NONE, Level.BASIC):
        refuse_higher_check(level, company, adult(NO, NO), YES)
    else:
        with pytest.raises(CheckTooHigh, match="unlawful"):
            refuse_higher_check(level, company, adult(NO, NO), YES)


def test_for_any_activity_and_adult_exactly_the_levels_up_to_the_needed_one_may_be_asked_for():
    for activity in rules().values():
        for person in (adult(care, why) for care in (YES, NO, UNKNOWN) for why in (YES, NO, UNKNOWN)):
            for regular in (YES, NO):
                needed = required_check(activity, person, regular)
                assert highest_level(activity).meets(needed)
                for level in Level:
                    if level.rank <= needed.rank:
                        refuse_higher_check(level, activity, person, regular)
                    else:
                        with pytest.raises(CheckTooHigh):
                            refuse_higher_check(level, activity, person, regular)


def test_unknown_is_never_more_lenient_than_known():
    for activity in rules().values():
        for regular in (YES, NO):
            unknown = required_check(activity, adult(), regular)
            assert all(unknown.meets(required_check(activity, adult(care, why), regular)) for care in (YES, NO) for why in (YES, NO))
