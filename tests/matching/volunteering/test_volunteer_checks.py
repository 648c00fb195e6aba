"""Checks: asked for no higher than the law allows, for every activity and adult; warned of one that is too low; forgotten again."""

from datetime import timedelta
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from directory import clock
from directory.accounts.roles import Role
from directory.journal.models import Event
from matching.eligibility import Level, PersonFacts, highest_level, required_check
from matching.rules.activities import rules
from matching.volunteering.checks import ask_for_check, asked_for, forget_check, record_check
from matching.volunteering.missing import checks_needed, missing
from tests import factories

pytestmark = pytest.mark.django_db
OPEN = sorted(slug for slug, rule in rules().items() if rule.open_to_volunteers)
KNOWN = (True, False, None)


@pytest.mark.parametrize("activity", OPEN)
def test_no_level_is_asked_for_above_what_activity_adult_and_frequency_allow(activity):
    volunteer, by = factories.volunteer(activity, level="none"), factories.coordinator()
    for level, needs, care, regular in product(Level, KNOWN, KNOWN, (True, False)):
        adult = {"needs_help_because": needs, "receives_care": care}
        allowed = required_check(rules()[activity], PersonFacts(id="", **adult), regular)
        before = Event.objects.count()
        if level != Level.NONE and allowed.meets(level):
            ask_for_check(volunteer, by=by, level=level, activity=activity, adult=adult, regular=regular)
            assert asked_for(volunteer)[0] == (clock.today(), level, activity)
        else:
            with pytest.raises(ValidationError) as caught:
                ask_for_check(volunteer, by=by, level=level, activity=activity, adult=adult, regular=regular)
            assert list(caught.value.message_dict) == ["level"]
            assert Event.objects.count() == before


def test_the_same_is_asked_for_once_a_day_and_for_another_adult_again():
    by, volunteer = factories.coordinator(), factories.volunteer("shop-for-someone", level="none")
    told = {"level": "basic", "activity": "shop-for-someone"}
    for adult, regular in (({}, False), ({}, False), ({"receives_care": True}, False), ({}, True)):
        ask_for_check(volunteer, by=by, adult=adult, regular=regular, **told)
    assert Event.objects.about(volunteer).of_kind("volunteer.check_asked").count() == 3
    assert asked_for(volunteer) == [(clock.today(), Level.BASIC, "shop-for-someone")]


@pytest.mark.parametrize("activity", ["befriend-at-home", "washing-and-dressing", "flying"])
def test_a_check_is_asked_for_something_that_they_offer_and_volunteers_may_do(activity):
    offered = ["washing-and-dressing"] if activity == "washing-and-dressing" else ["shop-for-someone"]
    volunteer = factories.volunteer(*offered, level="none")
    with pytest.raises(ValidationError) as caught:
        ask_for_check(volunteer, by=factories.coordinator(), level="basic", activity=activity, adult={}, regular=False)
    assert list(caught.value.message_dict) == ["activity"]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
def test_only_coordinators_ask_for_checks_and_forget_them(role):
    by, volunteer = factories.user(role), factories.volunteer()
    with pytest.raises(PermissionDenied):
        ask_for_check(volunteer, by=by, level="basic", activity="shop-for-someone", adult={}, regular=False)
    with pytest.raises(PermissionDenied):
        forget_check(volunteer, by=by)


def test_what_was_asked_for_is_done_with_once_a_check_is_seen_and_a_check_can_be_forgotten():
    by, volunteer = factories.coordinator(), factories.volunteer(level="none")
    ask_for_check(volunteer, by=by, level="basic", activity="shop-for-someone", adult={}, regular=False)
    volunteer = record_check(volunteer, by=by, level="basic", seen_on=clock.today(), recheck_due=clock.today() + timedelta(days=900))
    assert asked_for(volunteer) == []
    volunteer = forget_check(volunteer, by=by)
    volunteer.refresh_from_db()
    assert (volunteer.check_level, volunteer.check_seen_on, volunteer.check_seen_by, volunteer.recheck_due) == ("none", None, None, None)
    assert Event.objects.about(volunteer).of_kind("volunteer.check_forgotten").get().codes == {"level": "basic"}
    forget_check(volunteer, by=by)
    assert Event.objects.about(volunteer).of_kind("volunteer.check_forgotten").count() == 1


@pytest.mark.parametrize("activity", OPEN)
def test_a_level_too_low_is_told_for_the_adult_who_makes_it_needed(activity):
    volunteer = factories.volunteer(activity, level="none")
    (line,) = checks_needed(volunteer)
    assert line.level == highest_level(rules()[activity])
    assert line.enough == (line.level == Level.NONE)
    warned = [each for each in missing(volunteer) if each.code == "check"]
    assert bool(warned) != line.enough
    assert all(line.level.label.lower() in each.words and line.for_whom in each.words for each in warned)


def test_shopping_says_for_whom_the_barred_list_is_needed():
    (line,) = checks_needed(factories.volunteer("shop-for-someone", level="basic"))
    assert (line.level, line.enough) == (Level.ENHANCED_BARRED, False)
    assert line.for_whom == "somebody who needs it because of age, illness or disability"
