"""How often everyday sentences lead to their need: the golden set, which no training sees, and the development set beside the project."""

import json
from math import sqrt

import pytest

from search.needs_model import shipped
from search.needs_training import Figures, Phrase, answers, digest, figures, golden, phrases
from search.query import Query
from search.understand import understand
from tests.finding import SHARED, knowledge
from tests.search.test_understand import NOW

# The bar for sentences never seen, less twice its standard error on so many.
BAR = {"first": 0.80, "three": 0.92, "any": 0.95}


def as_site(asked: list[Phrase]) -> Figures:
    """The figures of the whole understanding: repaired spelling, the model, and the words that ship for each need."""
    words = knowledge()
    read = [understand(Query(q=phrase.text), words, now=NOW) for phrase in asked]
    return figures([[guess.slug for guess in (*query.needs, *query.faint)] for query in read], asked)


def development_set() -> list[Phrase]:
    lines = (SHARED / "data" / "plain_words_queries.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    return [Phrase(row["q"], tuple(name.lower().replace("&", "and").replace(" ", "-") for name in row["needs"])) for row in rows]


@pytest.mark.parametrize(("asked", "least"), [(golden, 300), (development_set, 60)])
def test_sentences_never_seen_lead_to_their_need(asked, least):
    asked = asked()
    found = as_site(asked)
    print(found)  # noqa: T201
    assert len(asked) >= least
    for name, bar in BAR.items():
        assert getattr(found, name) >= bar - 2 * sqrt(bar * (1 - bar) / len(asked)), name


def test_the_model_was_trained_on_the_phrases_that_ship_and_on_nothing_else():
    assert shipped().trained_on == digest(phrases())
    seen = {phrase.text.casefold() for phrase in phrases()}
    assert not [phrase.text for phrase in golden() if phrase.text.casefold() in seen]
    dev = {phrase.text.casefold() for phrase in development_set()}
    assert not [phrase.text for phrase in golden() if phrase.text.casefold() in dev]


def test_every_need_has_phrases_and_golden_queries_enough():
    given, asked = phrases(), golden()
    assert {phrase.needs[0] for phrase in given} == {phrase.needs[0] for phrase in asked} == set(shipped().needs)
    for slug in shipped().needs:
        assert sum(phrase.needs[0] == slug for phrase in given) >= 120, slug
        assert sum(phrase.needs[0] == slug for phrase in asked) >= 12, slug


def test_a_model_reads_shares_that_are_one_together():
    read = shipped().read("mum cannot get to the shops any more")
    assert sum(read.values()) == pytest.approx(1, abs=1e-5)
    assert shipped().read("") == {}
    assert answers(shipped(), [Phrase("", ("shopping",))]) == [[]]


def test_figures_count_what_they_say():
    asked = [Phrase("a", ("x", "y")), Phrase("b", ("z",))]
    assert figures([["y", "x"], ["q", "r", "s", "z"]], asked) == Figures(0.0, 0.5, 0.5, 2)
