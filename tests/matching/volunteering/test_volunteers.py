"""Volunteers: written down, checked no higher than the law allows, and activities that nobody does before somebody has decided."""

import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from directory import clock
from directory.accounts.roles import Role
from directory.journal.models import Event
from matching import volunteers
from matching.eligibility import Level, highest_level
from matching.models import ActivityDecision, Volunteer
from matching.rules import decisions
from matching.rules.activities import rules
from matching.rules.decisions import rules_in_force
from tests import factories

pytestmark = pytest.mark.django_db


def check(volunteer: Volunteer, level: str, **fields: object) -> Volunteer:
    values = {"seen_on": clock.today(), "recheck_due": clock.today() + timedelta(days=1000), "by": factories.coordinator(), **fields}
    return volunteers.record_check(volunteer, level=level, **values)


def test_a_volunteer_is_written_down_as_applied_with_the_position_of_their_postcode():
    by = factories.coordinator()
    made = volunteers.register_volunteer(
        by=by, name="Vera Canary", postcode=factories.postcode(), languages=["English", " BSL"], facts={"allergies": ["Dogs"]}
    )
    made.refresh_from_db()
    assert (made.status, made.languages, made.facts) == ("applied", ["bsl", "english"], {"allergies": ["dogs"]})
    assert made.position == {"lat": factories.HOME[0], "lon": factories.HOME[1]}
    assert Event.objects.about(made).get().codes == {"to": "applied", "demo": False}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"name": ""}, "name"),
        ({"postcode": "here"}, "postcode"),
        ({"windows": [[0, 700, 600]]}, "windows"),
        ({"max_km": -1}, "max_km"),
        ({"capacity": 51}, "capacity"),
        ({"facts": {"faith": "x"}}, "facts"),
    ],
)
def test_what_cannot_be_written_down_is_told_by_its_field(fields, named):
    with pytest.raises(ValidationError) as caught:
        volunteers.register_volunteer(by=factories.coordinator(), **{"name": "Vera", **fields})
    assert list(caught.value.message_dict) == [named]


def test_how_far_is_told_in_miles_as_it_is_asked():
    with pytest.raises(ValidationError) as caught:
        volunteers.register_volunteer(by=factories.coordinator(), name="Vera", max_km=201)
    assert caught.value.message_dict == {"max_km": ["Write how many miles they go, from 0 to 124."]}


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
def test_only_coordinators_keep_volunteers_records(role):
    by, volunteer, person = factories.user(role), factories.volunteer(), factories.person()
    for attempt in (
        lambda: volunteers.register_volunteer(by=by, name="Vera"),
        lambda: volunteers.set_status(volunteer, "left", by=by),
        lambda: check(volunteer, "basic", by=by),
        lambda: volunteers.offer_activity(volunteer, "shop-together", by=by),
        lambda: volunteers.drop_activity(volunteer, "shop-for-someone", by=by),
        lambda: volunteers.keep_apart(person, volunteer, "blocked", by=by),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


@pytest.mark.parametrize("level", [level for level in Level if level != Level.NONE])
@pytest.mark.parametrize("activity", sorted(rules()))
def test_no_check_is_recorded_that_may_not_be_asked_for(activity, level):
    volunteer = factories.volunteer(activity, level="none")
    if highest_level(rules()[activity]).meets(level):
        assert check(volunteer, level).check_level == level
    else:
        with pytest.raises(ValidationError) as caught:
            check(volunteer, level)
        assert list(caught.value.message_dict) == ["level"]


def test_who_offers_nothing_is_asked_for_no_check():
    volunteer = volunteers.register_volunteer(by=factories.coordinator(), name="Vera")
    with pytest.raises(ValidationError):
        check(volunteer, "basic")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"seen_on": date(2999, 1, 1), "recheck_due": date(2999, 2, 1)}, "seen_on"),
        ({"recheck_due": date(2000, 1, 1)}, "recheck_due"),
        ({"workforce": "cats"}, "workforce"),
    ],
)
def test_a_check_that_cannot_have_been_seen_is_refused(fields, named):
    with pytest.raises(ValidationError) as caught:
        check(factories.volunteer(level="none"), "basic", **fields)
    assert list(caught.value.message_dict) == [named]


def test_who_saw_the_check_is_kept_and_the_journal_has_level_and_days():
    by, volunteer = factories.coordinator(), factories.volunteer(level="none")
    volunteer = check(volunteer, "enhanced_barred", by=by)
    assert volunteer.check_seen_by == by
    event = Event.objects.about(volunteer).of_kind("volunteer.check_seen").get()
    assert set(event.codes) == {"level", "workforce", "seen_on", "recheck_due"}


