"""Unmet need by activity and area, people once each, carers apart, near misses first."""

from datetime import UTC, datetime, timedelta

import pytest

from directory import clock
from matching import asks, people
from matching.models import UnmetNeed
from matching.unmet import again, clusters, gaps
from matching.unmet.clusters import Filters
from tests import factories

pytestmark = pytest.mark.django_db


def found(filters=None):
    filters = filters or Filters()
    return clusters.clusters(clusters.recorded(filters), clusters.among(gaps.gaps(), filters))


def unmet(ask, miss="", emptied_by="nobody"):
    return asks.record_unmet(ask, by=factories.coordinator(), emptied_by=emptied_by, nearest_miss=miss)


def test_recorded_and_waiting_are_told_apart_and_people_count_once(garden):
    person = factories.person()
    unmet(garden(person), "distance")
    unmet(garden(person), "distance")
    unmet(garden(for_carer=True), "time")
    waiting = garden()
    [cluster] = found()
    assert (cluster.people, cluster.carers, cluster.recorded, cluster.waiting) == (3, 1, 3, 1)
    assert cluster.nearest == ("distance", 2)
    assert (cluster.label, cluster.where) == ("Garden help", "Colne Valley")
    assert waiting in cluster.asks
    assert len(cluster.asks) == 4


def test_what_was_opened_again_stays_counted_and_is_no_longer_without_help(garden, gardener):
    row = unmet(garden(), "distance")
    gardener()
    assert found()[0].asks == (row.ask,)
    asks.reopen(row.ask, by=factories.coordinator())
    [cluster] = found()
    assert (cluster.recorded, cluster.waiting, cluster.asks) == (1, 0, ())


def test_the_cluster_with_most_near_misses_comes_first(garden):
    for _ in range(3):
        unmet(factories.ask(), "")
    unmet(garden(), "distance")
    assert [cluster.need for cluster in found()] == ["garden-maintenance", "shopping"]


def test_filters_narrow_by_need_activity_area_time_and_carer(garden):
    elsewhere = factories.person(postcode=factories.postcode("HD9 9ZZ", (54.0, -1.0), factories.area("T0009", "Far", (54.0, -1.0))))
    with clock.held_at(clock.now() - timedelta(days=400)):
        old = unmet(garden())
    here, far, carer = unmet(garden()), unmet(garden(elsewhere)), unmet(factories.ask(for_carer=True))
    assert set(clusters.recorded(Filters(months=24))) == {old, here, far, carer}
    assert set(clusters.recorded(Filters())) == {here, far, carer}
    assert set(clusters.recorded(Filters(area="T0009"))) == {far}
    assert set(clusters.recorded(Filters(activity="garden-help"))) == {here, far}
    assert set(clusters.recorded(Filters(need="shopping"))) == {carer}
    assert set(clusters.recorded(Filters(who="carers"))) == {carer}
    assert set(clusters.recorded(Filters(who="adults"))) == {here, far}


def test_who_misses_several_things_is_one_person_of_the_area(garden):
    person = factories.person()
    unmet(garden(person))
    unmet(factories.ask(person))
    unmet(garden())
    assert clusters.by_area(found()) == {"T0001": 2}


def again_unmet(row, days_later=0, **fields):
    """The same request, opened again and recorded once more."""
    by = factories.coordinator()
    with clock.held_at(row.recorded_at + timedelta(days=days_later, seconds=1)):
        ask = asks.reopen(row.ask, by=by)
        for name, value in fields.items():
            setattr(ask, name, value)
        ask.save()
        return asks.record_unmet(ask, by=by, emptied_by="too_long")


def test_one_request_counts_once_as_it_was_recorded_last(garden):
    first = unmet(garden(), "distance")
    last = again_unmet(again_unmet(first), for_carer=True)
    other = unmet(garden())
    assert set(clusters.recorded(Filters())) == {last, other}
    # Recorded last for the carer: it counts among adults no more.
    assert set(clusters.recorded(Filters(who="adults"))) == {other}
    [cluster] = found()
    assert (cluster.people, cluster.recorded, cluster.misses, cluster.emptied) == (2, 2, {}, {"too_long": 1, "nobody": 1})


def test_what_was_recorded_of_erased_requests_counts_each_by_itself(garden):
    first, second = unmet(garden()), unmet(garden())
    UnmetNeed.objects.update(ask=None)
    assert set(clusters.recorded(Filters())) == {first, second}


def test_a_request_recorded_in_two_months_stands_in_each_month_and_once_among_all(garden):
    with clock.held_at(datetime(2026, 8, 30, 9, tzinfo=UTC)):
        first = unmet(garden())
        again_unmet(first)
    with clock.held_at(datetime(2026, 9, 20, 9, tzinfo=UTC)):
        last = again_unmet(first, days_later=2)
        assert list(clusters.recorded(Filters(months=3))) == [last]
        assert [count for _, count in clusters.by_month(Filters(months=3))] == [0, 1, 1]


def test_months_without_any_are_there_with_nought(garden):
    unmet(garden())
    told = clusters.by_month(Filters(months=3))
    assert [count for _, count in told] == [0, 0, 1]
    assert told[-1][0] == clock.today().replace(day=1)


def test_an_unmet_need_could_be_met_when_a_volunteer_who_may_has_come(garden, gardener):
    row = unmet(garden())
    assert again.could_be_met() == []
    gardener()
    assert [(each.ask, each.volunteer) for each in again.could_be_met()] == [(row.ask, True)]


def test_nobody_is_proposed_who_does_not_want_to_hear_from_us(garden, gardener):
    row = unmet(garden())
    people.correct_person(row.ask.person, by=factories.coordinator(), do_not_contact=True)
    gardener()
    assert again.could_be_met() == []
