"""Rounds in files: what is left out, what is wrong, and the answer that the command prints."""

import json
from copy import deepcopy
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from matching.eligibility import ByVolunteers
from matching.rules.activities import rules
from tests.matching.rounds.drawn import drawn_round, with_scores


@pytest.fixture
def solved(tmp_path):
    """What the command prints for this content, or for these bytes."""

    def solve(content):
        path = tmp_path / "round.json"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        out = StringIO()
        call_command("matching_round", solve=path, stdout=out)
        return json.loads(out.getvalue())

    return solve


PERSON = {"id": "p1", "lat": 53.6, "lon": -1.9, "languages": ["english"]}
VOLUNTEER = {
    "id": "v1",
    "lat": 53.6,
    "lon": -1.9,
    "status": "active",
    "age": 40,
    "languages": ["english"],
    "max_km": 3,
    "windows": [[0, 540, 600]],
    "capacity": 1,
    "activities": ["visit"],
}
ASK = {"id": "a1", "person": "p1", "activity": "visit", "minutes": 60, "windows": [[0, 540, 600]], "consent": True, "priority": 1}
RULE = {"volunteer": "yes"}


def one_pair(*, person=None, volunteer=None, ask=None, rule=None, **more):
    """Two who may be put together, with as little as a file needs, and with something changed; None takes a field out."""

    def changed(row, change):
        return {name: value for name, value in {**row, **(change or {})}.items() if value is not None}

    return {
        "date": "2026-11-23",
        "people": [changed(PERSON, person)],
        "volunteers": [changed(VOLUNTEER, volunteer)],
        "asks": [changed(ASK, ask)],
        "rules": {"visit": changed(RULE, rule)},
        **more,
    }


def codes(answer):
    return answer["reasons"]["a1"].get("v1", [])


