import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.geodata.spelling import fold, likely_meant, normalise_district, normalise_postcode, normalise_sector, shown_postcode

letters = st.sampled_from("ABCDEFGHJKLMNPQRSTUVWXYZ")
digits = st.sampled_from("0123456789")
districts = st.one_of(
    st.builds("{}{}".format, letters, digits),
    st.builds("{}{}{}".format, letters, digits, digits),
    st.builds("{}{}{}".format, letters, letters, digits),
    st.builds("{}{}{}{}".format, letters, letters, digits, digits),
    st.builds("{}{}{}".format, letters, digits, letters),
    st.builds("{}{}{}{}".format, letters, letters, digits, letters),
)
codes = st.builds("{}{}{}{}".format, districts, digits, letters, letters)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("HD7 5AA", "HD75AA"),
        ("  hd75aa.", "HD75AA"),
        ("hd7-5aa", "HD75AA"),
        ("HD7 OAA", "HD70AA"),
        ("HD7 lAA", "HD71AA"),
        ("0L3 5AA", "OL35AA"),
        ("EC1A 1BB", "EC1A1BB"),
        ("M1 1AE", "M11AE"),
        ("HD7", None),
        ("HD7 5AAA", None),
        ("HD7 5A", None),
        ("Marsden", None),
        ("", None),
        ("HD٧ 5AA", None),
    ],
)
def test_a_postcode_is_known_however_it_is_typed(typed, code):
    assert normalise_postcode(typed) == code


@given(codes)
def test_the_shown_form_and_the_compact_form_name_the_same_postcode(code):
    assert normalise_postcode(code) == code
    assert normalise_postcode(shown_postcode(code)) == code
    assert normalise_postcode(shown_postcode(code).lower()) == code


@given(st.text(max_size=30))
def test_any_text_is_answered_and_an_answer_stays_what_it_is(text):
    code = normalise_postcode(text)
    assert code is None or normalise_postcode(code) == code
    assert code is None or code in likely_meant(text)
    assert fold(fold(text)) == fold(text)


@given(codes, letters, st.integers(0, 7))
def test_a_letter_too_many_is_among_what_was_likely_meant(code, extra, at):
    assert code in likely_meant(code[:at] + extra + code[at:])


@pytest.mark.parametrize(
    ("typed", "district"), [("hd7", "HD7"), (" Hd10 ", "HD10"), ("EC1A", "EC1A"), ("HD", None), ("7", None), ("HD7 5A", None)]
)
def test_a_half_postcode_is_known(typed, district):
    assert normalise_district(typed) == district


@pytest.mark.parametrize(("typed", "sector"), [("hd7 5", "HD7 5"), ("HD10  1", "HD10 1"), ("HD75", None), ("HD7", None)])
def test_a_sector_needs_its_blank(typed, sector):
    assert normalise_sector(typed) == sector


@pytest.mark.parametrize(
    ("one", "other"),
    [("Slawit", "SLAWIT "), ("St. Mary's", "st mary\u2019s"), ("Upper-Mill", "upper mill"), ("Café", "cafe"), ("A & B", "a and b")],
)
def test_names_are_compared_without_case_accents_and_stops(one, other):
    assert fold(one) == fold(other)
