"""Finding by words and needs, and the words of the listings themselves."""

from datetime import date

import pytest

from search import tokens
from search.engines.base import FEW
from search.lexicon import repair
from search.query import NeedGuess, Query
from search.scoring import TEXT
from tests.finding import document, query
from tests.search.engine_contract.answers import MARK, ids, texts


def test_all_words_over_all_fields_go_first(engine):
    engine.rebuild(
        [document("cafe", "Memory cafe", text="for people with dementia"), *(document(f"d{n}", "Dementia") for n in range(9))],
        bookmark=MARK,
    )
    assert "cafe" in ids(engine, query("dementia cafe"))
    points = texts(engine, query("dementia cafe"))
    assert max(points, key=lambda service: points[service]) == "cafe"


def test_the_words_of_a_service_are_those_of_all_its_documents(engine):
    engine.rebuild([document("a", "Lunch", text="marsden"), document("a", "Lunch", number=1, text="golcar")], bookmark=MARK)
    assert ids(engine, query("marsden golcar")) == ["a"]


def test_half_of_the_words_are_enough_only_where_few_have_all(engine):
    some = [document(f"all{n}", "Garden tools") for n in range(FEW)]
    engine.rebuild([*some, document("half", "Garden")], bookmark=MARK)
    assert "half" not in ids(engine, query("garden tools"))
    engine.delete(["all0"])
    assert "half" in ids(engine, query("garden tools"))
    assert ids(engine, query("garden tools sheds pots bulbs")) == []


def test_a_name_weighs_more_than_the_text_and_a_rare_word_more_than_a_common_one(engine):
    engine.rebuild(
        [document("name", "Knitting"), document("text", text="knitting"), *(document(f"x{n}", "Common") for n in range(4))], bookmark=MARK
    )
    text = texts(engine, query("knitting"))
    assert 0 < text["text"] < text["name"] == TEXT
    either = texts(engine, query("knitting common"))
    assert either["name"] > either["x0"]


def test_a_need_is_met_whatever_the_words(engine):
    engine.rebuild([document("a", "Colander Girls", needs=("cooking",)), document("b")], bookmark=MARK)
    assert ids(engine, query("hot dinner", needs=(NeedGuess("cooking", 0.9),))) == ["a"]


def test_other_scripts_are_found(engine):
    engine.rebuild([document("a", "اردو گروپ"), document("b", "Группа")], bookmark=MARK)
    assert ids(engine, query("اردو")) == ["a"]
    assert ids(engine, query("группа")) == ["b"]
    assert engine.lexicon().holds(tokens.tokens("اردو группа")) == set(tokens.tokens("اردو группа"))


@pytest.mark.parametrize("typed", ['"', "a OR b", "name:x", "NEAR(a b)", "a*", "{x} : y", "-a +b ^c", "0x41", "'; DROP TABLE docs; --"])
def test_the_engines_own_syntax_is_only_words(engine, typed):
    engine.rebuild([document("a", "Plain")], bookmark=MARK)
    asked = query(typed)
    assert ids(engine, asked) == ([] if asked.asks else ["a"])
    assert engine.suggest(typed) == []
    assert ids(engine, Query()) == ["a"]


def test_visible_only_on_its_days(engine):
    engine.rebuild([document("a", visible_from=date(2026, 5, 1), visible_to=date(2026, 5, 3))], bookmark=MARK)
    days = {day: ids(engine, Query(on=date(2026, 5, day))) for day in (1, 2, 3, 4)}
    assert days == {1: ["a"], 2: ["a"], 3: ["a"], 4: []}
    assert ids(engine, Query(on=date(2026, 4, 30))) == []


def test_a_slip_is_repaired_by_the_words_that_are_written(engine):
    engine.rebuild([document("a", "Befriending"), document("b", "Befriending", text="telephone")], bookmark=MARK)
    lexicon = engine.lexicon()
    assert repair("befreinding", lexicon) == "befriending"
    assert dict(lexicon.near("befriendng")) == {"befriending": 2}
    assert repair("befriending", lexicon) is None
    assert lexicon.written_as(["befriend", "piano"]) == {"befriend": "befriending"}
    engine.delete(["a"])
    assert dict(lexicon.near("befriending")) == {"befriending": 1}
    engine.delete(["b"])
    assert (lexicon.near("befriending"), lexicon.written_as(["befriend"])) == ([], {})
