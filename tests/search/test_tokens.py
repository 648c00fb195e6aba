from hypothesis import given
from hypothesis import strategies as st

from search.tokens import STOP_WORDS, fold, split, stem, tokens


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


def test_stems_of_numbers_stay():
    assert stem("1940s") == "1940s"
