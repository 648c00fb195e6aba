"""Pages and their order."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.query import NeedGuess, Query, Sort
from tests.finding import MARSDEN, document, query
from tests.search.engine_contract.answers import MARK, ids, page
from tests.search.engine_contract.rules import documents, queries


def test_a_need_met_comes_first_on_a_short_page(engine):
    engine.rebuild([document(f"n{n:02}", "Club", needs=("cooking",) if n == 7 else ()) for n in range(20)], bookmark=MARK)
    asked = query("club", needs=(NeedGuess("cooking", 0.9),), page_size=3)
    assert engine.search(asked).total == 20
    assert page(engine, asked)[0] == "n07"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=documents, asked=queries, size=st.integers(1, 4), sort=st.sampled_from(Sort))
def test_the_pages_together_hold_every_service_once(engine, made, asked, size, sort):
    engine.rebuild(made, bookmark=MARK)
    sort = Sort.FIT if sort is Sort.DISTANCE and asked.place is None else sort
    asked = replace(asked, page_size=size, sort=sort)
    total = engine.search(asked).total
    paged = [service for number in range(1, total // size + 2) for service in page(engine, replace(asked, page=number))]
    assert sorted(paged) == ids(engine, replace(asked, page_size=100))
    assert page(engine, replace(asked, page=10**6)) == []


def test_the_order_asked_for_is_kept_over_all_pages(engine):
    names = ["beta", "Alpha", "gamma", "ALPHA", "delta"] * 9
    made = [document(f"s{n:02}", name, at=(MARSDEN.lat + n % 7 / 200, MARSDEN.lon)) for n, name in enumerate(names)]
    engine.rebuild(made, bookmark=MARK)
    asked = Query(place=MARSDEN, page_size=10)
    pages = {sort: [service for number in range(1, 6) for service in page(engine, replace(asked, sort=sort, page=number))] for sort in Sort}
    by_name = {each.service: (each.name.casefold(), each.service) for each in made}
    by_miles = {each.service: (each.place.lat, *by_name[each.service]) for each in made}
    assert pages[Sort.NAME] == sorted(by_name, key=lambda service: by_name[service])
    assert pages[Sort.DISTANCE] == sorted(by_miles, key=lambda service: by_miles[service])
