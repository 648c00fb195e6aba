"""What browsers send is read by one rule: keys, and numbers as people tell them."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404

from directory.states import WrongState
from matching.views.typed import NumberField, chosen_key, key_in, key_or_404, words_of_error


@pytest.mark.parametrize("told", ["V-12", "v12", " v - 12 ", "12", "V 012"])
def test_a_number_is_read_as_people_tell_it(told):
    assert NumberField("V", "Number").clean(told) == 12


@pytest.mark.parametrize("told", ["", "R-12", "V", "V-12a", "12 13", "1234567890", "²", "١٢", "-"])
def test_anything_else_is_no_number_and_says_how_to_write_one(told):
    with pytest.raises(ValidationError) as caught:
        NumberField("V", "Number").clean(told)
    assert bool(told) == ("such as V-12" in str(caught.value))


def test_a_key_is_a_key_and_anything_else_is_told_as_the_page_needs_it():
    key = uuid4()
    assert key_in(str(key)) == key_or_404(str(key)) == chosen_key(str(key)) == key
    assert key_in("x") is None
    with pytest.raises(Http404):
        key_or_404("")
    with pytest.raises(ValidationError):
        chosen_key("x")


def test_every_error_is_words_in_one_line():
    assert words_of_error(ValidationError(["One.", "Two."])) == "One. Two."
    assert words_of_error(WrongState("It is closed.")) == "It is closed."
