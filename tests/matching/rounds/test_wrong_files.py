"""Rounds with anything wrong in them: an answer that keeps the rules, or one sentence that says where; never anything else."""

import json
import re
from copy import deepcopy
from io import StringIO
from random import Random

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from matching.rounds import fields, files
from tests.matching.rounds.by_hand import drawn
from tests.matching.rounds.test_files import ASK, VOLUNTEER, one_pair, set_to

SETTINGS = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SENTENCE = re.compile(
    r"^(?P<place>[^:\n]{1,400}): [^\n]{1,300}\.$|^[^\n]{1,300} (cannot be read|is nested too deeply|is too large|is not JSON)"
)

JUNK = [
    None, True, False, 0, 1, -1, 7, 0.5, -0.0, 1e-320, 1e300, 1e999, float("nan"), float("-inf"), 10**30, 10**400, -(10**18), "", " ", "0",
    "yes", "no", "p0", "v0", "nobody", "NaN", "\x00", "\ud800", "é" * 500, "a\nb: c", [], [[]], [None], [True], [1.5], ["p0", "p0"], [[7, 0, 60]],
    [[0, 1380, 1500]], [[0, 60, 0]], [[0, 0, 1440]] * 3, [[0, -1, 60]], [["0", "0", "60"]], {}, {"": None}, {"id": "p0"}, {"smoker": "no"},
    {"animals": "cat"}, {"v0": 1.5}, {"v0": True}, {"v0": 10**13}, {"v0": None}, {"nobody": {"v0": 1}}, "2026-02-30", "2026-W48-1", "20261123",
    "2026-11-23T10:00:00", 20261123,
]  # fmt: skip


def paths(value, before=()):
    """Every place in a piece of JSON."""
    yield before
    for key, inside in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from paths(inside, (*before, key))


def mangled(content, random):
    """The same with one place replaced, taken out, told twice, or named otherwise."""
    content = deepcopy(content)
    place = random.choice([each for each in paths(content) if each])
    inside = content
    for step in place[:-1]:
        inside = inside[step]
    what = random.choice(["junk", "junk", "junk", "out", "twice", "renamed"])
    if what == "twice" and isinstance(inside, list):
        inside.append(deepcopy(inside[place[-1]]))
    elif what == "out":
        del inside[place[-1]]
    elif what == "renamed" and isinstance(inside, dict):
        inside[random.choice(["", "id", "p0", "v0", "NaN", "\u2028"])] = inside.pop(place[-1])
    else:
        inside[place[-1]] = random.choice(JUNK)
    return content


@pytest.fixture
def told(tmp_path):
    """The answer to these bytes, or the sentence in its place."""

    def tell(content):
        path, out = tmp_path / "round.json", StringIO()
        path.write_bytes(content)
        try:
            call_command("matching_round", solve=path, stdout=out)
        except CommandError as error:
            said = str(error)
        else:
            return json.loads(out.getvalue())
        assert SENTENCE.match(said), said
        return said

    return tell


def keeps_the_rules(answer):
    return all(str(volunteer) not in answer["reasons"][str(ask)] for ask, volunteer in answer["assignment"])


@SETTINGS
@given(st.integers(0, 10**9), st.integers(1, 3))
def test_a_mangled_round_has_an_answer_or_a_sentence(told, seed, times):
    random, content = Random(seed), drawn(seed % 50)
    for _ in range(times):
        content = mangled(content, random)
    answer = told(json.dumps(content).encode())

    assert isinstance(answer, str) or keeps_the_rules(answer)


@SETTINGS
@given(st.integers(0, 10**9))
def test_bytes_that_were_damaged_have_an_answer_or_a_sentence(told, seed):
    random = Random(seed)
    content = bytearray(json.dumps(drawn(seed % 50)).encode())
    for _ in range(random.randint(1, 3)):
        place = random.randrange(len(content))
        content[place : place + random.randint(0, 5)] = random.choice(
            [b"", b"[", b"}", b'"', b",", b"\xff", b"\x00", b"NaN", b"1e999", b"\xef\xbb\xbf"]
        )
    answer = told(bytes(content[: random.choice([len(content), random.randrange(len(content))])]))

    assert isinstance(answer, str) or keeps_the_rules(answer)


