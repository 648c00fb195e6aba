"""The keyed index: one spelling for what people write in many ways, and nothing to read in the token."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.personal.lookup import TOKEN_LENGTH, date_token, email_token, name_tokens, name_words, phone_token, postcode_token


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Mrs Zoë O'Neill-Smith", ["zoe", "oneill", "smith"]),
        ("  JOSÉ   garcía ", ["jose", "garcia"]),
        ("Smith, Ann", ["smith", "ann"]),
        ("D’Arcy", ["darcy"]),
        ("Łukasz Jørgensen", ["lukasz", "jorgensen"]),
        ("Ann Ann", ["ann"]),
        ("Dr", ["dr"]),
        ("Strauß", ["strauss"]),
        ("ਗੁਰਪ੍ਰੀਤ ਕੌਰ", ["ਗੁਰਪਰੀਤ", "ਕੌਰ"]),
        ("مُحَمَّد", ["محمد"]),
        ("", []),
        (" - ", []),
    ],
)
def test_names_are_compared_by_their_words(name, words):
    assert name_words(name) == words
    assert len(name_tokens(name)) == len(words)


def test_the_same_name_gives_the_same_tokens_and_another_does_not():
    assert name_tokens("Ann O'Neill-Smith") == name_tokens("ANN  oneill smith")
    assert set(name_tokens("Smith")) < set(name_tokens("Ann O'Neill-Smith"))
    assert name_tokens("Smith") != name_tokens("Smithe")


@given(st.text(max_size=40))
def test_any_text_can_be_a_name_in_any_case_of_its_ascii_letters(name):
    assert name_tokens(name) == name_tokens(" ".join(name_words(name)))
    for token in name_tokens(name):
        assert re.fullmatch(r"v1:[A-Za-z0-9_-]{43}", token)
        assert len(token) <= TOKEN_LENGTH


@pytest.mark.parametrize("phone", ["01484 222 333", "(01484) 222333", "+44 1484 222333", "0044 1484 222333", "01484-222-333 ext. 4"])
def test_a_telephone_number_is_the_same_however_it_is_written(phone):
    assert phone_token(phone) == phone_token("01484222333")
    assert phone_token(phone) is not None


@pytest.mark.parametrize("phone", ["", "none", "12", "0" * 40, "ring the bell"])
def test_what_is_no_telephone_number_has_no_token(phone):
    assert phone_token(phone) is None


def test_other_countries_and_other_numbers_differ():
    assert phone_token("+353 1 222 3333") not in (None, phone_token("01222 3333"))
    assert phone_token("01484 222334") != phone_token("01484 222333")


def test_addresses_postcodes_and_days():
    assert email_token(" Dot@Example.org ") == email_token("dot@example.org")
    assert email_token("dot at example") is None
    assert postcode_token("hd7 5aa") == postcode_token("HD75AA")
    assert postcode_token("HD7") is None
    assert date_token(date(1941, 5, 6)) != date_token(date(1941, 6, 5))


def test_each_kind_of_value_has_its_own_space():
    assert len({name_tokens("hd75aa")[0], postcode_token("HD7 5AA"), date_token(date(1941, 5, 6)), name_tokens("19410506")[0]}) == 4


def test_another_key_gives_other_tokens(settings):
    before = [name_tokens("Smith"), phone_token("01484 222333"), email_token("a@b.org"), postcode_token("HD7 5AA")]
    settings.LOOKUP_KEY = "another key " * 4
    after = [name_tokens("Smith"), phone_token("01484 222333"), email_token("a@b.org"), postcode_token("HD7 5AA")]
    assert all(old != new for old, new in zip(before, after, strict=True))
