"""The activities as data: what the product ships, and that a broken table is refused with its line."""

import csv
from pathlib import Path

import pytest

from matching.eligibility import ByVolunteers, Code, Level, PersonalCare, Regulated
from matching.rules.activities import FILE, of_need, read, rule_for, rules
from tests.matching.feasible import codes, pair

NEEDS = Path(__file__).parents[3] / "directory" / "data" / "needs.csv"
HEAD = (
    "element,need,activity,label,regulated_activity,cqc_personal_care,coop_policy,enhanced_if_regular_care_recipient,volunteer,needs_car,at_home,private,"
    "distance_matters,conditions,professional_review"
)
ROW = "my-home,shopping,shop,Shop,d,no,basic,no,yes,no,yes,no,yes,,no"


def with_rule(rule, **parts):
    """The feasible pair, asked for this activity by somebody of whom nothing is known, offered by somebody who does everything."""
    one = pair(
        ask={"activity": rule.slug, "gender_required": None},
        person={"needs_help_because": None, "receives_care": None},
        volunteer={"activities": frozenset({rule.slug}), "trained_for": frozenset({rule.slug}), "dbs": Level.ENHANCED_BARRED},
        rule={field: getattr(rule, field) for field in rule.__dataclass_fields__},
    )
    return codes(one)


def test_every_activity_belongs_to_one_of_the_25_needs():
    with NEEDS.open(encoding="utf-8", newline="") as lines:
        needs = {row["slug"] for row in csv.DictReader(lines)}

    assert len(rules()) == 46
    assert {rule.need for rule in rules().values()} == needs
    assert sum(len(of_need(need)) for need in needs) == 46


@pytest.mark.parametrize("slug", list(rules()))
def test_what_volunteers_may_do_as_shipped(slug):
    """Nothing under review is used before somebody has confirmed it, and nothing limited before it is opened."""
    rule = rules()[slug]
    found = with_rule(rule)

    allowed = rule.volunteer in (ByVolunteers.YES, ByVolunteers.TRAINED) and not rule.professional_review
    assert found == (() if allowed else tuple(code for code in found if code in (Code.CQC_PERSONAL_CARE, Code.VOLUNTEER_NOT_ALLOWED)))
    assert (Code.VOLUNTEER_NOT_ALLOWED in found) is not allowed
    assert (Code.CQC_PERSONAL_CARE in found) is (rule.cqc_personal_care != PersonalCare.NO)


@pytest.mark.parametrize("slug", list(rules()))
def test_with_everything_confirmed_and_opened_only_no_remains(slug):
    found = with_rule(rule_for(slug, confirmed=rules(), opened=rules()))

    assert (Code.VOLUNTEER_NOT_ALLOWED in found) is (rules()[slug].volunteer == ByVolunteers.NO)


def test_confirming_alone_does_not_open_what_is_limited():
    assert with_rule(rule_for("online-money-for-someone", confirmed=rules())) == (Code.VOLUNTEER_NOT_ALLOWED,)
    assert with_rule(rule_for("online-money-for-someone", opened=rules())) == (Code.VOLUNTEER_NOT_ALLOWED,)
    assert with_rule(rule_for("online-money-for-someone", confirmed=rules(), opened=rules())) == ()


def test_decisions_about_one_activity_touch_no_other():
    decided = rules(confirmed={"shop-for-someone"})

    assert [slug for slug, rule in decided.items() if rule.confirmed] == ["shop-for-someone"]
    assert not any(rule.confirmed or rule.opened for rule in rules().values())


def test_an_empty_policy_stands_only_where_no_volunteer_may_do_it():
    assert all((rule.coop_policy is None) <= (rule.volunteer == ByVolunteers.NO) for rule in rules().values())


def test_the_table_cannot_be_changed_by_whoever_reads_it():
    with pytest.raises(TypeError):
        rules()["new"] = rule_for("garden-help")


def test_an_activity_that_is_not_there_is_a_key_error():
    with pytest.raises(KeyError):
        rule_for("skydiving")


def test_a_row_is_read_as_it_stands():
    rule = read([HEAD, ROW])["shop"]

    assert (rule.need, rule.label, rule.regulated_activity, rule.coop_policy) == ("shopping", "Shop", Regulated.MONEY, Level.BASIC)
    assert (rule.needs_car, rule.at_home, rule.private, rule.distance_matters) == (False, True, False, True)


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        (",d,", ",z,", "Line 2"),
        (",basic,", ",enhanced,", "none or basic"),
        (",basic,", ",,", "only where volunteer is no"),
        (",no,yes,no,yes,no,yes,,no", ",no,yes,no,yes,no,perhaps,,no", "neither yes nor no"),
        (",basic,no,yes,", ",basic,no,often,", "Line 2"),
        (",shop,Shop", ",,Shop", "activity is empty"),
        (ROW, ROW + "\n" + ROW, "Line 3 of the activities: shop is there twice"),
        (ROW, "my-home,shopping", "Line 2"),
    ],
)
def test_a_broken_row_is_told_by_its_line(was, becomes, told):
    with pytest.raises(ValueError, match=told):
        read([HEAD, *ROW.replace(was, becomes).splitlines()])


def test_a_column_that_is_missing_is_told():
    with pytest.raises(ValueError, match="professional_review"):
        read([HEAD.removesuffix(",professional_review"), ROW.removesuffix(",no")])


def test_the_shipped_file_has_the_columns_that_are_read():
    assert FILE.read_text(encoding="utf-8").splitlines()[0] == HEAD
