"""Live gaps: what waits and no volunteer may take, by the one eligibility function."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matching import asks, matches
from matching.eligibility import Code
from matching.models import Volunteer
from matching.unmet import gaps
from matching.volunteers import set_status
from tests import factories

pytestmark = pytest.mark.django_db

FAR = (factories.HOME[0] + 0.3, factories.HOME[1])


@pytest.fixture
def far_gardener(gardener) -> Callable[..., Volunteer]:
    """Somebody who would do it, and lives too far away."""
    postcode = factories.postcode("HD9 9ZZ", FAR, factories.area("T0009", "Far Away", FAR))
    return lambda **fields: gardener(postcode=postcode, **fields)


def test_a_request_is_a_gap_while_no_volunteer_may_and_names_what_comes_nearest(garden, gardener, far_gardener):
    ask = garden()
    factories.volunteer("shop-together", level="basic")
    far_gardener()
    far_gardener(languages=["welsh"])
    [gap] = gaps.gaps()
    assert (gap.ask, gap.nearest_miss, gap.alone) == (ask, Code.ACTIVITY_NOT_OFFERED, 1)
    far_gardener()
    [gap] = gaps.gaps()
    assert (gap.nearest_miss, gap.alone) == (Code.DISTANCE, 2)
    near = gardener()
    assert gaps.gaps() == []
    set_status(near, "paused", by=factories.coordinator())
    assert [gap.ask for gap in gaps.gaps()] == [ask]


def test_a_yes_that_has_still_to_be_asked_for_is_no_lack_of_volunteers(garden, gardener):
    garden(factories.person(agreed=False))
    gardener()
    assert gaps.gaps() == []


def test_a_request_that_names_only_its_need_is_no_gap_where_one_of_its_activities_can_be_done():
    factories.ask(need_="shopping")
    factories.volunteer(factories.confirmed("deliver-parcel"), level="none")
    assert gaps.gaps() == []


def test_what_somebody_is_on_or_what_is_closed_is_not_waiting(garden, offer_in, gardener):
    offer_in()
    by = factories.coordinator()
    asks.withdraw(garden(), by=by)
    open_ = garden()
    assert list(gaps.waiting()) == [open_]
    match = matches.offer(open_, gardener(), by=by)
    assert list(gaps.waiting()) == []
    matches.decline(match, by=by)
    assert list(gaps.waiting()) == [open_]


def test_near_misses_come_first(garden, far_gardener):
    lost = factories.ask(need_="hygiene-and-grooming", activity="washing-and-dressing")
    near = garden()
    far_gardener()
    assert [(gap.ask, gap.alone) for gap in gaps.gaps()] == [(near, 1), (lost, 0)]


def test_many_requests_cost_no_more_questions_than_few(garden, gardener):
    gardener(languages=["welsh"])

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            gaps.gaps()
        return len(asked)

    garden()
    few = questions()
    for _ in range(6):
        garden()
    assert len(gaps.gaps()) == 7
    assert questions() <= few
