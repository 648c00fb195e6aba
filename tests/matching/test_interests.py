"""One vocabulary of interests, whoever writes them and however."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.interests import LETTERS, MOST, normalise, vocabulary
from tests import factories


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Footie", ["football"]),
        ("knitting & crochet", ["crochet", "knitting"]),
        ("Knitting and crochet", ["crochet", "knitting"]),
        ("Arts & Crafts", ["crafts"]),
        ("country and western", ["country music"]),
        ("I like walking, the garden; and a bit of Chess.", ["chess", "gardening", "walking"]),
        ("Brass Bands\nBooks", ["brass bands", "reading"]),
        ("watching football, playing dominoes", ["dominoes", "football"]),
        ("likes birds", ["birds"]),
        ("pigeons", ["pigeons"]),
        ("Pigeons and Bees", ["bees", "pigeons"]),
        (["Cricket", "poems"], ["cricket", "poetry"]),
        ("", []),
        (" , ;&", []),
    ],
)
def test_what_people_write_becomes_the_words_of_the_vocabulary(written, words):
    assert normalise(written) == words


def test_every_word_of_the_vocabulary_stays_what_it_is():
    assert all(normalise(word) == [word] for word in vocabulary())


@given(st.text(max_size=200))
def test_words_that_are_normalised_stay_what_they_are_and_are_short_and_few(text):
    words = normalise(text)
    assert normalise(words) == words
    assert len(words) <= MOST
    assert all(0 < len(word) <= LETTERS for word in words)


@pytest.mark.django_db
def test_people_and_volunteers_are_stored_in_the_same_words():
    person = factories.person(facts={"interests": ["Footie", "a bit of sewing"]})
    volunteer = factories.volunteer(interests=["Soccer & stitching"])
    assert person.facts["interests"] == ["football", "sewing"]
    assert volunteer.interests == ["football", "stitching"]
