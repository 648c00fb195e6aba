"""What is denied is left out, and what only sounds denied stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.denials import what_is_wanted


@pytest.mark.parametrize(
    ("text", "denied", "wanted"),
    [
        ("Not a club, just one person to talk to", "club", "one person"),
        ("I don't want a cleaner, I want a gardener", "cleaner", "gardener"),
        ("she doesnt need a nurse she needs a lift", "nurse", "lift"),
        ("it isn't the cooking, it's the eating", "cooking", "eating"),
        ("mum's not ill, she is bored", "ill", "bored"),
        ("a trip out rather than a sitter", "sitter", "trip"),
        ("nothing religious, a warm room", "religious", "warm room"),
        ("talk to other widows, not a counsellor", "counsellor", "widows"),
    ],
)
def test_what_is_denied_is_left_out(text, denied, wanted):
    left = what_is_wanted(text)
    assert denied in text
    assert denied not in left
    assert wanted in left


@pytest.mark.parametrize(
    "text",
    [
        "not eating, lost two stone",
        "I don't want to go on",
        "she doesn't need much, a chat",
        "he is not safe on the stairs",
        "not a soul has been",
        "it's not right, they promised a ramp",
        "not a nurse in sight",
        "I don't want him to fall",
        "",
    ],
)
def test_what_only_sounds_denied_stays(text):
    assert what_is_wanted(text) == text


@given(st.text(max_size=300))
def test_something_is_always_left_of_a_text(text):
    left = what_is_wanted(text)
    assert left == text or len(left.split()) >= 2
