"""What a coordinator can do: recruit, invite a service to come here too; texts that tell of nobody, tasks once a month."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from directory.accounts.roles import Role
from matching.models import Task
from matching.unmet import acting, widening
from search import indexing
from tests import factories

pytestmark = pytest.mark.django_db

NORTH = (factories.HOME[0] + 0.2, factories.HOME[1])


@pytest.fixture
def spot():
    here = factories.area()
    return acting.Spot(factories.need("garden-maintenance"), "garden-help", here.code, here.name)


def test_a_task_to_recruit_is_made_once_a_month_for_each_spot_with_words_of_ours_or_the_coordinators(spot):
    by = factories.coordinator()
    task = acting.recruit(spot, by=by)
    assert acting.recruit(spot, by=by, words="Another notice") == task
    assert (task.kind, task.activity, task.need_id) == ("recruit", "garden-help", "garden-maintenance")
    assert "/volunteer/?activity=garden-help" in task.words
    assert task.words.startswith("Colne Valley.")
    elsewhere = acting.Spot(spot.need, spot.activity, "T0009", "Far Away")
    assert acting.recruit(elsewhere, by=by, words="Another notice").words == "Far Away. Another notice"


def test_no_number_of_people_stands_in_what_goes_outside(spot):
    service = factories.service("garden-maintenance", name="Diggers", organisation_=factories.organisation(name="The Spade"))
    for text in (acting.notice(spot), acting.letter(spot, service)):
        said = text.replace("01632 960 123", "").replace("9 to 4", "").replace("1 Example Street", "").replace("127.0.0.1:8000", "")
        assert not any(letter.isdigit() for letter in said)


def test_nobody_recruits_for_what_volunteers_may_not_do():
    care = acting.Spot(factories.need("hygiene-and-grooming"), "washing-and-dressing", "T0001", "Colne Valley")
    with pytest.raises(ValidationError, match="Volunteers may not"):
        acting.recruit(care, by=factories.coordinator())
    assert not Task.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
def test_only_coordinators_act(spot, role):
    by, service = factories.user(role), factories.service("garden-maintenance")
    for act in (
        lambda: acting.recruit(spot, by=by),
        lambda: acting.widen(spot, service, by=by),
        lambda: acting.start_group(spot, by=by),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert not Task.objects.exists()


def test_services_that_end_before_the_area_are_named_and_those_that_reach_it_are_not(spot):
    factories.service("garden-maintenance")
    far = factories.service("garden-maintenance", at=NORTH)
    factories.service("shopping", at=NORTH)
    indexing.rebuild()
    [near] = widening.services_near(spot.need.pk, spot.area_code)
    assert near.service == far
    assert near.why_not
    assert widening.services_near(spot.need.pk, "nowhere") == []
    task = acting.widen(spot, far, by=factories.coordinator())
    assert (task.kind, task.service) == ("widen", far)
    far.status = "closed"
    far.save()
    with pytest.raises(ValidationError):
        acting.widen(spot, far, by=factories.coordinator())
