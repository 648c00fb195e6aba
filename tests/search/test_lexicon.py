"""The words of an index: the same answers from the file as from memory, and repairs of one slip."""

import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search import tokens
from search.engines.embedded import EmbeddedEngine
from search.lexicon import WordList, one_slip, repair
from tests.finding import document

some = st.sampled_from
words = some(["lunch", "lunches", "bunch", "garden", "gardens", "gardening", "walk", "walks", "tea", "befriending", "اردو", "b12"])
texts = st.lists(words, max_size=4).map(" ".join)


@pytest.fixture
def engine(tmp_path):
    made = EmbeddedEngine(tmp_path / "index")
    yield made
    made.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(some("abcd"), texts, max_size=4),
    st.lists(st.tuples(some("abcd"), st.none() | texts), max_size=5),
    words | st.text("garden", min_size=5, max_size=8),
)
def test_after_any_edits_the_file_knows_the_words_that_are_written(engine, begin, edits, asked):
    engine.rebuild(document(service, text or "x") for service, text in begin.items())
    written = dict(begin)
    for service, text in edits:
        if text is None:
            engine.delete([service])
            written.pop(service, None)
        else:
            engine.index([document(service, text or "x")])
            written[service] = text
    counts: dict[str, int] = {}
    for text in written.values():
        for word in set(tokens.split(text or "x")):
            counts[word] = counts.get(word, 0) + 1
    there, known = engine.lexicon(), WordList(counts)
    assert there.near(asked) == known.near(asked)
    assert repair(asked, there) == repair(asked, known)
    stems = [tokens.stem(word) for word in (*counts, "piano")]
    assert there.holds(stems) == known.holds(stems)
    assert there.written_as(stems) == known.written_as(stems)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("shoping", "shopping"),
        ("shoppping", "shopping"),
        ("shopipng", "shopping"),
        ("shapping", "shopping"),
        ("hopping", None),
        ("shopping", None),
        ("shap", None),
        ("walkz", None),
        ("12345", None),
    ],
)
def test_one_slip_is_repaired(typed, meant):
    assert repair(typed, WordList({"shopping": 3, "walks": 2, "shop": 1})) == meant


def test_the_word_most_used_is_meant_wherever_it_is_known_from():
    assert repair("wallking", WordList({"walking": 2}), [("balking", 9)]) == "walking"
    assert repair("talkinng", WordList({"talking": 1}), [("talking", 1), ("stalking", 5)]) == "talking"
    assert repair("walkingg", WordList({}), [("walkings", 2), ("walking", 3)]) == "walking"
    assert repair("walking", WordList({}), [("walking", 1)]) is None


KNOWN = {"befriending": 5, "friends": 9, "shopping": 20, "slaithwaite": 3, "lonely": 7, "match": 2, "hoist": 1}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("befreinding", "befriending"),
        ("slathwaite", "slaithwaite"),
        ("lonley", "lonely"),
        ("freinds", "friends"),
        ("march", None),
        ("foist", None),
        ("zzzzzzzz", None),
    ],
)
def test_no_guess_is_made(typed, meant):
    assert repair(typed, WordList(KNOWN)) == meant


@given(st.sampled_from([word for word in KNOWN if len(word) >= 7]), st.data())
def test_any_letter_left_out_of_a_long_word_is_repaired(word, data):
    at = data.draw(st.integers(1, len(word) - 1))
    assert repair(word[:at] + word[at + 1 :], WordList(KNOWN)) == word


@given(st.text(string.ascii_lowercase, min_size=1, max_size=15))
def test_a_repair_is_always_a_known_word(word):
    assert repair(word, WordList(KNOWN)) in {None, *KNOWN}


@given(st.text("abcde", min_size=5, max_size=9), st.text("abcde", min_size=5, max_size=9))
def test_a_slip_is_one_change(one, other):
    if one_slip(one, other):
        assert abs(len(one) - len(other)) <= 1
        assert one != other
        assert one_slip(other, one)
