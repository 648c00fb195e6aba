"""Both engines give the same services, columns, counts and maps, whatever is asked."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.engines.base import Bookmark, Candidates, Engine
from search.engines.embedded import EmbeddedEngine
from search.engines.opensearch import OpenSearchEngine, opened
from search.engines.opensearch.engine import PART
from search.query import Box, NeedGuess, Query, Sort
from tests.finding import MARSDEN, SLAITHWAITE, query
from tests.opensearch.listings import MINUTE, listings

pytestmark = pytest.mark.opensearch
SERVICES = 180
# The machine may be busy with other tests.
PATIENCE = 30.0
MARK = Bookmark(7, "seal")


@pytest.fixture(scope="module")
def both(opensearch_node: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, OpenSearchEngine]]:
    """The same listings in both, some of them rewritten and some taken away again."""
    embedded = EmbeddedEngine(tmp_path_factory.mktemp("agreement"))
    node = opened(f"{opensearch_node}?index=agreement{Path(str(tmp_path_factory.getbasetemp())).name}", seconds=PATIENCE)
    made = list(listings(SERVICES, 1))
    again = [each for each in listings(SERVICES, 2) if each.service < "s0040"]
    for engine in (embedded, node):
        engine.rebuild(made, bookmark=MARK)
        engine.index(again, gone=[f"s{number:04}" for number in range(30, 50)], bookmark=Bookmark(8, "x"), after=7)
    yield embedded, node
    embedded.close()
    node.close()


some = st.sampled_from
queries = st.builds(
    lambda words, **values: query(words, **values),
    some(["", "", "lunch", "lunch club", "garden club bus", "piano", "memory cafe", "اردو", "lunch garden tools bus piano"]),
    needs=some([(), (), (NeedGuess("shopping", 0.9),), (NeedGuess("cooking", 0.5), NeedGuess("shopping", 0.4))]),
    place=some([None, MARSDEN, SLAITHWAITE]),
    radius=some([None, 1.0, 30.0]),
    need=some([(), (), ("shopping",), ("cooking", "shopping")]),
    mode=some([(), (), ("home",), ("home", "phone")]),
    kind=some([(), (), ("group",)]),
    who=some(["", "", "carers", "65", "men", "the"]),
    free=some([False, False, True]),
    access=some([(), (), ("step_free",), ("parking", "step_free")]),
    language=some(["", "", "urdu"]),
    open=some(["", "", "now", "MO", "SU"]),
    days=some([(), (), ("TU", "WE")]),
    during=some([None, None, (MINUTE - 60, MINUTE + 120)]),
    wished=st.frozensets(some(["mode", "free", "language", "access", "open"])),
    bbox=some([None, None, Box(-2, 53.5, -1.8, 53.61)]),
    on=some([None, date(2026, 6, 1)]),
    minute=some([None, MINUTE]),
    sort=some(list(Sort)),
)


def by_service(found: Candidates) -> dict[str, tuple]:
    """What the rows say of each service, whatever numbers the engine gives them."""
    rows = found.rows
    names = [documents[0].service for documents in found.documents(range(len(rows)))]
    told: dict[str, tuple] = {}
    for at, name in enumerate(names):
        own = rows.owner == at
        service = [values[..., at].tolist() for values in (rows.needs, rows.in_name, rows.in_text)]
        columns = ("checked", "spaces", "open", "opens", "paused", "free", "told", "language", "coming", "remote")
        service += [getattr(rows, column)[at] for column in columns]
        places = [getattr(rows, column)[own].tolist() for column in ("number", "by_road", "reach", "maybe")]
        told[name] = (*service, *places, rows.access[:, own].tolist(), np.nan_to_num(rows.miles[own], nan=-1).round(9).tolist())
    return told


@settings(max_examples=150, deadline=None)
@given(asked=queries, everywhere=some([False, False, True]))
def test_the_same_services_with_the_same_columns_and_counts(both, asked, everywhere):
    """The node gives them in parts, which together are the whole, each service once."""
    embedded, node = (engine.search(asked, everywhere=everywhere) for engine in both)
    assert node.total == embedded.total
    assert node.facets == embedded.facets
    assert np.allclose(node.rows.weights, embedded.rows.weights)
    whole: dict[str, tuple] = {}
    page = 1
    while len(whole) < embedded.total:
        part = both[1].search(replace(asked, page=page), everywhere=everywhere, facets=False)
        assert (part.total, part.first) == (embedded.total, len(whole))
        found = by_service(part)
        assert found.keys().isdisjoint(whole)
        whole |= found
        page += PART // asked.page_size
    assert whole == by_service(embedded)


@settings(max_examples=80, deadline=None)
@given(asked=queries, zoom=some([0, 6, 10, 14, 22]), box=some([None, Box(-2, 53.5, -1.5, 53.8), Box(-180, -90, 180, 90)]))
def test_the_same_map(both, asked, zoom, box):
    embedded, node = (engine.clusters(box, zoom, asked) for engine in both)
    assert node.without_place == embedded.without_place
    assert node.points == embedded.points
    assert node.clusters == embedded.clusters


@pytest.mark.parametrize("zoom", [0, 5, 9, 12, 15, 22])
def test_the_same_clusters_where_there_are_many(opensearch_url, tmp_path, zoom):
    made = list(chain(listings(500, 3)))
    maps = []
    for engine in (EmbeddedEngine(tmp_path), opened(opensearch_url, seconds=PATIENCE)):
        engine.rebuild(made, bookmark=MARK)
        maps.append(engine.clusters(Box(-3, 53, -1, 54), zoom, Query()))
        engine.close()
    embedded, node = maps
    assert node.points == embedded.points
    assert [cluster.count for cluster in node.clusters] == [cluster.count for cluster in embedded.clusters]
    assert {cluster.box for cluster in node.clusters} == {cluster.box for cluster in embedded.clusters}


@pytest.mark.parametrize("typed", ["lun", "lunch cl", "friends", "val", "hall of s000", "اردو", "zzz", "the club", "club lunch"])
def test_the_same_suggestions(both, typed):
    embedded, node = (engine.suggest(typed) for engine in both)
    assert node == embedded
