"""What must always hold of a round, whatever is in it: drawn from a seed, and changed in one way at a time."""

import json
from copy import deepcopy
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from matching.eligibility import Code
from matching.rounds.answers import answer
from matching.rounds.comparing import best_pair_first, by_arrival, compare
from matching.rounds.files import problem_of
from matching.rounds.problem import judge, propose
from matching.rounds.rows import rows_of
from tests.matching.rounds.drawn import LEVELS, drawn_round, with_scores

SETTINGS = settings(max_examples=25, deadline=None)

rounds = st.builds(
    lambda seed, asks, volunteers, scored: (with_scores if scored else lambda content, _: content)(
        drawn_round(seed, asks, volunteers), seed
    ),
    st.integers(0, 10**6),
    st.integers(1, 14),
    st.integers(1, 7),
    st.booleans(),
)


def solved(content):
    judged = judge(problem_of(content))
    return json.loads("".join(answer(judged, propose(judged))))


@SETTINGS
@given(rounds)
def test_no_assigned_pair_has_a_code_and_nobody_is_above_capacity_or_served_twice(content):
    told = solved(content)
    room = {each["id"]: each["capacity"] - each["active_matches"] for each in content["volunteers"]}

    assert all(volunteer not in told["reasons"][ask] for ask, volunteer in told["assignment"])
    assert len({ask for ask, _ in told["assignment"]}) == len(told["assignment"]) == told["served"]
    assert all(load <= max(0, room[volunteer]) for volunteer, load in told["load"].items())
    assert sum(told["load"].values()) == told["served"]
    assert all(
        codes and list(codes) == [code for code in Code if code in codes] for row in told["reasons"].values() for codes in row.values()
    )
    assert solved(content) == told


@SETTINGS
@given(rounds)
def test_a_gap_names_the_one_code_that_dropped_would_open_most(content):
    told = solved(content)
    everybody = {each["id"] for each in content["volunteers"]}
    gaps = {each["ask"]: each["nearest_miss"] for each in told["gaps"]}

    assert set(gaps) == {ask for ask, refused in told["reasons"].items() if set(refused) == everybody}
    for ask, nearest in gaps.items():
        opened = {code: sum(codes == [code] for codes in told["reasons"][ask].values()) for code in Code.values}
        best = max(opened.values())
        assert nearest == (next(code for code in Code.values if opened[code] == best) if best else None)


def renamed(content, random):
    """The same round in another order and under other ids."""
    content = deepcopy(content)
    names = {}
    for kind in ("people", "volunteers", "asks"):
        fresh = random.sample(range(1000, 9999), len(content[kind]))
        names |= {each["id"]: f"{kind}-{number}" for each, number in zip(content[kind], fresh, strict=True)}
        random.shuffle(content[kind])
    for each in content["people"]:
        each["id"], each["blocked_volunteers"] = names[each["id"]], [names[other] for other in each["blocked_volunteers"]]
    for each in content["volunteers"]:
        each["id"], each["blocked_people"] = names[each["id"]], [names[other] for other in each["blocked_people"]]
        random.shuffle(each["windows"])
    for each in content["asks"]:
        each["id"], each["person"] = names[each["id"]], names[each["person"]]
    if "score" in content:
        content["score"] = {names[ask]: {names[one]: worth for one, worth in row.items()} for ask, row in content["score"].items()}
    return content, names


@SETTINGS
@given(rounds, st.integers())
def test_order_and_names_change_neither_who_may_nor_the_objective(content, seed):
    other, names = renamed(content, Random(seed))
    told, again = solved(content), solved(other)

    assert (again["served"], again["score"]) == (told["served"], told["score"])
    assert {names[ask] for ask, _ in told["assignment"]} == {ask for ask, _ in again["assignment"]}
    expected = {names[ask]: {names[one]: codes for one, codes in row.items()} for ask, row in told["reasons"].items()}
    assert again["reasons"] == expected


@SETTINGS
@given(rounds, st.integers())
def test_one_volunteer_or_one_place_more_never_serves_fewer(content, seed):
    random, before = Random(seed), solved(content)["served"]
    more = deepcopy(content)
    random.choice(more["volunteers"])["capacity"] += 1
    fewer = deepcopy(content)
    fewer["volunteers"].pop(random.randrange(len(fewer["volunteers"])))

    assert solved(more)["served"] >= before >= solved(fewer)["served"]


TIGHTER = {
    "consent": lambda ask, volunteer, person: ask.update(consent=False),
    "volunteer_not_active": lambda ask, volunteer, person: volunteer.update(status="paused"),
    "activity_not_offered": lambda ask, volunteer, person: volunteer.update(activities=[]),
    "dbs_level": lambda ask, volunteer, person: volunteer.update(dbs=LEVELS[max(0, LEVELS.index(volunteer["dbs"]) - 1)]),
    "dbs_out_of_date": lambda ask, volunteer, person: volunteer.update(dbs_review_due="2026-11-22"),
    "under_18_at_home": lambda ask, volunteer, person: volunteer.update(age=17),
    "language": lambda ask, volunteer, person: volunteer.update(languages=[]),
    "allergy": lambda ask, volunteer, person: volunteer.update(allergies=[*volunteer["allergies"], "dog"]),
    "smoke": lambda ask, volunteer, person: volunteer.update(avoids_smoke=True),
    "lone_visit": lambda ask, volunteer, person: volunteer.update(visits_in_pair=False),
    "car": lambda ask, volunteer, person: volunteer.update(car_insurance_ok=False),
    "distance": lambda ask, volunteer, person: volunteer.update(max_km=volunteer["max_km"] / 4),
    "time": lambda ask, volunteer, person: volunteer["windows"].pop(),
    "capacity": lambda ask, volunteer, person: volunteer.update(active_matches=volunteer["active_matches"] + 1),
    "blocked": lambda ask, volunteer, person: volunteer["blocked_people"].append(person["id"]),
    "conflict_of_interest": lambda ask, volunteer, person: volunteer.update(related_to=[person["id"]]),
    "training_missing": lambda ask, volunteer, person: volunteer.update(trained_for=[]),
}
NAMES = {"consent": "no_consent"}