FAULTS = [
    (("date",), [None, 1, "", "2026-W48-1", "20261123", "2026-02-30"]),
    (("people", 0, "lat"), [True, "53", 91, 10**400, [53]]),
    (("people", 0, "languages"), ["english", {"english": 1}, [None], [True], [["english"]]]),
    (("people", 0, "home"), [["cat"], "cat", 1, True]),
    (("people", 0, "home", "smoker"), ["no", 0, []]),
    (("people", 0, "receives_care"), ["yes", 1, {}]),
    (("volunteers", 0, "age"), [-1, 151, True, "40", 40.5, 10**30]),
    (("volunteers", 0, "max_km"), [-0.5, True, "3", [3]]),
    (("volunteers", 0, "capacity"), [-1, 1.5, True, 10**9 + 1]),
    (
        ("volunteers", 0, "windows"),
        [{}, "all", [[7, 0, 60]], [[0, 1380, 1500]], [[0, 60, 0]], [[0, 0]], [[0, False, 60]], [0, 0, 60], [None]],
    ),
    (("volunteers", 0, "status"), ["Active", "", True, 1, ["active"]]),
    (("volunteers", 0, "dbs"), ["higher", 1, True]),
    (("volunteers", 0, "blocked_people"), ["p1", {"p1": 1}, [None], [1.5]]),
    (("volunteers", 0, "id"), [None, "", True, 1.5, ["v1"], "v" * 301, 10**301]),
    (("asks", 0, "minutes"), [None, -1, -60, 0.5, True, "60", 10**9 + 1, 10**30]),
    (("asks", 0, "priority"), [None, True, "1", [1], 10**400]),
    (("asks", 0, "person"), [None, "", "p2", ["p1"]]),
    (("asks", 0, "activity"), [None, "", "dance", {"visit": 1}]),
    (("asks", 0, "consent"), ["yes", 1, []]),
    (("rules", "visit", "dbs"), ["high", 2, False]),
    (("rules", "visit", "private"), ["yes", 1]),
    (("rules", "visit", "cqc_personal_care"), ["maybe", 0, []]),
    (("score", "a1", "v1"), [1.5, True, "1", 10**13, [1]]),
]


@pytest.mark.parametrize(("place", "value"), [(place, value) for place, values in FAULTS for value in values])
def test_each_fault_is_told_with_its_place(told, place, value):
    content = one_pair(person={"home": {}}, score={"a1": {"v1": 1}})
    name = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).strip(".")

    assert told(json.dumps(set_to(content, value, *place)).encode()).startswith(name)


@example(activity="dance", rules=None)
@given(st.text(max_size=400), st.sampled_from([None, {}, {"dance": {}}]))
@SETTINGS
def test_an_activity_without_a_rule_is_told_with_and_without_rules(told, activity, rules):
    answer = told(json.dumps(one_pair(ask={"activity": activity}, rules=rules)).encode())

    assert answer.startswith("asks[0].activity") if activity != "dance" or not rules else answer["gaps"]


def test_an_object_that_says_one_thing_twice_is_no_round(told):
    text = json.dumps(one_pair(score={"a1": {"v1": 1}})).replace('"v1": 1', '"v1": 1, "v1": 2')

    assert "v1 stands twice in one object" in told(text.encode())


def test_a_number_of_thousands_of_digits_is_told_in_plain_words(told):
    text = json.dumps(one_pair()).replace('"minutes": 60', f'"minutes": {"9" * 5000}')

    assert told(text.encode()).endswith("is not JSON: a number in it has too many digits.")


def test_a_mark_of_the_order_of_bytes_in_front_changes_nothing(told):
    text = json.dumps(one_pair())

    assert told(b"\xef\xbb\xbf" + text.encode()) == told(text.encode()) == told(text.encode("utf-16"))


def test_names_in_a_sentence_stay_on_its_line_and_short(told):
    answer = told(json.dumps(one_pair(rules={"visit": {"volunteer": "yes"}, "a\nb" * 200: {"dbs": "high"}})).encode())

    assert "\n" not in answer
    assert len(answer) < 300


def test_a_file_too_large_is_told_before_it_is_read_in(told, monkeypatch):
    content = json.dumps(one_pair()).encode()
    monkeypatch.setattr(fields, "MOST_VALUES", 20)
    assert "is too large" in told(content)
    monkeypatch.undo()
    monkeypatch.setattr(fields, "MOST_BYTES", 100)
    assert "is too large" in told(content)
    monkeypatch.undo()
    monkeypatch.setattr(files, "MOST_PEOPLE", 1)
    two = one_pair(volunteers=[VOLUNTEER, {**VOLUNTEER, "id": "v2"}])
    assert told(json.dumps(two).encode()).startswith("volunteers: up to 1")
    monkeypatch.undo()
    monkeypatch.setattr(files, "MOST_PAIRS", 3)
    two["asks"] = [ASK, {**ASK, "id": "a2", "priority": 2}]
    assert told(json.dumps(two).encode()).startswith("asks: up to 3 pairs")


def test_a_folder_or_an_endless_file_is_no_round(tmp_path, monkeypatch):
    monkeypatch.setattr(fields, "MOST_BYTES", 1000)
    for path, words in ((tmp_path, "cannot be read"), ("/dev/zero", "is too large")):
        with pytest.raises(CommandError, match=words):
            call_command("matching_round", "--solve", str(path))
