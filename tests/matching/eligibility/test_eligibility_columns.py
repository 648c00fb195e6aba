"""Many volunteers asked at once get exactly the answers that each would get alone, also after rows were taken and joined."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.eligibility import (
    AskFacts,
    Code,
    Level,
    PersonFacts,
    SoftAsk,
    SoftColumns,
    Status,
    VolunteerColumns,
    VolunteerFacts,
    Window,
    codes_of,
    counts_of,
    mask_of,
    nearest_miss,
    nearest_miss_of,
    one_code_away,
    refusal_masks,
    refusals,
    score_columns,
)
from matching.eligibility.distance import km_between
from matching.eligibility.times import WEEK, FreeTimes, runs
from matching.windows import DAY
from tests.matching.eligibility.drawn import home, rules, unknown_too, yes_no
from tests.matching.feasible import ON, changed, codes, pair
from tests.matching.one_by_one import Pair, SoftFacts, codes_of_pair, points_of_pair, score
from tests.matching.one_by_one import have_in_common as by_hand

SETTINGS = settings(max_examples=150, deadline=None)
ACTIVITIES = ["befriend", "other", "third"]

words = st.frozensets(st.sampled_from(["cat", "dog", "bird"]), max_size=3)
languages = st.frozensets(st.sampled_from(["english", "punjabi", "urdu", "bsl"]), max_size=3)
# Edges of the day and of the week, so that windows touch, wrap and leave out a minute.
minute = st.sampled_from([0, 1, 30, 540, 599, 600, 601, 660, 1410, 1439, 1440])
window = st.builds(lambda day, one, two: Window(day, min(one, two), max(one, two)), st.integers(0, 6), minute, minute)
any_window = st.one_of(window, st.sampled_from([Window(day, 0, DAY) for day in range(7)]))
some_windows = st.one_of(st.lists(any_window, max_size=9).map(tuple), st.just(tuple(Window(day, 0, DAY) for day in range(7))))
latitude = st.one_of(st.none(), st.sampled_from([53.6, 53.61, 53.65, 54.5, -53.6, 90.0]))
longitude = st.one_of(st.none(), st.sampled_from([-1.9, -1.8, 0.0, 178.1, 180.0]))
minutes = st.sampled_from([1, 5, 30, 60, 61, 90, 1440, 1441, 2880, WEEK - 1, WEEK, WEEK + 1])

asks = st.builds(
    AskFacts,
    id=st.just("ask"),
    person=st.just("person"),
    activity=st.just("befriend"),
    minutes=minutes,
    windows=some_windows,
    regular=yes_no,
    gender_required=st.sampled_from([None, "", "woman", "man", "other"]),
    two_visitors=yes_no,
    consent=yes_no,
    remote=yes_no,
)
people = st.builds(
    PersonFacts,
    id=st.just("person"),
    lat=latitude,
    lon=longitude,
    household=home,
    door=home,
    languages=languages,
    animals=words,
    smoker=unknown_too,
    blocked_volunteers=st.frozensets(st.sampled_from(["0", "1", "nobody"])),
    receives_care=unknown_too,
    needs_help_because=unknown_too,
)
volunteers = st.builds(
    VolunteerFacts,
    id=st.just(""),
    lat=latitude,
    lon=longitude,
    household=home,
    door=home,
    status=st.sampled_from(Status),
    age=st.sampled_from([None, 0, 17, 18, 70]),
    gender=st.sampled_from([None, "", "woman", "man"]),
    languages=languages,
    allergies=words,
    avoids_smoke=yes_no,
    visits_in_pair=yes_no,
    has_car=yes_no,
    car_insurance_ok=yes_no,
    max_km=st.sampled_from([None, 0, 1.11, 5, 20016, 1e9]),
    windows=some_windows,
    capacity=st.integers(0, 3),
    active_matches=st.integers(0, 3),
    activities=st.frozensets(st.sampled_from(ACTIVITIES)),
    trained_for=st.frozensets(st.sampled_from(ACTIVITIES)),
    dbs=st.sampled_from(Level),
    dbs_review_due=st.sampled_from([None, ON - timedelta(days=1), ON, ON + timedelta(days=1)]),
    related_to=st.frozensets(st.sampled_from(["person", "stranger"])),
    blocked_people=st.frozensets(st.sampled_from(["person", "stranger"])),
)
crowds = st.lists(volunteers, max_size=6).map(lambda found: [replace(each, id=str(row)) for row, each in enumerate(found)])


def masks_of(ask, person, rule, crowd):
    return refusal_masks(ask, person, rule, crowd, on=ON)


@SETTINGS
@given(asks, people, rules, crowds)
def test_all_at_once_refuses_exactly_as_one_by_one(ask, person, rule, crowd):
    found = [codes_of(mask) for mask in masks_of(ask, person, rule, VolunteerColumns.of(crowd))]

    assert found == [codes_of_pair(Pair(ask, person, each, rule, ON)) for each in crowd]
    assert found == [refusals(ask, person, each, rule, on=ON) for each in crowd]


@SETTINGS
@given(asks, people, rules, crowds, st.data())
def test_points_are_the_same_all_at_once_as_one_by_one(ask, person, rule, crowd, data):
    liked = st.frozensets(st.sampled_from(["chess", "darts", "brass", "wool", "tea"]))
    village = st.sampled_from(["", "Marsden", "Golcar"])
    soft = data.draw(st.builds(SoftAsk, liked, village, st.sampled_from([-1, 0, 3, 70]), st.frozensets(st.sampled_from(["0", "2"]))))
    theirs = [(data.draw(liked), data.draw(village)) for _ in crowd]
    pairs = [
        SoftFacts(soft.interests, interests, soft.village, place, each.id in soft.known_to, soft.waiting_days)
        for each, (interests, place) in zip(crowd, theirs, strict=True)
    ]
    columns = SoftColumns.of([interests for interests, _ in theirs], [place for _, place in theirs])

    points = score_columns(ask, person, rule, VolunteerColumns.of(crowd), soft, columns)

    found = list(zip(*(column.tolist() for column in points), strict=True))
    assert found == [points_of_pair(Pair(ask, person, each, rule, ON), facts) for each, facts in zip(crowd, pairs, strict=True)]
    assert points.total.tolist() == [sum(parts) for parts in found]
    for each, facts, parts in zip(crowd, pairs, found, strict=True):
        assert tuple(part.points for part in score(ask, person, each, rule, facts)) == parts


@SETTINGS
@given(asks, people, rules, crowds, crowds, st.randoms(use_true_random=False))
def test_rows_that_are_taken_and_joined_keep_their_answers(ask, person, rule, crowd, others, chance):
    others = [replace(each, id=str(number)) for number, each in enumerate(others, start=len(crowd))]
    rows = list(range(len(crowd)))
    chance.shuffle(rows)
    rows = rows[: len(crowd) // 2 + 1]

    columns = VolunteerColumns.of(crowd).take(np.array(rows, dtype=np.intp)).joined(VolunteerColumns.of(others))

    kept = [*(crowd[row] for row in rows), *others]
    assert columns.ids.tolist() == [each.id for each in kept]
    assert [codes_of(mask) for mask in masks_of(ask, person, rule, columns)] == [refusals(ask, person, each, rule, on=ON) for each in kept]
    soft, own = SoftAsk(frozenset(["a", "b"]), "x"), [(frozenset([each.id, "a"]), "x" if each.age else "") for each in kept]
    whole = SoftColumns.of([liked for liked, _ in own], [place for _, place in own])
    split = len(rows)
    halves = [SoftColumns.of([liked for liked, _ in half], [place for _, place in half]) for half in (own[:split], own[split:])]
    together, apart = (score_columns(ask, person, rule, columns, soft, each) for each in (whole, halves[0].joined(halves[1])))
    assert together.total.tolist() == apart.total.tolist()


@SETTINGS
@given(some_windows, st.lists(some_windows, max_size=5), minutes)
def test_times_in_common_are_those_found_by_hand(asked, free, minutes):
    there = [runs(each) for each in free]

    assert FreeTimes.of(there).hold(runs(asked), minutes).tolist() == [by_hand(runs(asked), each, minutes) for each in there]


@pytest.mark.parametrize(
    ("asked", "free", "minutes", "fits"),
    [
        ([(0, 540, 600)], [(0, 540, 600)], 60, True),
        ([(0, 540, 600)], [(0, 540, 600)], 61, False),
        ([(0, 540, 570), (0, 570, 600)], [(0, 500, 580), (0, 580, 640)], 60, True),
        ([(6, 1410, 1440), (0, 0, 30)], [(6, 1400, 1440), (0, 0, 60)], 60, True),
        ([(6, 1410, 1440), (0, 1, 31)], [(6, 1400, 1440), (0, 0, 60)], 60, False),
        ([(6, 1410, 1440)], [(0, 0, 60)], 1, False),
        ([(2, 1410, 1440), (3, 0, 30)], [(2, 1410, 1440), (3, 0, 30)], 60, True),
    ],
)
def test_runs_at_their_edges(asked, free, minutes, fits):
    one = changed(pair(), ask={"windows": tuple(Window(*each) for each in asked), "minutes": minutes})
    one = changed(one, volunteer={"windows": tuple(Window(*each) for each in free)})

    assert (codes(one) == ()) is fits
    assert codes(one) in ((), (Code.TIME,))


def test_a_limit_equal_to_the_distance_is_kept_and_a_metre_less_is_not():
    one = pair()
    for lat, lon in [(53.6001, -1.9), (53.7, -1.85), (54.9, -3.2), (50.1, -5.5), (57.0, 1.0)]:
        km = km_between(one.person.lat, one.person.lon, lat, lon)
        assert codes(changed(one, volunteer={"lat": lat, "lon": lon, "max_km": km})) == ()
        assert codes(changed(one, volunteer={"lat": lat, "lon": lon, "max_km": km - 0.001})) == (Code.DISTANCE,)


def test_two_unknown_households_are_never_equal_and_either_side_of_a_pair_rule_counts():
    unknown = changed(pair(), person={"household": None}, volunteer={"household": None})
    assert codes(unknown) == ()
    assert codes(changed(unknown, person={"household": ""}, volunteer={"household": ""})) == ()
    assert codes(changed(unknown, person={"related_volunteers": frozenset({"volunteer"})})) == (Code.CONFLICT_OF_INTEREST,)
    assert codes(changed(unknown, person={"blocked_volunteers": frozenset({"volunteer"})})) == (Code.BLOCKED,)


def test_sign_language_counts_as_a_language():
    one = changed(pair(), person={"languages": frozenset({"bsl"})}, volunteer={"languages": frozenset({"english", "bsl"})})
    assert codes(one) == ()


@SETTINGS
@given(st.lists(st.lists(st.sampled_from(Code), unique=True), max_size=8))
def test_masks_and_codes_say_the_same(refused):
    masks = np.array([mask_of(each) for each in refused], dtype=np.uint32)
    in_order = [tuple(code for code in Code if code in each) for each in refused]

    assert [codes_of(mask) for mask in masks] == in_order
    assert nearest_miss_of(masks) == nearest_miss(in_order)
    assert one_code_away(masks).tolist() == [len(each) == 1 for each in refused]
    assert counts_of(masks) == {code: number for code in Code if (number := sum(code in each for each in refused))}
    singles = [each[0] for each in in_order if len(each) == 1]
    assert nearest_miss_of(masks) == max(Code, key=singles.count) if singles else nearest_miss_of(masks) is None


def test_nobody_at_all_is_no_fault():
    one = pair()
    nobody = VolunteerColumns.of([])
    assert masks_of(one.ask, one.person, one.rule, nobody).tolist() == []
    assert score_columns(one.ask, one.person, one.rule, nobody).total.tolist() == []
    assert len(nobody.joined(VolunteerColumns.of([one.volunteer]))) == 1
