"""The score is what its parts say, and nothing else."""

import inspect
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.eligibility import SoftFacts, score
from tests.matching.feasible import changed, pair

PARTS = ["distance", "shared_interests", "continuity", "load", "waiting", "same_village"]


def parts(one, **soft):
    return {part.part: part for part in score(one.ask, one.person, one.volunteer, one.rule, SoftFacts(**soft))}


def test_the_parts_are_always_the_same_six_in_whole_points_with_a_sentence():
    found = score(*(getattr(pair(), name) for name in ("ask", "person", "volunteer", "rule")), SoftFacts())

    assert [part.part for part in found] == PARTS
    assert all(isinstance(part.points, int) and part.text for part in found)


def test_nearer_is_better_down_to_nothing_far_away():
    near, further, far = (changed(pair(), volunteer={"lat": lat}) for lat in (53.6, 53.62, 55.0))

    assert parts(near)["distance"].points == 30
    assert 0 < parts(further)["distance"].points < 30
    assert parts(far)["distance"].points == 0
    assert parts(further)["distance"].text == "2.2 km away"


@pytest.mark.parametrize(
    "change", [{"ask": {"remote": True}}, {"rule": {"distance_matters": False}}, {"volunteer": {"lat": None}}, {"person": {"lon": None}}]
)
def test_a_distance_that_does_not_matter_or_is_not_known_gives_nothing(change):
    assert parts(changed(pair(), **change))["distance"].points == 0


def test_shared_interests_count_up_to_three():
    liked = ["allotments", "brass bands", "cricket", "darts"]
    points = [
        parts(pair(), person_interests=frozenset(liked), volunteer_interests=frozenset(liked[:count]))["shared_interests"].points
        for count in range(5)
    ]

    assert points == [0, 8, 16, 24, 24]


def test_an_earlier_pair_a_village_and_waiting_help_and_load_weighs_against():
    assert parts(pair(), paired_before=True)["continuity"].points > parts(pair())["continuity"].points == 0
    assert parts(pair(), person_village="Marsden", volunteer_village="Marsden")["same_village"].points > 0
    assert parts(pair(), person_village="", volunteer_village="")["same_village"].points == 0
    assert [parts(pair(), waiting_days=days)["waiting"].points for days in (-1, 6, 7, 70, 700)] == [0, 0, 1, 10, 10]
    loads = [parts(changed(pair(), volunteer={"active_matches": helped}))["load"].points for helped in range(3)]
    assert loads == sorted(loads, reverse=True)
    assert loads[0] == 0


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([None, 16, 18, 90]),
    st.sampled_from([None, "woman", "man"]),
    st.frozensets(st.sampled_from(["en", "ur", "pa"])),
    st.frozensets(st.sampled_from(["cat", "dog"])),
    st.sampled_from([None, True, False]),
)
def test_who_somebody_is_never_changes_a_score(age, gender, languages, allergies, known):
    one = pair()
    other = replace(
        one,
        person=replace(one.person, languages=languages, smoker=known, receives_care=known, needs_help_because=known),
        volunteer=replace(one.volunteer, age=age, gender=gender, languages=languages, allergies=allergies),
    )
    soft = SoftFacts(person_village="Marsden", volunteer_village="Marsden", waiting_days=20)

    assert score(one.ask, one.person, one.volunteer, one.rule, soft) == score(other.ask, other.person, other.volunteer, other.rule, soft)


def test_the_soft_facts_hold_nothing_that_must_not_count():
    forbidden = {"age", "ethnicity", "faith", "religion", "disability", "sex", "gender"}

    assert {field.name for field in fields(SoftFacts)}.isdisjoint(forbidden)
    assert set(inspect.signature(score).parameters) == {"ask", "person", "volunteer", "rule", "soft"}
