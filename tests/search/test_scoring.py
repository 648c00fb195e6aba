from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.engines.base import Hit
from search.query import NeedGuess, Query
from search.scoring import FRESHNESS, Score, fits, miles_text, rank_key, score
from tests.finding import MARSDEN, document, query

TODAY = date(2026, 11, 23)
SHOPPING = NeedGuess("shopping", 0.9, ("shop",), "Shopping")


def scored(asked: Query, *, text: float = 0.0, words: tuple[str, ...] = (), **fields) -> Score:
    return score(Hit("s", (document("s", **fields),), text, words), asked, today=TODAY)


def part(result: Score, name: str) -> tuple[int, str]:
    return next((each.points, each.text) for each in result.parts if each.part == name)


fields = st.fixed_dictionaries(
    {
        "needs": st.sampled_from([(), ("shopping",), ("shopping", "cooking")]),
        "modes": st.sampled_from([(), ("home",), ("place",), ("phone",)]),
        "areas": st.sampled_from([(), ("*",), ("wards:colne-valley",)]),
        "at": st.none() | st.tuples(st.floats(53, 54), st.floats(-2.5, -1.5)),
        "spaces": st.sampled_from([None, True, False]),
        "paused": st.booleans(),
        "free": st.booleans(),
        "checked_on": st.none() | st.dates(date(2000, 1, 1), date(2027, 1, 1)),
    }
)
questions = st.builds(
    Query,
    needs=st.sampled_from([(), (SHOPPING,), (SHOPPING, NeedGuess("cooking", 0.5))]),
    place=st.sampled_from([None, MARSDEN]),
    radius=st.none() | st.floats(0.1, 50),
    open=st.sampled_from(["", "now", "MO"]),
    free=st.booleans(),
    need=st.sampled_from([(), ("shopping",)]),
)


@given(questions, fields, st.floats(0, 1))
def test_a_score_is_the_sum_of_its_named_parts(asked, values, text):
    result = scored(asked, text=text, **values)
    assert result.points == sum(each.points for each in result.parts)
    assert [each.part for each in result.parts] == ["need", "text", "reach", "freshness", "open_space", "access"]
    assert all(each.points >= 0 for each in result.parts)
    assert result.points <= 1000


def test_the_need_comes_before_the_words():
    asked = query("shopping trips in town", needs=(SHOPPING,))
    met = scored(asked, needs=("shopping",))
    worded = scored(asked, text=1.0, words=asked.words)
    assert met.points > worded.points


def test_words_break_ties():
    asked = query("shopping", needs=(SHOPPING,))
    assert scored(asked, needs=("shopping",), text=0.5, words=("shop",)).points > scored(asked, needs=("shopping",)).points


@given(st.floats(0, 4.9), st.floats(0, 4.9))
def test_nearer_is_never_worse(one, other):
    def at(miles: float) -> int:
        return part(scored(Query(place=MARSDEN), at=(MARSDEN.lat + miles / 69.2, MARSDEN.lon)), "reach")[0]

    near, far = sorted((one, other))
    assert at(near) >= at(far) > 0


def test_at_the_very_spot_the_score_is_finite():
    assert part(scored(Query(place=MARSDEN), at=(MARSDEN.lat, MARSDEN.lon)), "reach") == (190, "Close by")


def test_a_missing_address_neither_hides_nor_lifts():
    asked = Query(place=MARSDEN)
    unknown = part(scored(asked), "reach")[0]
    near = part(scored(asked, at=(MARSDEN.lat, MARSDEN.lon)), "reach")[0]
    comes = part(scored(asked, modes=("home",), areas=("*",)), "reach")[0]
    assert 0 < unknown < near <= comes


def test_freshness_fades_without_a_cliff():
    points = [part(scored(Query(), checked_on=TODAY - timedelta(days=days)), "freshness")[0] for days in range(0, 3000, 7)]
    assert points == sorted(points, reverse=True)
    assert max(before - after for before, after in zip(points, points[1:], strict=False)) <= 2
    assert points[-1] >= part(scored(Query()), "freshness")[0] > 0


def test_a_check_in_the_future_counts_as_today():
    assert part(scored(Query(), checked_on=TODAY + timedelta(days=3)), "freshness")[0] == FRESHNESS


def test_spaces_and_pauses_show():
    assert part(scored(Query(), spaces=True), "open_space")[1] == "Has spaces"
    assert part(scored(Query(), spaces=False), "open_space") == (0, "Full at the moment")
    assert part(scored(Query(), paused=True, spaces=True), "open_space") == (0, "Paused at the moment")


def test_access_counts_what_was_asked_and_is_surely_there():
    asked = Query(access=("hearing_loop", "step_free"), free=True)
    assert part(scored(asked, access=("step_free:yes",), free=True), "access") == (33, "Step-free and free")
    assert part(scored(Query(), access=("step_free:yes",), free=True), "access") == (0, "")


def test_the_best_of_several_places_is_taken():
    near = document("s", number=1, at=(MARSDEN.lat, MARSDEN.lon))
    far = document("s", number=0, at=(MARSDEN.lat + 0.05, MARSDEN.lon))
    result = score(Hit("s", (far, near)), Query(place=MARSDEN), today=TODAY)
    assert result.way.miles == 0


def test_the_floor():
    asked = query("knitting circle evenings", needs=(SHOPPING,))
    assert fits(Hit("s", (document("s", needs=("shopping",)),)), asked)
    assert fits(Hit("s", (document("s"),), 0.5, ("knit", "circl")), asked)
    assert not fits(Hit("s", (document("s"),), 0.2, ("knit",)), asked)
    assert fits(Hit("s", (document("s"),)), Query())


def test_equal_scores_go_by_name_then_id():
    hits = [Hit(id_, (document(id_, name),)) for id_, name in (("2", "beta"), ("1", "Beta"), ("3", "Alpha"))]
    ranked = sorted(hits, key=lambda hit: rank_key(hit, score(hit, Query(), today=TODAY)))
    assert [hit.service for hit in ranked] == ["3", "1", "2"]


@pytest.mark.parametrize(
    ("miles", "text"), [(0.04, "Close by"), (0.84, "0.8 miles away"), (1.02, "1.0 mile away"), (14.4, "14 miles away")]
)
def test_miles_are_said_as_people_say_them(miles, text):
    assert miles_text(miles) == text


def test_a_filter_on_a_need_counts_as_that_need():
    asked = replace(Query(), need=("shopping",))
    assert part(scored(asked, needs=("shopping",)), "need") == (500, "For shopping")
