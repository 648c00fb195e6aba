import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query import BadQuery, Query
from search.understand import understand
from search.vocabulary import NeedWords, compile_vocabulary
from tests.finding import HD7, HD7_5AA, MARSDEN, MARSH, SLAITHWAITE, knowledge

WORDS = knowledge()


def read(text: str, **fields) -> Query:
    return understand(Query(q=text, **fields), WORDS)


def top(text: str) -> str:
    return read(text).needs[0].slug


def test_lonely_in_slawit_is_friendships_near_slaithwaite():
    found = read("lonely in Slawit")
    assert found.needs[0].slug == "friendships"
    assert found.place == SLAITHWAITE
    assert found.typed == ("lonely",)


def test_shopping_near_a_postcode():
    found = read("shopping near hd7 5aa")
    assert [guess.slug for guess in found.needs] == ["shopping"]
    assert found.place == HD7_5AA


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a lift to the doctors from Marsden please", MARSDEN),
        ("MARSDEN gardening", MARSDEN),
        ("gardening hd7", HD7),
        ("walks round Marsh", MARSH),
        ("gardening near me", None),
        ("gardening", None),
    ],
)
def test_the_place_stands_anywhere_in_the_sentence(text, place):
    assert read(text).place == place


def test_a_name_that_is_an_everyday_word_needs_a_sign_that_it_is_a_place():
    words = knowledge()
    words.vocabulary.word_needs.setdefault("marsh", words.vocabulary.word_needs["shop"])
    try:
        assert understand(Query(q="marsh"), words).place is None
        assert understand(Query(q="lunch in marsh"), words).place == MARSH
        assert understand(Query(q="lunch Marsh"), words).place == MARSH
    finally:
        del words.vocabulary.word_needs["marsh"]


def test_a_place_given_by_itself_goes_before_one_in_the_sentence():
    found = read("gardening in Slawit", place_text="Marsden")
    assert found.place == MARSDEN
    assert "slawit" in found.words


def test_numbers_go_before_the_name_of_the_place():
    found = read("gardening", place_text="Marsden", lat=53.7, lon=-1.8)
    assert found.place.name == "Marsden"
    assert (found.place.kind, found.place.lat) == ("point", 53.7)


def test_a_place_that_nobody_knows_is_said_plainly():
    with pytest.raises(BadQuery) as caught:
        read("gardening", place_text="Atlantis")
    assert "Atlantis" in caught.value.errors["place"][0]


def test_misspelt_words_are_repaired_and_shown():
    found = read("Befreinding in Slaithwate")
    assert found.corrected == "befriending in slaithwaite"
    assert found.needs[0].slug == "friendships"
    assert found.place == SLAITHWAITE
    assert read("befriending").corrected == ""


def test_a_word_of_the_index_is_never_repaired():
    index = knowledge({"shope": 1})
    assert understand(Query(q="shoping"), index).corrected == ""


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("mum can't manage the shopping any more, Marsden", "shopping"),
        ("since my wife died", "bereavement-support"),
        ("who can cut the grass", "garden-maintenance"),
        ("continence pads", "continence-support"),
        ("digital inclusion", "using-it"),
        ("carer needs a break", "sitting-service"),
    ],
)
def test_everyday_and_professional_words_lead_to_their_need(text, slug):
    assert top(text) == slug


def test_words_that_say_nothing_are_not_given_a_need():
    assert read("xylophone quux").needs == ()
    assert read("").needs == ()


@given(st.text(max_size=200))
def test_any_text_is_understood_within_bounds(text):
    found = read(text)
    assert all(0.3 <= guess.confidence <= 1 for guess in found.needs)
    assert len(found.words) == len(found.typed)
    assert len(found.needs) <= 4


def test_a_phrase_of_two_needs_is_surer_of_neither():
    alone = compile_vocabulary([NeedWords("a", "Alpha", ("lunch club",)), NeedWords("b", "Beta")])
    shared = compile_vocabulary([NeedWords("a", "Alpha", ("lunch club",)), NeedWords("b", "Beta", ("lunch clubs",))])
    stems = ["lunch", "club"]
    assert shared.read(stems).confidence["a"] < alone.read(stems).confidence["a"]
    assert shared.read(stems).confidence["a"] == shared.read(stems).confidence["b"]


def test_the_longest_phrase_counts_most():
    vocabulary = compile_vocabulary([NeedWords("a", "Alpha", ("garden",)), NeedWords("b", "Beta", ("garden party",))])
    alone, within = vocabulary.read(["garden"]).confidence, vocabulary.read(["garden", "parti"]).confidence
    assert within["b"] > within["a"] > 0
    assert within["a"] < alone["a"]