def test_a_pair_that_says_only_what_it_must(solved):
    answer = solved(one_pair())

    assert answer["assignment"] == [["a1", "v1"]]
    assert answer["served"] == 1
    assert answer["score"] > 0
    assert answer["reasons"] == {"a1": {}}
    assert answer["gaps"] == []
    assert answer["load"] == {"v1": 1}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"ask": {"consent": None}}, ["no_consent"]),
        ({"ask": {"windows": None}}, ["time"]),
        ({"ask": {"minutes": 61}}, ["time"]),
        ({"ask": {"minutes": 1_000_000}}, ["time"]),
        ({"volunteer": {"capacity": 1_000_000_000}}, []),
        ({"person": {"lat": None}}, ["distance"]),
        ({"person": {"languages": None}}, ["language"]),
        ({"volunteer": {"status": None}}, ["volunteer_not_active"]),
        ({"volunteer": {"capacity": None}}, ["capacity"]),
        ({"volunteer": {"active_matches": 1}}, ["capacity"]),
        ({"volunteer": {"max_km": None}}, ["distance"]),
        ({"volunteer": {"activities": None}}, ["activity_not_offered"]),
        ({"volunteer": {"windows": None}}, ["time"]),
        ({"volunteer": {"dbs_review_due": "2026-11-22"}}, ["dbs_out_of_date"]),
        ({"volunteer": {"dbs_review_due": "2026-11-23"}}, []),
        ({"volunteer": {"avoids_smoke": True}}, ["smoke"]),
        ({"volunteer": {"avoids_smoke": True}, "person": {"home": {"smoker": False}}}, []),
        ({"volunteer": {"allergies": ["cat"]}, "person": {"home": {"animals": ["cat"]}}}, ["allergy"]),
        ({"volunteer": {"household": "h"}, "person": {"household": "h"}}, ["conflict_of_interest"]),
        ({"volunteer": {"related_to": ["p1"]}}, ["conflict_of_interest"]),
        ({"volunteer": {"blocked_people": ["p1", "somebody else"]}}, ["blocked"]),
        ({"person": {"blocked_volunteers": ["v1"]}}, ["blocked"]),
        ({"ask": {"gender_required": "woman"}}, ["gender"]),
        ({"ask": {"gender_required": "woman"}, "rule": {"private": False}}, []),
        ({"ask": {"two_visitors": True}}, ["lone_visit"]),
        ({"rule": {"volunteer": None}}, ["volunteer_not_allowed"]),
        ({"rule": {"volunteer": "limited"}}, ["volunteer_not_allowed"]),
        ({"rule": {"volunteer": "no", "cqc_personal_care": True}}, ["cqc_personal_care", "volunteer_not_allowed"]),
        ({"rule": {"cqc_personal_care": "possible"}}, ["cqc_personal_care"]),
        ({"rule": {"cqc_personal_care": False}}, []),
        ({"rule": {"volunteer": "trained"}}, ["training_missing"]),
        ({"rule": {"volunteer": "trained"}, "volunteer": {"trained_for": ["visit"]}}, []),
        ({"rule": {"needs_car": True}, "volunteer": {"has_car": True}}, ["car"]),
        ({"rule": {"at_home": True}, "volunteer": {"age": None}}, ["under_18_at_home"]),
        ({"rule": {"distance_matters": False}, "person": {"lat": None}}, []),
        ({"rule": {"dbs": "basic"}}, ["dbs_level"]),
        ({"rule": {"dbs": "none", "dbs_if_regular": "basic"}}, []),
        ({"rule": {"dbs": "none", "dbs_if_regular": "basic"}, "ask": {"regular": True}}, ["dbs_level"]),
        ({"rule": {"dbs": "basic", "dbs_if_regular": "none"}, "ask": {"regular": True}}, []),
        # With rules of its own, what is known about the adult is ignored.
        ({"rule": {"dbs": "none"}, "person": {"receives_care": True, "needs_help_because": True}}, []),
    ],
)
def test_what_is_left_out_or_tightened_refuses_by_its_own_code(solved, change, expected):
    answer = solved(one_pair(**change))

    assert codes(answer) == expected
    assert answer["served"] == (not expected)
    assert answer["gaps"] == ([{"ask": "a1", "nearest_miss": expected[0] if len(expected) == 1 else None}] if expected else [])


def test_touching_windows_join_and_the_week_is_a_circle(solved):
    over_midnight = {"windows": [[6, 1400, 1440], [0, 0, 20]], "minutes": 60}

    assert codes(solved(one_pair(ask={"windows": [[0, 540, 570], [0, 570, 600]]}))) == []
    assert codes(solved(one_pair(ask=over_midnight, volunteer={"windows": [[6, 0, 1440], [0, 0, 30]]}))) == []


def test_without_rules_every_row_is_confirmed_and_no_limited_one_opened(solved):
    table = {row.slug: row for row in rules().values()}
    reviewed = next(row.slug for row in table.values() if row.professional_review and row.volunteer == ByVolunteers.YES)
    limited = next(row.slug for row in table.values() if row.volunteer == ByVolunteers.LIMITED)

    def told(slug):
        return codes(solved(one_pair(ask={"activity": slug}, volunteer={"activities": [slug]}, rules=None)))

    assert "volunteer_not_allowed" not in told(reviewed)
    assert "volunteer_not_allowed" in told(limited)


def test_an_adult_of_whom_nothing_is_known_counts_as_one_who_needs_help(solved):
    """Collecting shopping with the person's money is regulated where they need the help because of age, illness or disability."""
    shop = {"ask": {"activity": "shop-for-someone"}, "volunteer": {"activities": ["shop-for-someone"], "dbs": "enhanced"}, "rules": None}

    assert codes(solved(one_pair(**shop))) == ["dbs_level"]
    assert codes(solved(one_pair(**shop, person={"needs_help_because": True}))) == ["dbs_level"]
    assert codes(solved(one_pair(**shop, person={"needs_help_because": False, "receives_care": False}))) == []