def test_correcting_a_volunteer_moves_their_position_and_tells_which_fields():
    by, volunteer = factories.coordinator(), factories.volunteer()
    elsewhere = factories.postcode("HD7 6AB", (53.6, -1.9))
    volunteer = volunteers.correct_volunteer(
        volunteer, by=by, postcode=elsewhere, languages=["English", "Urdu"], capacity=volunteer.capacity
    )
    assert (volunteer.position, volunteer.languages) == ({"lat": 53.6, "lon": -1.9}, ["english", "urdu"])
    assert Event.objects.about(volunteer).of_kind("volunteer.corrected").get().codes == {"fields": ["languages", "postcode"]}
    with pytest.raises(TypeError):
        volunteers.correct_volunteer(volunteer, by=by, status="active")
    with pytest.raises(PermissionDenied):
        volunteers.correct_volunteer(volunteer, by=factories.administrator(), notes="x")


def test_the_same_status_again_writes_nothing():
    volunteer = factories.volunteer()
    before = Event.objects.about(volunteer).count()
    volunteers.set_status(volunteer, "active", by=factories.coordinator())
    assert Event.objects.about(volunteer).count() == before


# Decisions on activities


def decide(activity="collect-prescription", by=None, **fields):
    return decisions.confirm_activity(
        activity, by=by or factories.administrator(), **{"professional": "A. Nurse", "source": "Letter of 1 June", **fields}
    )


def test_a_rule_under_review_is_in_force_once_an_administrator_has_confirmed_it():
    assert not rules_in_force()["collect-prescription"].open_to_volunteers
    decision = decide()
    assert rules_in_force()["collect-prescription"].open_to_volunteers
    decisions.withdraw_decision(decision, by=factories.administrator())
    assert not rules_in_force()["collect-prescription"].open_to_volunteers


def test_a_limited_activity_is_opened_and_others_cannot_be():
    by = factories.administrator()
    decide("days-away", by=by)
    assert not rules_in_force()["days-away"].open_to_volunteers
    decisions.open_limited("days-away", by=by, professional="The board", source="Minutes of May")
    assert rules_in_force()["days-away"].open_to_volunteers
    with pytest.raises(ValidationError):
        decisions.open_limited("washing-and-dressing", by=by, professional="The board", source="Minutes of May")


def test_the_demonstrations_decisions_are_taken_back_and_real_ones_stay():
    decide(demo=True)
    decide("forms-and-landlord")
    assert decisions.withdraw_demo_decisions(by=None) == 1
    in_force = ActivityDecision.objects.filter(withdrawn_on=None)
    assert [decision.activity for decision in in_force] == ["forms-and-landlord"]
    assert decisions.withdraw_demo_decisions(by=None) == 0


def test_a_real_decision_takes_the_place_of_the_demonstrations_and_not_the_other_way_round():
    decide(demo=True)
    real = decide()
    assert decide(demo=True) == real
    assert decisions.withdraw_demo_decisions(by=None) == 0
    assert rules_in_force()["collect-prescription"].open_to_volunteers


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_decide_on_activities(role):
    with pytest.raises(PermissionDenied):
        decide(by=factories.user(role))
    with pytest.raises(PermissionDenied):
        decisions.withdraw_demo_decisions(by=factories.user(role))


@pytest.mark.parametrize(
    ("fields", "named"), [({"activity": "flying"}, "activity"), ({"professional": " "}, "professional"), ({"source": ""}, "source")]
)
def test_a_decision_names_its_activity_its_professional_and_its_source(fields, named):
    with pytest.raises(ValidationError) as caught:
        decide(**fields)
    assert list(caught.value.message_dict) == [named]


@pytest.mark.parametrize("verb", [volunteers.offer_activity, volunteers.drop_activity])
def test_what_they_offer_is_changed_by_whoever_holds_the_volunteer(verb):
    by, volunteer = factories.coordinator(), factories.volunteer("shop-together", level="none")
    with CaptureQueriesContext(connection) as asked:
        verb(volunteer, "shop-together", by=by)
    tables = [re.findall(r'FROM "(matching_volunteer\w*)"', each["sql"])[:1] for each in asked]
    assert [name for found in tables for name in found][:2] == ["matching_volunteer", "matching_volunteeractivity"]


def test_a_button_that_was_tampered_with_takes_nothing_away(each_store):
    volunteer = factories.volunteer("shop-together", level="none")
    volunteers.drop_activity(volunteer, "shop\x00together", by=factories.coordinator())
    assert [row.activity for row in volunteer.activities.all()] == ["shop-together"]
