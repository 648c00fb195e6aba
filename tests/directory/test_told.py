"""What a listing tells: the first gap in the order in which callers ask, and sections that are told once the group has done its part."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory import listings, moderation
from directory.accounts.models import User
from directory.listing_fields import FIELDS, FOR_PARTNERS
from directory.models import Service
from directory.sections import BY_SLUG, SECTIONS
from directory.told import ASKED, Standing, standing, waiting_values

pytestmark = pytest.mark.django_db


def stands(service: Service) -> Standing:
    own = Service.objects.with_everything().get(pk=service.pk)
    return standing(own, waiting_values([own]).get(own.pk, {}))


def told(service: Service) -> set[str]:
    return {each.section.slug for each in stands(service).sections if each.is_told}


def test_each_field_of_a_group_stands_in_one_section() -> None:
    named = [name for section in SECTIONS for name in section.fields]
    assert sorted(named) == sorted(FOR_PARTNERS)
    assert len(SECTIONS) == len(BY_SLUG) == 8


def test_callers_ask_in_every_section_and_about_fields_of_it_only() -> None:
    assert {fact.section for fact in ASKED} == set(SECTIONS)


def test_the_first_gap_is_what_callers_ask_first(service: Service, editor: User) -> None:
    asked = []
    answers = {
        "Can I just turn up?": {"how_to_access": "Just turn up."},
        "Can I get in without a step?": {"access": {"step_free": False}},
        "Is there a toilet that I can use?": {"access": {"step_free": False, "accessible_toilet": True}},
        "What do I get there?": {"what_you_get": "A hot meal"},
    }
    while (gap := stands(service).next) is not None:
        asked.append(gap.question)
        listings.set_fields(service, answers[gap.question], by=editor)
    assert asked == list(answers)
    assert stands(service).told == 8


def test_what_was_proposed_is_told_and_waits(service: Service, partner: User, editor: User) -> None:
    assert "start" not in told(service)
    change = moderation.propose(service, {"how_to_access": "Just turn up."}, by=partner)
    assert change is not None
    start = next(each for each in stands(service).sections if each.section.slug == "start")
    assert (start.is_told, start.waiting, stands(service).waiting) == (True, ("how_to_access",), 1)
    moderation.decline_field(change.fields.get(), by=editor, reason="Please say on which days.")
    assert "start" not in told(service)


def test_what_was_proposed_last_counts(service: Service, partner: User) -> None:
    moderation.propose(service, {"how_to_access": "Just turn up."}, by=partner)
    moderation.propose(service, {"how_to_access": "Ring first."}, by=partner)
    assert waiting_values([service])[service.pk] == {"how_to_access": "Ring first."}


def test_nobody_asks_how_to_get_into_what_comes_to_them(service: Service, editor: User) -> None:
    listings.set_fields(service, {"delivery": ["home"], "places": [], "times": []}, by=editor)
    getting_in = next(each for each in stands(service).sections if each.section.slug == "getting-in")
    assert (getting_in.is_told, getting_in.is_asked) == (True, False)
    assert "now" in told(service)
    listings.set_fields(service, {"area": []}, by=editor)
    assert "where" not in told(service)


def test_a_number_of_the_whole_group_is_a_number(service: Service, editor: User) -> None:
    listings.set_fields(service, {"phone": "", "email": ""}, by=editor)
    assert "reach" not in told(service)
    service.organisation.phone = "01484 496000"
    service.organisation.save()
    assert "reach" in told(service)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(names=st.sets(st.sampled_from(sorted(FOR_PARTNERS - {"status", "referral_route", "kind", "name", "summary"}))))
def test_taking_answers_away_never_tells_more(service: Service, names: set[str]) -> None:
    own = Service.objects.with_everything().get(pk=service.pk)
    empty = {name: _empty(FIELDS[name].read(own)) for name in names - {"places", "delivery"}}
    assert standing(own, empty).told <= standing(own, {}).told


def _empty(value: object) -> object:
    return type(value)() if isinstance(value, str | list | dict) else None