def test_points_of_the_file_replace_our_own_and_nothing_is_taken_off_for_load(solved):
    content = one_pair(volunteer={"capacity": 2}, score={"a1": {"v1": -7}, "a2": {"v1": 3}, "stranger": {"v1": 9}})
    content["asks"].append({**ASK, "id": "a2", "priority": 2})
    answer = solved(content)

    assert answer["assignment"] == [["a2", "v1"], ["a1", "v1"]]
    assert answer["score"] == -4
    assert answer["load"] == {"v1": 2}


def test_points_of_the_file_are_told_as_their_plain_sum_and_what_its_load_penalty_takes_off_stands_beside_it(solved):
    content = one_pair(volunteer={"capacity": 2}, score={"a1": {"v1": 50, "v2": 45}, "a2": {"v1": 50, "v2": 20}})
    content["asks"].append({**ASK, "id": "a2", "priority": 2})
    content["volunteers"].append({**VOLUNTEER, "id": "v2"})
    plain, spread, crowded = solved(content), solved({**content, "load_penalty": 20}), solved({**content, "load_penalty": 3})

    assert (plain["score"], plain["load"], "load_cost" in plain) == (100, {"v1": 2, "v2": 0}, False)
    assert (spread["score"], spread["load"], spread["load_cost"]) == (95, {"v1": 1, "v2": 1}, 0)
    assert (crowded["score"], crowded["load"], crowded["load_cost"]) == (100, {"v1": 2, "v2": 0}, 3)


def test_a_pair_without_points_of_its_own_counts_nothing_and_may_still_be_made(solved):
    answer = solved(one_pair(score={}))

    assert (answer["assignment"], answer["score"]) == ([["a1", "v1"]], 0)


def test_pins_and_strikes_of_a_file_hold(solved):
    content = one_pair()
    content["volunteers"].append({**VOLUNTEER, "id": "v2"})
    for kept in ("v1", "v2"):
        other = "v2" if kept == "v1" else "v1"
        assert solved({**content, "pins": [["a1", kept]]})["assignment"] == [["a1", kept]]
        assert solved({**content, "strikes": [["a1", kept]]})["assignment"] == [["a1", other]]
    with pytest.raises(CommandError, match="pin"):
        solved({**content, "pins": [["a1", "v1"]], "strikes": [["a1", "v1"]]})


def without(content, *path):
    content = deepcopy(content)
    inside = content
    for step in path[:-1]:
        inside = inside[step]
    del inside[path[-1]]
    return content


