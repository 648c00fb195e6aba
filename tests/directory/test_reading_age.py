"""The hint about a text: counted as its source counts, never for a few words, and never more than a hint."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.reading_age import reading_age, reading_hint

EASY = "We meet on Tuesdays in the hall. You get a hot meal and a cup of tea. Come along and sit with us."
HARD = (
    "Attendance is conditional upon a comprehensive preliminary assessment undertaken by appropriately qualified professionals, "
    "following which individuals experiencing significant social isolation may subsequently be offered supplementary opportunities."
)


def test_the_formula_counts_letters_words_and_sentences() -> None:
    # 20 words of 5 letters in 2 sentences: 4.71 x 5 + 0.5 x 10 - 21.43 = 7.12, so the eighth year of school, at 12.
    assert reading_age(" ".join(["apple"] * 10) + ". " + " ".join(["apple"] * 10) + ".") == 12


def test_easy_words_bring_no_hint() -> None:
    assert reading_age(EASY) is not None
    assert reading_hint(EASY) == ""


def test_a_long_sentence_is_told() -> None:
    assert "could it be two?" in reading_hint(HARD)


def test_long_words_are_named_each_once() -> None:
    said = reading_hint("Supplementary accommodation. " * 6)
    assert said.count("“accommodation”") == 1
    assert "“Supplementary”" in said


@pytest.mark.parametrize("text", ["", "Lunch.", "01484 223197", "https://example.org/a/very/long/address Ring us."])
def test_too_few_words_say_nothing(text: str) -> None:
    assert reading_age(text) is None
    assert reading_hint(text) == ""


def test_addresses_and_figures_make_no_text_harder() -> None:
    assert reading_age(f"{EASY} https://www.example.org/lunch-club-in-the-village office@example.org 01484 223197") == reading_age(EASY)


@pytest.mark.parametrize(
    "scribble", ["a" * 300_000, "a@" * 150_000, "!" * 300_000 + "a", "https://" * 40_000], ids=["letters", "mail", "marks", "web"]
)
def test_a_long_text_without_a_blank_is_read_in_one_go(scribble: str) -> None:
    """Begun at every letter, each of these would keep a web server busy for a quarter of an hour."""
    assert reading_hint(scribble) == ""


def test_a_new_line_ends_a_sentence() -> None:
    lines = "a hot meal with us\na lift home in the bus\na chat and a song"
    assert reading_age(lines) == reading_age(lines.replace("\n", ". ") + ".")


@given(st.text(max_size=400))
def test_any_text_has_an_age_people_have_or_none(text: str) -> None:
    age = reading_age(text)
    assert age is None or 5 <= age <= 22
    assert bool(reading_hint(text)) == (age is not None and age > 11)


@given(st.lists(st.sampled_from(["tea", "lunch", "friends", "accommodation"]), min_size=10, max_size=40))
def test_one_sentence_is_never_easier_than_the_same_words_in_two(words: list[str]) -> None:
    half = len(words) // 2
    one, two = " ".join(words) + ".", " ".join(words[:half]) + ". " + " ".join(words[half:]) + "."
    assert (reading_age(one) or 0) >= (reading_age(two) or 0)
