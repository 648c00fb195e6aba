"""What a step of a referral asks for: which reasons from whom, an outcome, a day, three attempts."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from matching.reasons import HOLD_REASONS, PERSON_REASONS, PROVIDER_REASONS, REFERRER_REASONS, SILENCING_REASONS, Outcome, Reason
from matching.states import REFERRAL, ReferralState, require_referral_details

PROVIDER = {
    "no_capacity",
    "not_eligible",
    "out_of_area",
    "wrong_service",
    "missing_information",
    "cannot_support_safely",
    "already_supported_here",
    "service_closed",
    "lack_of_resources",
    "other",
}
PERSON = {
    "person_declined",
    "no_longer_needed",
    "helped_elsewhere",
    "moved_away",
    "admitted_to_hospital_or_care",
    "deceased",
    "could_not_contact",
    "did_not_attend",
    "agreement_withdrawn",
}
REFERRER = {"duplicate", "better_match_found", "no_response"}
HOLD = {"waiting_list", "person_away", "hospital", "volunteer_search", "awaiting_check"}

ATTEMPTS = [{"at": f"2026-11-0{day}T10:00:00Z", "how": "phone"} for day in (1, 2, 3)]

# (from, to, relation) -> the reasons that may be given there; every other one is refused.
WHICH = {
    ("requested", "rejected", "prov"): PROVIDER,
    ("requested", "rejected", "coord"): PROVIDER,
    ("in_progress", "failed", "prov"): PROVIDER | PERSON,
    ("on_hold", "failed", "coord"): PROVIDER | PERSON,
    ("draft", "declined_by_person", "staff"): PERSON,
    ("draft", "declined_by_person", "self"): PERSON,
    ("accepted", "on_hold", "prov"): HOLD,
    ("in_progress", "on_hold", "coord"): HOLD,
    ("requested", "cancelled", "self"): PERSON,
    ("requested", "cancelled", "staff"): PERSON | REFERRER,
    ("accepted", "cancelled", "self"): PERSON,
    ("accepted", "cancelled", "staff"): PERSON | REFERRER,
    ("in_progress", "cancelled", "prov"): PROVIDER | PERSON,
    ("on_hold", "cancelled", "coord"): PROVIDER | PERSON,
}


def faults(source, to, relations, **details):
    """The fields that are wrong; empty when the step may be taken."""
    try:
        require_referral_details(REFERRAL.check(source, to, relations), details, relations)
    except ValidationError as error:
        return set(error.message_dict)
    return set()


def test_the_lists_are_whole_and_no_reason_stands_in_two():
    assert (PROVIDER_REASONS, PERSON_REASONS, REFERRER_REASONS, HOLD_REASONS) == (PROVIDER, PERSON, REFERRER, HOLD)
    assert sorted(Reason.values) == sorted([*PROVIDER, *PERSON, *REFERRER, *HOLD])
    assert {"deceased", "hospital", "admitted_to_hospital_or_care", "agreement_withdrawn"} == SILENCING_REASONS
    assert set(Outcome.values) == {"got_help", "partly", "advice_only", "ongoing", "signposted_on", "not_helped"}


@pytest.mark.parametrize(("where", "which"), [pytest.param(where, which, id=" ".join(where)) for where, which in WHICH.items()])
def test_which_reasons_where(where, which):
    source, to, relation = where
    more = {"review_on": date(2026, 12, 1), "attempts": ATTEMPTS}

    assert {reason for reason in Reason.values if not faults(source, to, [relation], reason=reason, **more)} == which
    assert faults(source, to, [relation], reason="because", **more) == {"reason"}
    assert faults(source, to, [relation], **more) == {"reason"}


def test_every_step_with_reasons_tells_them_for_all_who_may_take_it():
    for move in REFERRAL.moves:
        assert ("reason" in move.needs) == bool(move.reasons)
        assert not move.reasons or set(move.reasons) == set(move.by)


def test_somebody_on_two_sides_may_give_the_reasons_of_both_and_the_side_is_known_by_the_reason():
    cancel = REFERRAL.find("accepted", "cancelled")

    assert cancel.reasons_for(["staff", "coord"]) == PROVIDER | PERSON | REFERRER
    assert cancel.sides(["staff", "coord"], "duplicate") == {"staff"}
    assert cancel.sides(["staff", "coord"], "no_capacity") == {"coord"}
    assert cancel.sides(["staff", "coord"], "deceased") == {"staff", "coord"}


def test_a_hold_needs_a_day_to_look_again():
    assert faults("accepted", "on_hold", ["prov"], reason="waiting_list") == {"review_on"}
    assert faults("accepted", "on_hold", ["prov"]) == {"reason", "review_on"}


@pytest.mark.parametrize("outcome", Outcome.values)
def test_an_end_with_an_outcome(outcome):
    assert faults("accepted", "completed", ["prov"], outcome=outcome) == set()


@pytest.mark.parametrize("outcome", [None, "", "all_good", ["got_help"]])
def test_no_end_without_an_outcome(outcome):
    assert faults("in_progress", "completed", ["coord"], outcome=outcome) == {"outcome"}


@pytest.mark.parametrize(
    ("attempts", "wrong"),
    [
        (None, {"attempts"}),
        ([], {"attempts"}),
        (ATTEMPTS[:2], {"attempts"}),
        ([*ATTEMPTS[:2], {"how": "phone"}], {"attempts"}),
        ([*ATTEMPTS[:2], {"at": "", "how": "phone"}], {"attempts"}),
        (ATTEMPTS, set()),
        ([{"how": "letter"}, *ATTEMPTS], set()),
    ],
)
def test_nobody_is_given_up_as_not_reached_before_three_dated_attempts(attempts, wrong):
    assert faults("in_progress", "failed", ["prov"], reason="could_not_contact", attempts=attempts) == wrong


def test_other_reasons_to_close_need_no_attempts():
    assert faults("in_progress", "failed", ["prov"], reason="moved_away") == set()


@pytest.mark.parametrize("source", [state for state in ReferralState if state != ReferralState.ENTERED_IN_ERROR])
def test_a_mistake_is_told_in_words(source):
    assert faults(source, "entered_in_error", ["admin"]) == {"note"}
    assert faults(source, "entered_in_error", ["admin"], note="Wrong person.") == set()


def test_steps_that_ask_for_nothing():
    for source, to in [("draft", "requested"), ("requested", "accepted"), ("accepted", "in_progress"), ("on_hold", "in_progress")]:
        assert REFERRAL.find(source, to).needs == ()
