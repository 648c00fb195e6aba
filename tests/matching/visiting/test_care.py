"""The care team: whom a care worker knows, and for how long; who is taken off; what a visit that is moved still asks for."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from directory import clock
from directory.accounts.roles import Role
from directory.journal.verifying import verify
from directory.states import WrongState
from matching.agreements import withdraw_agreement
from matching.models import Person, Visit
from matching.persons.once import SentAlready
from matching.visiting.care import carers_of, end_care, own_people
from matching.visiting.knowing import may_know
from matching.visiting.lists import week_of
from matching.visiting.moves import done, replace
from matching.visiting.planning import plan_care_visit
from tests import factories
from tests.matching.visiting.conftest import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def tess():
    return factories.user(Role.CARE_WORKER, name="Tess Testworker")


def of_the_week(user, day) -> list[str]:
    return [visit.name for each in week_of(day, by=user) for visit in each.visits]


def test_a_care_worker_knows_whom_they_visit_or_have_visited_within_sixty_days(tess):
    by, person = factories.coordinator(), factories.person()
    visit = plan_care_visit(person, tess, at(-1), by=by)
    assert list(own_people(tess)) == [person]
    assert may_know(done(visit, by=tess), by=tess)
    assert of_the_week(tess, clock.local(visit.starts_at).date()) == [person.name]
    with clock.held_at(at(61)):
        assert list(own_people(tess)) == []
        assert not may_know(visit, by=tess)
        assert of_the_week(tess, clock.local(visit.starts_at).date()) == []
        assert may_know(visit, by=by)
        with pytest.raises(PermissionDenied):
            plan_care_visit(person, tess, at(1), by=tess)


def test_the_week_tells_the_address_and_the_home_of_a_visit_that_is_still_to_be_made(tess):
    by, person = factories.coordinator(), factories.person(address="1 Canary Row", facts={"animals": ["dog"]})
    coming, been = plan_care_visit(person, tess, at(1), by=by), plan_care_visit(person, tess, at(-1), by=by)
    told = {visit.id: visit for day in (-1, 1) for each in week_of(clock.local(at(day)).date(), by=tess) for visit in each.visits}
    assert "1 Canary Row" in told[coming.pk].where
    assert told[coming.pk].home
    assert (told[been.pk].where, told[been.pk].home) == ("", ())


def test_a_coordinator_takes_a_care_worker_off_and_a_new_visit_lets_them_in_again(tess):
    by = factories.coordinator()
    person = factories.person(by=tess, agreed=False)
    been, coming = plan_care_visit(person, tess, at(-1), by=tess), plan_care_visit(person, tess, at(1), by=tess)
    done(been, by=tess)
    other = plan_care_visit(person, factories.user(Role.CARE_WORKER), at(1), by=by)
    for stranger in (tess, factories.user(Role.SAFEGUARDING_LEAD)):
        with pytest.raises(PermissionDenied):
            end_care(person, tess, by=stranger)
    assert end_care(person, tess, by=by) == 1
    assert list(own_people(tess)) == []
    assert tess not in carers_of(Person.objects.get(pk=person.pk))
    for visit in (been, coming):
        visit.refresh_from_db()
        assert not may_know(visit, by=tess)
    assert Person.objects.get(pk=person.pk).brought_in_by is None
    other.refresh_from_db()
    assert (coming.state, other.state) == ("cancelled", "planned")
    with pytest.raises(PermissionDenied):
        plan_care_visit(person, tess, at(3), by=tess)
    plan_care_visit(person, tess, at(3), by=by)
    assert list(own_people(tess)) == [person]
    assert verify() == []


@pytest.mark.parametrize("stop", ["contact", "agreement"])
def test_a_care_visit_is_neither_planned_nor_moved_for_who_may_not_be_contacted_or_took_the_agreement_back(tess, stop):
    by, person = factories.coordinator(), factories.person()
    visit = plan_care_visit(person, tess, at(-1), by=by)
    if stop == "contact":
        Person.objects.filter(pk=person.pk).update(do_not_contact=True)
    else:
        withdraw_agreement(person.agreements.get(), by=by)
    for doing in (lambda: replace(visit, by=tess, starts_at=at(2)), lambda: plan_care_visit(person, tess, at(4), by=by)):
        with pytest.raises(WrongState):
            doing()
    visit.refresh_from_db()
    assert visit.state == "planned"
    if stop == "agreement":
        factories.agreement(person)
        assert replace(visit, by=tess, starts_at=at(2)).state == "planned"


def test_two_care_visits_are_not_moved_onto_one_moment(tess):
    by, person = factories.coordinator(), factories.person()
    first, second = (plan_care_visit(person, tess, at(day), by=by) for day in (1, 2))
    with pytest.raises(WrongState, match="already"):
        replace(second, by=by, starts_at=first.starts_at)


def test_a_coordinator_plans_for_the_team_and_takes_somebody_off_on_the_page(client, tess):
    person, moment = factories.person(), clock.local(at(1))
    factories.user(Role.CARE_WORKER)
    client.force_login(factories.coordinator())
    page, care = reverse("desk-care-visit-new"), reverse("desk-person-care", args=[person.pk])
    assert person.name in client.get(page, {"person": person.pk}).content.decode()
    told = {"person": person.pk, "day": f"{moment:%Y-%m-%d}", "at": f"{moment:%H:%M}", "minutes": "30", "once": "one"}
    assert client.post(page, told).status_code == 400
    for _ in range(2):
        assert client.post(page, {**told, "care_worker": tess.pk}).status_code == 302
    visit = Visit.objects.get()
    assert (visit.care_worker, visit.person) == (tess, person)
    for nobody in ("x", factories.user(Role.PARTNER).pk):
        assert client.post(page, {**told, "once": "two", "care_worker": nobody}).status_code == 400
    assert "Tess Testworker" in client.get(care).content.decode()
    for said in ("does not go there any more; what was planned", "That was ended before."):
        assert said in client.post(care, {"care_worker": tess.pk}, follow=True).content.decode()
    visit.refresh_from_db()
    assert visit.state == "cancelled"
    client.force_login(tess)
    assert client.get(care).status_code == 403
    shown = client.get(reverse("visit", args=[visit.pk])).content.decode()
    assert person.name not in shown


def test_the_only_care_worker_goes_without_being_chosen(client, tess):
    person, moment = factories.person(), clock.local(at(1))
    client.force_login(factories.coordinator())
    page = reverse("desk-care-visit-new")
    assert 'type="hidden" name="care_worker"' in client.get(page, {"person": person.pk}).content.decode()
    told = {"person": person.pk, "care_worker": "", "day": f"{moment:%Y-%m-%d}", "at": f"{moment:%H:%M}", "minutes": "30", "once": "one"}
    assert client.post(page, told).status_code == 302
    assert Visit.objects.get().care_worker == tess


def test_the_same_form_that_is_sent_again_after_the_visit_was_moved_makes_no_second(client, tess):
    own, moment = factories.person(by=tess, agreed=False), clock.local(at(1))
    client.force_login(tess)
    told = {"person": own.pk, "day": f"{moment:%Y-%m-%d}", "at": f"{moment:%H:%M}", "minutes": "30", "once": "one"}
    client.post(reverse("desk-care-visit-new"), told)
    replace(Visit.objects.get(), by=tess, starts_at=at(1) + timedelta(days=1))
    client.post(reverse("desk-care-visit-new"), told)
    assert Visit.objects.count() == 2


def test_one_forms_mark_for_another_person_another_worker_or_another_moment(tess):
    by, moment, person = factories.coordinator(), at(1), factories.person()
    first = plan_care_visit(person, tess, moment, by=by, once="one")
    assert plan_care_visit(person, tess, moment, by=by, once="one") == first
    assert plan_care_visit(factories.person(), tess, moment, by=by, once="one") != first
    assert plan_care_visit(person, factories.user(Role.CARE_WORKER), moment, by=by, once="one") != first
    with pytest.raises(SentAlready):
        plan_care_visit(person, tess, at(2), by=by, once="one")
