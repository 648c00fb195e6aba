"""One formula: what each part counts and says."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query import NeedGuess, Query, Sort
from search.reasons import Score, about_text, explained
from search.scoring import FRESHNESS, ranked, score
from search.valleys import locality
from tests.columns import rows_of
from tests.finding import HD7, HD7_5AA, MARSDEN, SLAITHWAITE, document, query

TODAY = date(2026, 11, 23)
SHOPPING = NeedGuess("shopping", 0.9, ("shop",), "Shopping")


def scored(asked: Query, *made, **fields) -> Score:
    """The score of one service."""
    documents = made or (document("s", **fields),)
    return explained(score(rows_of(documents, asked), asked, today=TODAY), 0, documents[0], asked)


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


@given(questions, fields, st.sampled_from(["", "lunch", "lunch club"]), st.sampled_from(["", "lunch", "club lunch"]))
def test_a_score_is_the_sum_of_its_named_parts(asked, values, words, text):
    result = scored(replace(asked, words=query(words).words, typed=query(words).typed), text=text, **values)
    assert result.points == sum(each.points for each in result.parts)
    assert [each.part for each in result.parts] == ["need", "text", "reach", "freshness", "open_space", "access"]
    assert all(each.points >= 0 for each in result.parts)
    assert result.points <= 1000


def test_the_need_comes_before_the_words():
    asked = query("shopping trips in town", needs=(SHOPPING,))
    met = scored(asked, needs=("shopping",))
    worded = scored(asked, name="Shopping trips in town")
    assert met.points > worded.points


def test_words_break_ties():
    asked = query("shopping", needs=(SHOPPING,))
    assert scored(asked, needs=("shopping",), text="shops").points > scored(asked, needs=("shopping",)).points


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
    assert part(scored(asked, access=("step_free:yes",), free=True), "access") == (67, "Step-free and free")
    assert part(scored(Query(), access=("step_free:yes",), free=True), "access") == (0, "")


def test_the_best_of_several_places_is_taken():
    near = document("s", number=1, at=(MARSDEN.lat, MARSDEN.lon))
    far = document("s", number=0, at=(MARSDEN.lat + 0.05, MARSDEN.lon))
    assert scored(Query(place=MARSDEN), far, near).way.miles == 0
    assert scored(Query(place=MARSDEN), near, far).way.miles == 0


@given(st.lists(fields, min_size=1, max_size=4), questions)
def test_services_of_one_batch_do_not_touch_each_other(each, asked):
    made = [document(f"s{at}", **values) for at, values in enumerate(each)]
    together = score(rows_of(made, asked), asked, today=TODAY)
    for at, one in enumerate(made):
        alone = score(rows_of([one], asked), asked, today=TODAY)
        assert together.parts[:, at].tolist() == alone.parts[:, 0].tolist()
        assert together.way(at) == alone.way(0)


def test_equal_scores_go_by_distance_and_who_has_no_place_stands_between():
    lat, lon = MARSDEN.lat, MARSDEN.lon
    asked = Query(place=MARSDEN, radius=15)
    documents = [
        document("far", "A", areas=("*",), at=(lat + 0.1, lon)),
        document("none", "B", areas=("*",)),
        document("near", "C", areas=("*",), at=(lat, lon)),
    ]
    scores = score(rows_of(documents, asked), asked, today=TODAY)
    assert len(set(scores.points.tolist())) == 1
    assert [documents[at].service for at in ranked(scores, Sort.FIT, 0, 3)] == ["near", "none", "far"]


def test_equal_scores_go_by_name_then_id():
    made = [document("1", "Beta"), document("2", "beta"), document("3", "Alpha")]
    scores = score(rows_of(made, Query()), Query(), today=TODAY)
    assert ranked(scores, Sort.FIT, 0, 3) == [2, 0, 1]
    assert [ranked(scores, Sort.NAME, at, at + 1) for at in range(4)] == [[2], [0], [1], []]


@given(st.lists(fields, max_size=9), questions, st.sampled_from(Sort), st.integers(0, 9), st.integers(1, 4))
def test_a_part_of_the_order_is_a_part_of_the_whole(each, asked, sort, begin, size):
    made = [document(f"s{at}", **values) for at, values in enumerate(each)]
    scores = score(rows_of(made, asked), asked, today=TODAY)
    assert ranked(scores, sort, begin, begin + size) == ranked(scores, sort, 0, 100)[begin : begin + size]


NORTH = 69.2  # miles to a degree


@pytest.mark.parametrize(
    ("spot", "miles", "text"),
    [
        (HD7_5AA, 0.04, "Close by"),
        (HD7_5AA, 0.84, "0.8 miles in a straight line"),
        (HD7_5AA, 1.02, "1 mile in a straight line"),
        (MARSDEN, 0.2, "Close by"),
        (MARSDEN, 0.6, "About half a mile in a straight line"),
        (MARSDEN, 1.1, "About 1 mile in a straight line"),
        (MARSDEN, 2.6, "About 2½ miles in a straight line"),
        (HD7, 0.2, "Near the middle of HD7"),
        (HD7, 3.9, "About 4 miles from the middle of HD7"),
    ],
)
def test_miles_are_said_no_finer_than_they_are_known(spot, miles, text):
    assert part(scored(Query(place=spot), at=(spot.lat + miles / NORTH, spot.lon)), "reach")[1] == text


def test_the_middle_of_a_half_postcode_is_named_once():
    asked, at = Query(place=HD7), (HD7.lat + 2.4 / NORTH, HD7.lon)
    assert part(scored(asked, at=at, areas=("district:HD7",)), "reach")[1] == "Covers HD7 · about 2½ miles from its middle"


@pytest.mark.parametrize(("miles", "text"), [(14.4, "about 14 miles"), (0.3, "about half a mile"), (9.9, "about 10 miles")])
def test_a_guess_is_said_as_one(miles, text):
    assert about_text(miles) == text


def test_a_way_by_road_is_told_as_such_and_as_a_guess(tmp_path, settings):
    settings.CARESTORE_HOME = tmp_path
    (tmp_path / "valley_roads.csv").write_text("from,to,miles,source\nMarsden,Slaithwaite,4.5,walked\n")
    here = replace(MARSDEN, locality=locality("MARSDEN"))
    hall = document("s", at=(SLAITHWAITE.lat, SLAITHWAITE.lon), locality="slaithwaite")
    assert part(scored(Query(place=here), hall), "reach")[1] == "About 4½ miles by road"


def test_open_at_the_time_asked_for_counts_and_is_said():
    hours = {"hours": ((10, 20, True),), "hours_to": 100, "days": ("MO", "TU")}
    assert part(scored(Query(open="now", minute=15), **hours), "open_space") == (37, "Open now")
    assert part(scored(Query(open="now", minute=25), **hours), "open_space") == (12, "")
    assert part(scored(Query(days=("MO", "SU"), minute=25), **hours), "open_space") == (37, "On Mondays")
    assert part(scored(Query(during=(0, 12), minute=25), **hours), "open_space") == (37, "Open then")


def test_a_filter_on_a_need_counts_as_that_need():
    asked = replace(Query(), need=("shopping",))
    assert part(scored(asked, needs=("shopping",)), "need") == (450, "For shopping")
