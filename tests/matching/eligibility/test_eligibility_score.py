"""The score is what its parts say, and nothing else."""

import inspect
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.eligibility import SoftAsk, SoftColumns, score_columns
from tests.matching.feasible import changed, pair
from tests.matching.one_by_one import SoftFacts, score

PARTS = ["distance", "interests", "continuity", "load", "waiting", "village"]


def parts(one, **soft):
    return {part.part: part for part in score(one.ask, one.person, one.volunteer, one.rule, SoftFacts(**soft))}


def test_the_parts_are_always_the_same_six_in_whole_points():
    one = pair()
    found = score(one.ask, one.person, one.volunteer, one.rule, SoftFacts(person_village="Marsden", paired_before=True, waiting_days=3))

    assert [part.part for part in found] == PARTS
    assert all(isinstance(part.points, int) for part in found)
    assert all(part.text for part in found if part.points)


def test_nearer_is_better_down_to_nothing_at_the_end_of_what_they_go():
    there, further, furthest = (changed(pair(), volunteer={"lat": lat}) for lat in (53.6, 53.62, 55.0))

    assert parts(there)["distance"].points == 300
    assert parts(further)["distance"].points == round(300 * (1 - 2.22390 / 5))
    assert parts(further)["distance"].text == "1.4 miles away"
    assert parts(furthest)["distance"].points == 0


@pytest.mark.parametrize(
    "change", [{"ask": {"remote": True}}, {"rule": {"distance_matters": False}}, {"volunteer": {"lat": None}}, {"person": {"lon": None}}]
)
def test_a_distance_that_does_not_matter_or_is_not_known_gives_nothing(change):
    assert parts(changed(pair(), **change))["distance"].points == 0


def test_shared_interests_count_up_to_three():
    liked = ["allotments", "brass bands", "cricket", "darts"]
    found = [
        parts(pair(), person_interests=frozenset(liked), volunteer_interests=frozenset(liked[:count]))["interests"] for count in range(5)
    ]

    assert [part.points for part in found] == [0, 60, 120, 180, 180]
    assert found[2].text == "Both like allotments, brass bands"


def test_who_has_more_room_is_asked_first():
    loads = [parts(changed(pair(), volunteer={"active_matches": helped, "capacity": 3}))["load"] for helped in range(5)]

    assert [load.points for load in loads] == [120, 80, 40, 0, 0]
    assert loads[1].text == "Helps 1 person now, has room for 2 more"
    assert parts(changed(pair(), volunteer={"active_matches": 0, "capacity": 0}))["load"].points == 0


def test_an_earlier_pair_a_village_and_waiting_count():
    assert parts(pair(), paired_before=True)["continuity"].points == 200
    assert parts(pair())["continuity"].points == 0
    assert parts(pair(), person_village="Marsden", volunteer_village="Marsden")["village"].points == 100
    assert parts(pair(), person_village="Marsden", volunteer_village="Slaithwaite")["village"].points == 0
    assert parts(pair(), person_village="", volunteer_village="")["village"].points == 0
    assert [parts(pair(), waiting_days=days)["waiting"].points for days in (-1, 0, 1, 50, 700)] == [0, 0, 2, 100, 100]


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

    assert {field.name for field in fields(SoftAsk)}.isdisjoint(forbidden)
    assert {field.name for field in fields(SoftColumns)}.isdisjoint(forbidden)
    assert set(inspect.signature(score_columns).parameters) == {"ask", "person", "rule", "volunteers", "soft", "theirs"}
