"""Both stages against every possible answer on small rounds, and against another solver on large ones."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

from matching.rounds.solving import NOBODY, objective_of, solve

SETTINGS = settings(max_examples=120, deadline=None)


@st.composite
def small_rounds(draw):
    asks, volunteers = draw(st.integers(0, 5)), draw(st.integers(0, 4))
    return {
        "allowed": np.array([[draw(st.booleans()) for _ in range(volunteers)] for _ in range(asks)], dtype=bool).reshape(asks, volunteers),
        "points": np.array([[draw(st.integers(-6, 9)) for _ in range(volunteers)] for _ in range(asks)], dtype=int).reshape(
            asks, volunteers
        ),
        "priority": draw(st.permutations(range(asks))),
        "room": [draw(st.integers(0, 3)) for _ in range(volunteers)],
        "unit": draw(st.sampled_from([0, 0, 1, 4])),
    }


def all_answers(one):
    """Every way to give each request one of its volunteers, or nobody, with nobody above their room."""
    choices = [[NOBODY, *np.flatnonzero(row)] for row in one["allowed"]]
    for given_to in product(*choices):
        if all(given_to.count(volunteer) <= most for volunteer, most in enumerate(one["room"])):
            yield given_to


def served_by_priority(one, given_to):
    order = sorted(range(len(given_to)), key=lambda ask: -one["priority"][ask])
    return [given_to[ask] != NOBODY for ask in order]


def best_of(one):
    """By trying all: who is served, and the most points over exactly those."""
    answers = list(all_answers(one))
    served = max(served_by_priority(one, each) for each in answers)
    same = [each for each in answers if served_by_priority(one, each) == served]
    return (
        served,
        max(objective_of(each, one["points"], one["unit"]) for each in same),
        max(sum(served_by_priority(one, x)) for x in answers),
    )


@SETTINGS
@given(small_rounds())
def test_no_other_answer_is_better_when_all_are_tried(one):
    found = solve(**one)
    served, objective, most = best_of(one)

    assert served_by_priority(one, found.volunteers) == served
    assert sum(served) == most == len(found.pairs)
    assert found.objective == objective == objective_of(found.volunteers, one["points"], one["unit"])
    assert found.volunteers in set(all_answers(one))


@SETTINGS
@given(small_rounds(), st.data())
def test_with_pins_and_strikes_no_other_answer_that_keeps_them_is_better(one, data):
    free = solve(**one)
    pins = data.draw(st.lists(st.sampled_from(free.pairs), unique=True, max_size=2)) if free.pairs else []
    everywhere = [
        (ask, volunteer) for ask, row in enumerate(one["allowed"]) for volunteer in range(len(row)) if (ask, volunteer) not in pins
    ]
    strikes = data.draw(st.lists(st.sampled_from(everywhere), unique=True, max_size=3)) if everywhere else []
    found = solve(**one, pins=pins, strikes=strikes)
    kept = [
        each
        for each in all_answers(one)
        if all(each[ask] == volunteer for ask, volunteer in pins) and not any(each[ask] == volunteer for ask, volunteer in strikes)
    ]
    served = max(served_by_priority(one, each) for each in kept)

    assert found.volunteers in kept
    assert served_by_priority(one, found.volunteers) == served
    assert found.objective == max(
        objective_of(each, one["points"], one["unit"]) for each in kept if served_by_priority(one, each) == served
    )


@SETTINGS
@given(small_rounds(), st.integers(2, 9))
def test_points_and_penalty_times_seven_give_the_same_proposal(one, times):
    found = solve(**one)
    scaled = solve(**{**one, "points": one["points"] * times, "unit": one["unit"] * times})

    assert scaled.volunteers == found.volunteers
    assert scaled.objective == found.objective * times
    assert solve(**one) == found


@SETTINGS
@given(small_rounds(), st.data())
def test_the_order_of_rows_and_columns_changes_neither_who_is_served_nor_the_objective(one, data):
    rows = data.draw(st.permutations(range(len(one["priority"]))))
    columns = data.draw(st.permutations(range(len(one["room"]))))
    moved = {
        "allowed": one["allowed"][np.ix_(rows, columns)],
        "points": one["points"][np.ix_(rows, columns)],
        "priority": [one["priority"][ask] for ask in rows],
        "room": [one["room"][volunteer] for volunteer in columns],
        "unit": one["unit"],
    }
    found, other = solve(**one), solve(**moved)

    assert other.objective == found.objective
    assert {rows[ask] for ask, _ in other.pairs} == {ask for ask, _ in found.pairs}
    content = [(room, *column) for room, column in zip(one["room"], np.where(one["allowed"], one["points"], -99).T.tolist(), strict=True)]
    if len(set(content)) == len(content):
        assert {(rows[ask], columns[volunteer]) for ask, volunteer in other.pairs} == set(found.pairs)


@SETTINGS
@given(small_rounds(), st.data())
def test_a_place_or_a_volunteer_more_never_serves_fewer(one, data):
    before = len(solve(**one).pairs)
    if one["room"]:
        at = data.draw(st.integers(0, len(one["room"]) - 1))
        assert len(solve(**{**one, "room": [room + (place == at) for place, room in enumerate(one["room"])]}).pairs) >= before
    more = np.array([[data.draw(st.booleans())] for _ in one["priority"]], dtype=bool).reshape(-1, 1)
    wider = {
        "allowed": np.hstack([one["allowed"], more]),
        "points": np.hstack([one["points"], more * 1]),
        "room": [*one["room"], 1],
    }
    assert len(solve(**{**one, **wider}).pairs) >= before


def test_one_volunteer_does_not_get_everything_where_another_is_nearly_as_good():
    points = np.array([[50, 45], [50, 45], [50, 45]])
    one = {"allowed": np.ones((3, 2), dtype=bool), "points": points, "priority": [3, 2, 1], "room": [3, 3]}

    assert [volunteer for _, volunteer in solve(**one).pairs] == [0, 0, 0]
    assert sorted(volunteer for _, volunteer in solve(**one, unit=10).pairs) == [0, 0, 1]
    assert solve(**one, unit=10).objective == 50 + 50 - 10 + 45


def test_pins_count_for_the_load():
    points = np.array([[50, 45], [50, 45]])
    one = {"allowed": np.ones((2, 2), dtype=bool), "points": points, "priority": [2, 1], "room": [2, 2], "unit": 10}

    assert solve(**one, pins=[(1, 0)]).volunteers == (1, 0)


@pytest.mark.parametrize(
    "more",
    [
        {"pins": [(0, 1)]},
        {"pins": [(0, 0), (1, 0)]},
        {"pins": [(0, 0), (0, 2)]},
        {"pins": [(0, 0)], "strikes": [(0, 0)]},
        {"priority": [1, 1]},
    ],
)
def test_what_cannot_be_is_told(more):
    allowed = np.array([[True, False, True], [True, True, True]])
    with pytest.raises(ValueError):
        solve(**{"allowed": allowed, "points": allowed * 1, "priority": [2, 1], "room": [1, 1, 1], **more})


def test_a_long_valley_where_everybody_reaches_only_their_neighbours_is_solved():
    """The sparse solver of scipy does not come back from this one."""
    random = np.random.default_rng(3)
    homes, helpers = random.random(600), random.random(300)
    apart = abs(homes[:, None] - helpers)
    allowed, points = apart < 0.05, (800 * (1 - apart)).astype(int)
    room = random.integers(0, 4, 300).tolist()
    found = solve(allowed, points, priority=random.permutation(600).tolist(), room=room, unit=20)

    assert len(found.pairs) == most_by_another_way(allowed, points, room, 20)[0]


def seeded(seed):
    """300 requests and 150 volunteers: scattered, or along a valley where help is scarce in places."""
    random = np.random.default_rng(seed)
    if seed % 2:
        allowed = random.random((300, 150)) < random.choice([0.01, 0.02, 0.05])
    else:
        allowed = abs(random.random(300)[:, None] - random.random(150) ** 2) < random.choice([0.005, 0.015, 0.03])
    return {
        "allowed": allowed,
        "points": random.integers(-50, 400, (300, 150)),
        "priority": random.permutation(300).tolist(),
        "room": random.integers(0, random.choice([2, 3, 5]), 150).tolist(),
        "unit": int(random.choice([0, 20])),
    }


def most_by_another_way(allowed, points, room, unit, *, exactly=None):
    """Linear programming over single places (its corners are whole): how many can be served, and the most points over exactly these."""
    slots = [(volunteer, place) for volunteer, most in enumerate(room) for place in range(min(most, int(allowed[:, volunteer].sum())))]
    asks, places = np.nonzero(allowed[:, [volunteer for volunteer, _ in slots]])
    each = np.arange(len(asks))
    per_ask = csr_array((np.ones(len(asks)), (asks, each)), shape=(len(allowed), len(asks)))
    per_place = csr_array((np.ones(len(asks)), (places, each)), shape=(len(slots), len(asks)))
    if exactly is None:
        limits = vstack([per_ask, per_place])
        found = linprog(-np.ones(len(asks)), A_ub=limits, b_ub=np.ones(limits.shape[0]), bounds=(0, None), method="highs")
        return round(-found.fun), None
    worth = np.array([points[ask, slots[place][0]] - unit * slots[place][1] for ask, place in zip(asks, places, strict=True)])
    found = linprog(
        -worth, A_ub=per_place, b_ub=np.ones(len(slots)), A_eq=per_ask, b_eq=np.isin(np.arange(len(allowed)), exactly) * 1.0, method="highs"
    )
    return len(exactly), round(-found.fun)


def can_make_way(one, given_to, ask):
    """By walking from a request to whoever is with its volunteers, and on: the requests that could make way for it; None: there is a free place."""
    holds = [[other for other, volunteer in enumerate(given_to) if volunteer == column] for column in range(len(one["room"]))]
    seen, waiting = {ask}, [ask]
    while waiting:
        for volunteer in np.flatnonzero(one["allowed"][waiting.pop()]):
            if len(holds[volunteer]) < one["room"][volunteer]:
                return None
            for other in holds[volunteer]:
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
    return seen - {ask}


@pytest.mark.parametrize("tens", range(20))
def test_two_hundred_rounds_agree_with_another_solver(tens):
    for seed in range(10 * tens, 10 * tens + 10):
        one = seeded(seed)
        found = solve(**one)
        served = [ask for ask, _ in found.pairs]
        loads = np.bincount([volunteer for _, volunteer in found.pairs], minlength=150)

        assert all(one["allowed"][pair] for pair in found.pairs)
        assert (loads <= one["room"]).all()
        assert len(served) == most_by_another_way(one["allowed"], one["points"], one["room"], 0)[0]
        assert found.objective == most_by_another_way(one["allowed"], one["points"], one["room"], one["unit"], exactly=served)[1]
        for ask in set(range(300)) - set(served):
            others = can_make_way(one, found.volunteers, ask)
            assert others is not None
            assert all(one["priority"][other] > one["priority"][ask] for other in others)
