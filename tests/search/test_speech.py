"""Local speech and shorthand that marks tell, written as others would write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.needs_model import spelled_out
from search.speech import plain_speech, written_forms


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("t'roof o' th'owd 'ouse", "the roof of the owd house"),
        ("down t' shop wi' 'er", "down the shop with her"),
        ("lookin’ after 'im", "looking after him"),
        ("can 'e fettle 'is gate", "can he fettle his gate"),
        ("group w/ exercise, w/c user, d/c Friday", "group with exercise, wheelchair user, discharge from hospital Friday"),
        ("the 'old' hall isn't far, it's Jean's", "the 'old' hall isn't far, it's Jean's"),
        ("and/or", "and/or"),
    ],
)
def test_marks_tell_what_is_meant(typed, meant):
    assert plain_speech(typed) == meant


def test_words_without_a_mark_are_written_out_for_the_model_alone():
    assert plain_speech("nowt for owd folk") == "nowt for owd folk"
    assert spelled_out("nowt for owd folk") == ["nothing", "for", "old", "folk"]


def test_every_form_stands_once_and_means_something():
    marked, bare = written_forms(marked=True), written_forms(marked=False)
    assert not marked.keys() & bare.keys()
    assert all(form == form.lower() and meant.strip() and meant != form for form, meant in {**marked, **bare}.items())


@given(st.text(max_size=200))
def test_any_text_is_written_out(text):
    assert isinstance(plain_speech(text), str)
    assert all(spelled_out(text))
