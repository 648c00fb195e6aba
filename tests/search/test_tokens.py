import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.tokens import STOP_WORDS, Speller, fold, split, stem, tokens


def test_documents_and_queries_meet_in_their_tokens():
    assert tokens("Befriending for lonely people") == tokens("a befriender? no: BEFRIENDING, for people lonely")[1:2] + tokens(
        "lonely people"
    )
    assert tokens("Men’s Shed") == tokens("mens shed")
    assert tokens("Café") == tokens("cafe")


def test_the_fluff_of_a_question_is_left_out():
    assert tokens("Where can I find someone to help me with the shopping, please?") == ["shop"]


def test_other_scripts_stay_words():
    assert tokens("اردو بولنے والے") != []
    assert tokens("👵🏽 \x00 ---") == []


@given(st.text(max_size=200))
def test_tokens_are_clean_and_stable(text):
    for token in tokens(text):
        assert token
        assert len(token) <= 40
        assert split(token) != []
    assert tokens(text) == tokens(fold(text))


def test_stop_words_are_folded():
    assert all(fold(word) == word for word in STOP_WORDS)


KNOWN = {"befriending": 5, "friends": 9, "shopping": 20, "slaithwaite": 3, "lonely": 7, "match": 2, "hoist": 1}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("befreinding", "befriending"),
        ("shoping", "shopping"),
        ("shoppping", "shopping"),
        ("slathwaite", "slaithwaite"),
        ("lonley", "lonely"),
        ("freinds", "friends"),
        ("shopping", None),
        ("march", None),
        ("foist", None),
        ("cat", None),
        ("zzzzzzzz", None),
    ],
)
def test_one_slip_is_repaired_and_no_guess_is_made(typed, meant):
    assert Speller(KNOWN).repair(typed) == meant


@given(st.sampled_from([word for word in KNOWN if len(word) >= 7]), st.data())
def test_any_letter_left_out_of_a_long_word_is_repaired(word, data):
    at = data.draw(st.integers(1, len(word) - 1))
    assert Speller(KNOWN).repair(word[:at] + word[at + 1 :]) == word


@given(st.text(string.ascii_lowercase, min_size=1, max_size=15))
def test_a_repair_is_always_a_known_word(word):
    assert Speller(KNOWN).repair(word) in {None, *KNOWN}


def test_stems_of_numbers_stay():
    assert stem("1940s") == "1940s"
