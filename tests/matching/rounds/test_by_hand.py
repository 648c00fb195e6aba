"""The command line end to end, JSON in and JSON out, against a reading of the format that shares nothing with the product."""

import json
import subprocess
import sys
from collections import Counter
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import matching
from tests.matching.rounds.by_hand import answer_by_hand, drawn

SETTINGS = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def check(content, told):
    expected, assigned = answer_by_hand(content), dict(told["assignment"])

    assert told["reasons"] == expected["reasons"]
    assert {each["ask"]: each["nearest_miss"] for each in told["gaps"]} == expected["gaps"]
    assert len(assigned) == len(told["assignment"]) == told["served"] == expected["most"]
    assert set(assigned) == expected["served"]
    assert not [pair for pair in told["assignment"] if expected["reasons"][pair[0]].get(pair[1])]
    assert told["load"] == {each["id"]: Counter(assigned.values())[each["id"]] for each in content["volunteers"]}
    for each in content["volunteers"]:
        assert told["load"][each["id"]] <= max(0, (each.get("capacity") or 0) - (each.get("active_matches") or 0))
    if expected["score"] is not None:
        points = content["score"]
        assert told["score"] == expected["score"] == sum(points.get(ask, {}).get(one, 0) for ask, one in assigned.items())
    return len(assigned)


@SETTINGS
@given(st.integers(0, 10**9))
def test_reasons_people_served_points_and_gaps_are_those_found_by_hand(tmp_path, seed):
    content, path, out = drawn(seed), tmp_path / "round.json", StringIO()
    path.write_text(json.dumps(content))
    call_command("matching_round", solve=path, stdout=out)

    check(content, json.loads(out.getvalue()))


def test_the_command_itself_prints_the_answer_and_nothing_else(tmp_path):
    path, manage = tmp_path / "round.json", Path(matching.__file__).parents[1] / "manage.py"
    content = next(content for content in map(drawn, range(1000)) if len(answer_by_hand(content)["served"]) > 2)
    path.write_text(json.dumps(content))
    run = subprocess.run([sys.executable, manage, "matching_round", "--solve", path], capture_output=True, text=True, check=True)  # noqa: S603

    assert check(content, json.loads(run.stdout)) > 2
    assert run.stderr == ""


def test_the_drawn_rounds_touch_every_code_and_serve_somebody():
    found = [answer_by_hand(drawn(seed)) for seed in range(150)]
    codes = Counter(code for each in found for row in each["reasons"].values() for some in row.values() for code in some)
    nearest = Counter(code for each in found for code in each["gaps"].values())

    assert len(codes) == 20
    assert sum(len(each["served"]) for each in found) > 60
    assert len(nearest) > 8
