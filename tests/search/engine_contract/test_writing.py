"""Writing: documents and bookmark together, all or nothing, and searches that go on meanwhile."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from search.engines.base import START, Bookmark
from search.engines.document import Document
from search.query import Query
from tests.finding import document, query
from tests.search.engine_contract.answers import MARK, answer, ids


def test_an_index_that_nobody_built_is_empty_and_takes_documents(engine):
    assert (ids(engine, Query()), engine.bookmark()) == ([], START)
    assert engine.index([document("a")], bookmark=MARK)
    assert (ids(engine, Query()), engine.bookmark()) == (["a"], MARK)


def test_indexing_replaces_all_documents_of_a_service(engine):
    engine.rebuild([document("a", "Old name"), document("a", "Old name", number=1), document("b")], bookmark=MARK)
    engine.index([document("a", "New name")])
    assert ids(engine, query("old")) == []
    assert [documents[0].name for documents in answer(engine, query("new")).values()] == ["New name"]
    assert engine.lexicon().holds(["old", "new"]) == {"new"}


def test_what_is_gone_is_gone_from_every_answer(engine):
    engine.rebuild([document("a", "Knitting", at=(53.6, -1.9), needs=("shopping",)), document("b")], bookmark=MARK)
    engine.delete(["a", "never-there"])
    assert ids(engine, Query()) == ["b"]
    assert engine.suggest("kni") == []
    assert engine.clusters(None, 10, Query()).points == ()
    assert engine.search(Query()).facets["need"] == {}
    assert engine.lexicon().holds(["knit"]) == set()


def test_documents_and_bookmark_move_together(engine):
    engine.rebuild([document("a")], bookmark=MARK)
    assert not engine.index([document("b")], bookmark=Bookmark(9, "x"), after=6)
    assert (ids(engine, Query()), engine.bookmark()) == (["a"], MARK)
    assert engine.index([document("b")], gone=["a"], bookmark=Bookmark(9, "x"), after=7)
    assert (ids(engine, Query()), engine.bookmark()) == (["b"], Bookmark(9, "x"))


def test_a_failing_batch_leaves_nothing_behind(engine):
    engine.rebuild([document("a")], bookmark=MARK)
    with pytest.raises(AttributeError):
        engine.index([document("b"), "not a document"], bookmark=Bookmark(9, "x"))
    assert (ids(engine, Query()), engine.bookmark()) == (["a"], MARK)


def test_a_failing_rebuild_leaves_the_old_index(engine):
    engine.rebuild([document("a")], bookmark=MARK)

    def broken() -> Iterator[Document]:
        yield document("b")
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        engine.rebuild(broken(), bookmark=Bookmark(9, "x"))
    assert (ids(engine, Query()), engine.bookmark()) == (["a"], MARK)


def test_searches_go_on_in_the_old_index_while_a_new_one_is_written(engine):
    engine.rebuild([document("old")], bookmark=MARK)
    seen = []

    def documents() -> Iterator[Document]:
        seen.append(ids(engine, Query()))
        yield document("new")
        seen.append(ids(engine, Query()))

    engine.rebuild(documents(), bookmark=Bookmark(9, "x"))
    assert seen == [["old"], ["old"]]
    assert (ids(engine, Query()), engine.bookmark()) == (["new"], Bookmark(9, "x"))


def test_progress_ends_with_the_number_of_documents(engine):
    told: list[int] = []
    engine.rebuild((document(str(number)) for number in range(3)), bookmark=MARK, progress=told.append)
    assert told[-1] == 3


def test_the_state_changes_with_documents_and_not_with_the_bookmark_alone(engine):
    engine.rebuild([document("a")], bookmark=MARK)
    before = engine.state()
    engine.move_bookmark(Bookmark(8, "y"))
    assert (engine.state(), engine.bookmark()) == (before, Bookmark(8, "y"))
    engine.index([document("b")])
    assert engine.state() != before


def test_a_document_comes_back_as_it_went_in(engine):
    whole = document(
        "a",
        "Name",
        at=(53.6, -1.9),
        url="/services/a/",
        organisation="Org",
        summary="Sum — mary",
        ours=True,
        needs=("shopping",),
        kind="group",
        modes=("home",),
        free=True,
        languages=("urdu",),
        who=("carer",),
        who_for="Carers",
        days=("MO", "SU"),
        hours=((1, 2, True), (5, 9, False)),
        hours_to=20,
        locality="marsden",
        min_age=0.0,
        max_age=12.5,
        spaces=False,
        paused=True,
        visible_from=date(2026, 1, 1),
        visible_to=date(2026, 12, 31),
        checked_on=date(2026, 2, 3),
        areas=("*",),
        area_names=("Everywhere",),
        circles=((53.0, -1.0, 2.0), (54.0, -1.5, 0.5)),
        access=("step_free:no",),
    )
    engine.index([whole])
    assert answer(engine, Query()) == {"a": (replace(whole, name_tokens=(), text_tokens=(), hours=()),)}


def test_hours_that_end_are_told_by_the_index(engine):
    engine.rebuild(
        [document("soon", hours_to=100), document("late", hours_to=200), document("unknown"), document("paused", hours_to=99)],
        bookmark=MARK,
    )
    assert engine.ending_before(100) == ["paused"]
    assert engine.ending_before(101) == ["paused", "soon"]
    engine.index([document("paused", hours_to=300)])
    assert engine.ending_before(201) == ["soon", "late"]