def set_to(content, value, *path):
    content = deepcopy(content)
    inside = content
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = value
    return content


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (json.dumps(one_pair(ask={"minutes": "x"})).replace('"x"', "NaN").encode(), "NaN is not a number"),
        (json.dumps(one_pair(person={"lat": "x"})).replace('"x"', "1e999").encode(), "people[0].lat"),
        (json.dumps(one_pair(ask={"priority": "x"})).replace('"x"', "1" * 5000).encode(), "not JSON"),
        ([], "The file: write an object"),
        ("round", "The file: write an object"),
        (one_pair(format="care-round/2"), "format: only care-round/1"),
        (without(one_pair(), "date"), "date: this must be there"),
        (one_pair(date="23 November"), "date: write a day"),
        (one_pair(date=20261123), "date: write a day"),
        (without(one_pair(), "people"), "people: this must be there"),
        (without(one_pair(), "asks"), "asks: this must be there"),
        (one_pair(people={}), "people: write a list"),
        (one_pair(people=["p1"]), "people[0]: write an object"),
        (without(one_pair(), "volunteers", 0, "id"), "volunteers[0].id"),
        (set_to(one_pair(), ["p1"], "people", 0, "id"), "people[0].id"),
        (one_pair(person={"languages": "english"}), "people[0].languages: write a list"),
        (one_pair(person={"lat": 91}), "people[0].lat: write a number from -90 to 90"),
        (one_pair(person={"home": ["cat"]}), "people[0].home: write an object"),
        (one_pair(person={"home": {"smoker": "yes"}}), "people[0].home.smoker: write true or false"),
        (one_pair(ask={"consent": "yes"}), "asks[0].consent: write true or false"),
        (one_pair(ask={"regular": 1}), "asks[0].regular: write true or false"),
        (one_pair(ask={"minutes": True}), "asks[0].minutes: write a whole number"),
        (one_pair(ask={"minutes": None}), "asks[0].minutes: this must be there"),
        (one_pair(ask={"priority": None}), "asks[0].priority: this must be there"),
        (one_pair(ask={"priority": "1"}), "asks[0].priority: write a number"),
        (one_pair(ask={"person": "p2"}), "asks[0].person: nobody"),
        (one_pair(ask={"activity": "dance"}), "asks[0].activity: there is no rule"),
        (one_pair(ask={"windows": [[7, 0, 60]]}), "asks[0].windows[0]: write [weekday"),
        (one_pair(volunteer={"windows": [[0, 60, 30]]}), "volunteers[0].windows[0]: write [weekday"),
        (one_pair(volunteer={"windows": [[0, 60]]}), "volunteers[0].windows[0]: write [weekday"),
        (one_pair(volunteer={"status": "resting"}), "volunteers[0].status: choose one of applied"),
        (one_pair(volunteer={"dbs": "high"}), "volunteers[0].dbs: choose one of none"),
        (one_pair(volunteer={"dbs_review_due": "soon"}), "volunteers[0].dbs_review_due: write a day"),
        (one_pair(volunteer={"capacity": -1}), "volunteers[0].capacity: write a whole number"),
        (one_pair(volunteer={"max_km": -1}), "volunteers[0].max_km: write a number from 0"),
        (one_pair(rule={"volunteer": "perhaps"}), "rules.visit.volunteer: choose one of yes"),
        (one_pair(rule={"cqc_personal_care": 1}), "rules.visit.cqc_personal_care: choose one of"),
        (one_pair(rules={"visit": "yes"}), "rules.visit: write an object"),
        (one_pair(score={"a1": {"v1": 1.5}}), "score.a1.v1: write a whole number"),
        (one_pair(score={"a1": {"v1": True}}), "score.a1.v1: write a whole number"),
        (one_pair(score={"a1": [1]}), "score.a1: write an object"),
        (one_pair(asks=[ASK, ASK]), "asks[1].id: asks[0] has the same id"),
        (one_pair(people=[PERSON, PERSON]), "people[1].id: people[0] has the same id"),
        (one_pair(asks=[ASK, {**ASK, "id": "a2"}]), "asks[1].priority: asks[0] has the same"),
        (one_pair(pins=[["a1"]]), "pins[0]: write [request, volunteer]"),
    ],
)
def test_a_file_that_is_no_round_is_told_in_one_sentence_that_names_the_place(solved, content, place):
    with pytest.raises(CommandError) as told:
        solved(content)
    assert place in str(told.value)
    assert "\n" not in str(told.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("matching_round", solve=tmp_path / "none.json")


def test_an_empty_round_is_a_round(solved):
    answer = solved({"date": "2026-11-23", "people": [], "volunteers": [], "asks": []})

    assert (answer["assignment"], answer["served"], answer["score"], answer["reasons"]) == ([], 0, 0, {})
    assert solved({**one_pair(), "volunteers": []})["gaps"] == [{"ask": "a1", "nearest_miss": None}]


def test_a_drawn_round_of_some_size(solved):
    content = with_scores(drawn_round(5, asks=60, volunteers=30), 6)
    answer = solved(content)

    assert answer["served"] == len(answer["assignment"]) > 10
    assert answer["score"] == sum(content["score"][ask][volunteer] for ask, volunteer in answer["assignment"])
    assert set(answer["reasons"]) == {ask["id"] for ask in content["asks"]}
    assert solved(content) == answer
