"""What is drawn for a box."""

import pytest

from search.engines.base import POINTS_MAX
from search.query import Box, Query
from tests.finding import document
from tests.search.engine_contract.answers import MARK


def test_many_places_are_drawn_as_clusters_that_add_up(engine):
    count = POINTS_MAX + 50
    engine.rebuild(
        [*(document(f"s{n}", at=(53.5 + n % 20 / 100, -1.9 + n // 20 / 100)) for n in range(count)), document("phone")], bookmark=MARK
    )
    for zoom in (0, 8, 14, 22):
        drawn = engine.clusters(None, zoom, Query())
        assert sum(cluster.count for cluster in drawn.clusters) + len(drawn.points) == count
        assert all(cluster.count > 1 and cluster.box.holds(cluster.lat, cluster.lon) for cluster in drawn.clusters)
        assert drawn.without_place == 1
    assert len(engine.clusters(None, 0, Query()).clusters) == 1
    inside = engine.clusters(Box(-1.9, 53.5, -1.85, 53.55), 14, Query())
    assert inside.clusters == ()
    assert 0 < len(inside.points) <= POINTS_MAX


def test_a_service_at_two_places_has_two_points_and_is_one_result(engine):
    engine.rebuild([document("a", number=0, at=(53.6, -1.9)), document("a", number=1, at=(53.7, -1.8))], bookmark=MARK)
    assert engine.search(Query()).total == 1
    assert len(engine.clusters(None, 10, Query()).points) == 2
    assert len(engine.clusters(Box(-1.85, 53.65, -1.7, 53.75), 10, Query()).points) == 1


@pytest.mark.parametrize("position", [(90.0, 180.0), (-90.0, -180.0), (0.0, 0.0)])
def test_the_ends_of_the_earth_are_on_the_map(engine, position):
    engine.rebuild([document("a", at=position)], bookmark=MARK)
    assert len(engine.clusters(None, 0, Query()).points) == 1