@settings(max_examples=60, deadline=None)
@given(rounds, st.sampled_from(sorted(TIGHTER)), st.integers())
def test_tightening_one_thing_makes_no_pair_feasible_and_adds_only_its_own_code(content, what, seed):
    random, tighter = Random(seed), deepcopy(content)
    ask = random.choice(tighter["asks"])
    person = next(each for each in tighter["people"] if each["id"] == ask["person"])
    TIGHTER[what](ask, random.choice(tighter["volunteers"]), person)
    before, after = solved(content), solved(tighter)

    for one, row in after["reasons"].items():
        for volunteer in {each["id"] for each in content["volunteers"]}:
            was, now = set(before["reasons"][one].get(volunteer, ())), set(row.get(volunteer, ()))
            assert was <= now
            assert now - was <= {NAMES.get(what, what)}


@SETTINGS
@given(rounds, st.sampled_from([7, 3]))
def test_scores_times_seven_give_the_same_proposal(content, times):
    content = with_scores(content, 4)
    scaled = {**content, "score": {ask: {one: worth * times for one, worth in row.items()} for ask, row in content["score"].items()}}
    told, again = solved(content), solved(scaled)

    assert again["assignment"] == told["assignment"]
    assert again["score"] == told["score"] * times
    assert told["score"] == sum(content["score"][ask][volunteer] for ask, volunteer in told["assignment"])


@SETTINGS
@given(rounds)
def test_the_parts_of_each_pair_add_up_to_its_points_and_all_of_them_to_the_score(content):
    content = {name: value for name, value in content.items() if name != "score"}
    judged = judge(problem_of(content))
    found = propose(judged)
    rows = rows_of(judged, found)

    assert [[each["ask"], each["volunteer"]] for each in rows] == solved(content)["assignment"]
    assert all(each["points"] == sum(points for _, points in each["parts"]) for each in rows)
    assert sum(each["points"] for each in rows) == found.objective == solved(content)["score"]


@SETTINGS
@given(rounds)
def test_nobody_served_can_make_way_for_somebody_of_higher_priority(content):
    told = solved(content)
    served, priority = dict(told["assignment"]), {each["id"]: each["priority"] for each in content["asks"]}
    room = [each["id"] for each in content["volunteers"] for _ in range(max(0, each["capacity"] - each["active_matches"]))]
    for left in priority.keys() - served.keys():
        for out in [None, *(each for each in served if priority[each] < priority[left])]:
            asks = [left, *(each for each in served if each != out)]
            may = csr_array([[volunteer not in told["reasons"][ask] for volunteer in room] for ask in asks], dtype=np.int8)
            assert not room or (maximum_bipartite_matching(may, "column") < 0).any()


@SETTINGS
@given(rounds, st.data())
def test_pairs_that_are_kept_stay_whatever_else_is_shared_out(content, data):
    told = solved(content)
    kept = [pair for pair in told["assignment"] if data.draw(st.booleans())]
    more = deepcopy(content)
    more["volunteers"].append({**more["volunteers"][0], "id": "one more", "capacity": 3, "active_matches": 0, "blocked_people": []})
    again = solved({**more, "pins": kept})

    assert all(pair in again["assignment"] for pair in kept)
    assert again["served"] >= told["served"]


@SETTINGS
@given(rounds, st.integers())
def test_what_must_not_count_never_changes_a_score(content, seed):
    """Above 18 the age says nothing, and gender only who is refused where somebody asks."""
    random, other = Random(seed), deepcopy(content)
    for ask in content["asks"], other["asks"]:
        for each in ask:
            each["gender_required"] = None
    for each in other["volunteers"]:
        each["gender"] = random.choice(["woman", "man", None, "other"])
        each["age"] = random.randint(18, 99) if each["age"] >= 18 else each["age"]
        each |= {"ethnicity": "any", "faith": "any", "sex": "any", "disability": True}

    assert solved(other) == solved(content)


@SETTINGS
@given(rounds)
def test_after_everything_is_accepted_a_new_round_proposes_nothing(content):
    told = solved(content)
    taken = dict(told["assignment"])
    after = deepcopy(content)
    after["asks"] = [each for each in after["asks"] if each["id"] not in taken]
    for each in after["volunteers"]:
        each["active_matches"] += told["load"][each["id"]]

    assert solved(after)["assignment"] == []


@SETTINGS
@given(rounds)
def test_no_other_way_to_share_out_serves_more_and_each_keeps_the_rules(content):
    judged = judge(problem_of(content))
    found = propose(judged)
    order = list(range(len(content["asks"])))
    for given_to in (by_arrival(judged, order), best_pair_first(judged)):
        served = [(row, column) for row, column in enumerate(given_to) if column >= 0]
        assert all(judged.allowed[pair] for pair in served)
        assert all(given_to.count(column) <= room for column, room in enumerate(judged.room))
        assert len(served) <= len(found.pairs)
    ways = compare(judged, found.volunteers, order)
    assert ways["round"]["served"] == len(found.pairs)
    assert ways["round"]["busiest"] <= max(judged.room)


@pytest.mark.parametrize("seed", range(3))
def test_a_larger_round_keeps_the_rules_too(seed):
    content = drawn_round(seed, 200, 100)
    told = solved(content)

    assert all(volunteer not in told["reasons"][ask] for ask, volunteer in told["assignment"])
    assert told["served"] > 50
