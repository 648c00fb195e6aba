"""The small parts of a round: what clashes, how ways to share out compare, and the large round that is measured."""

import pytest

from carestore.benchmark.rounds import measured, table, verdicts
from matching.eligibility import AskFacts, Window
from matching.eligibility.times import runs
from matching.rounds.clashes import clashing
from matching.rounds.comparing import compare
from matching.rounds.files import problem_of
from matching.rounds.problem import judge, propose
from tests.matching.rounds.test_files import ASK, PERSON, VOLUNTEER, one_pair


def ask(name, *windows, minutes=60):
    return AskFacts(id=name, person="p", activity="visit", minutes=minutes, windows=tuple(Window(*each) for each in windows))


MORNINGS = runs([Window(0, 540, 720), Window(1, 540, 720)])


@pytest.mark.parametrize(
    ("asks", "expected"),
    [
        ([ask("a", (0, 540, 600)), ask("b", (0, 540, 600))], {"a", "b"}),
        ([ask("a", (0, 540, 660)), ask("b", (0, 540, 660))], set()),
        ([ask("a", (0, 540, 600)), ask("b", (0, 600, 660))], set()),
        ([ask("a", (0, 540, 600)), ask("b", (0, 570, 630)), ask("c", (1, 540, 600))], {"a", "b"}),
        ([ask("a", (0, 540, 600)), ask("b", (0, 540, 600), (1, 540, 600))], set()),
        ([ask("a", (0, 540, 700), minutes=120), ask("b", (0, 560, 720), minutes=90)], {"a", "b"}),
        ([ask("a", (5, 540, 600)), ask("b", (5, 540, 600))], set()),  # at neither time is the volunteer free: that is another code
        ([], set()),
    ],
)
def test_two_that_cannot_be_done_one_after_the_other_clash(asks, expected):
    assert clashing(asks, MORNINGS) == expected


def test_people_served_the_way_and_how_the_work_is_spread():
    """The first who asked takes the nearer helper, whom alone the second could have had."""
    north = {**VOLUNTEER, "id": "v2", "lat": 53.618}
    content = {
        **one_pair(),
        "people": [PERSON, {**PERSON, "id": "p2", "languages": ["punjabi"]}],
        "volunteers": [{**VOLUNTEER, "languages": ["english", "punjabi"]}, north],
        "asks": [ASK, {**ASK, "id": "a2", "person": "p2", "priority": 0}],
    }
    judged = judge(problem_of(content))
    ways = compare(judged, propose(judged).volunteers, [0, 1])

    assert ways["round"] == {"people": 2, "served": 2, "km": 1.0, "helping": 2, "busiest": 1}
    assert ways["arrival"] == ways["best_pair"] == {"people": 1, "served": 1, "km": 0.0, "helping": 1, "busiest": 1}


def test_two_requests_of_one_person_are_one_person_served():
    content = one_pair(volunteer={"capacity": 2})
    content["asks"].append({**ASK, "id": "a2", "priority": 0})
    judged = judge(problem_of(content))

    assert compare(judged, propose(judged).volunteers, [0, 1])["round"] == {"people": 1, "served": 2, "km": 0.0, "helping": 1, "busiest": 2}


def test_the_measured_round_serves_the_most_that_can_be_served():
    told = measured(2, asks=120, volunteers=60, pairs=1000, times=1)

    assert told.served == told.most == told.ways["the round"]["served"]
    assert all(way["served"] <= told.most for way in told.ways.values())
    assert [verdict.met for verdict in verdicts(told)][1] is True
    assert any("first come first served" in line for line in table(told))


def test_ids_may_be_anything_that_json_can_write():
    content = one_pair(
        volunteer={"id": "\ud800 \u0000x"[:2]}, person={"id": 7, "blocked_volunteers": [9]}, ask={"person": 7, "id": "ä" * 300}
    )
    judged = judge(problem_of(content))

    assert len(propose(judged).pairs) == 1
