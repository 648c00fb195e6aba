"""The same hits, facets and maps as the rules in plain Python."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from search.engines.base import FACETS
from search.query import NeedGuess, Query
from tests.finding import document, query
from tests.search.engine_contract.answers import MARK, ids
from tests.search.engine_contract.rules import FACTS, base, counted, documents, passes, queries


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=documents, asked=queries)
def test_hits_facets_and_map_are_those_of_the_rules(engine, made, asked):
    engine.rebuild(made, bookmark=MARK)
    fit = base(made, asked)
    through = [each for each in fit if all(passes(each, asked).values())]
    assert ids(engine, asked) == sorted(each.service for each in through)
    found = engine.search(asked)
    assert found.total == len(through)

    for field in FACETS:
        told = {value: count for value, count in found.facets[field].items() if field != "access_unknown" or value in FACTS}
        assert told == counted(fit, asked, field)

    drawn = engine.clusters(asked.bbox, 10, asked)
    unboxed = [each for each in fit if all(value for name, value in passes(each, asked).items() if name != "bbox")]
    placed = [each for each in unboxed if each.place and (asked.bbox is None or asked.bbox.holds(each.place.lat, each.place.lon))]
    assert sorted(point.service for point in drawn.points) == sorted(each.service for each in placed)
    assert drawn.without_place == sum(each.place is None for each in unboxed)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=documents, asked=queries)
def test_taking_the_place_away_never_drops_a_service_without_an_address(engine, made, asked):
    engine.rebuild([replace(each, areas=(), circles=()) for each in made], bookmark=MARK)
    without_address = {each.service for each in made if each.place is None}
    here = set(ids(engine, replace(asked, needs=(NeedGuess("shopping", 1.0),), words=(), typed=())))
    everywhere = set(ids(engine, replace(asked, needs=(NeedGuess("shopping", 1.0),), words=(), typed=(), place=None)))
    assert here & without_address == everywhere & without_address


def test_choosing_a_facet_gives_as_many_as_it_said(engine):
    made = [
        document(
            f"s{n}",
            "Club",
            needs=("shopping", "cooking")[: n % 3],
            modes=("home", "phone")[n % 2 : n % 2 + 1],
            free=n % 4 == 0,
            who=("carer", "women")[: n % 3],
            days=("MO", "TU")[: n % 3],
            hours=((0, 10, True),) if n % 2 else (),
            hours_to=100,
        )
        for n in range(12)
    ]
    engine.rebuild(made, bookmark=MARK)
    asked = query("club", mode=("home",))
    asked = replace(asked, minute=5)
    facets = engine.search(asked).facets
    assert facets["who"] == {value: engine.search(replace(asked, who=value)).total for value in ("carer", "women")}
    assert facets["open"] == {value: total for value in ("now", "MO", "TU") if (total := engine.search(replace(asked, open=value)).total)}
    assert facets["need"] == {value: engine.search(replace(asked, need=(value,))).total for value in ("shopping", "cooking")}
    assert facets["mode"] == {value: engine.search(replace(asked, mode=(value,))).total for value in ("home", "phone")}
    assert facets["free"] == {"yes": engine.search(replace(asked, free=True)).total}


@pytest.mark.parametrize(("access", "told"), [(("step_free:yes",), ({"step_free": 1}, 0)), (("step_free:no",), ({}, 0)), ((), ({}, 1))])
def test_access_has_three_values_over_all_places_that_fit(engine, access, told):
    engine.rebuild([document("a", number=0, at=(53.6, -1.9)), document("a", number=1, at=(53.6, -1.9), access=access)], bookmark=MARK)
    facets = engine.search(Query()).facets
    assert (facets["access"], facets["access_unknown"].get("step_free", 0)) == told
