"""What is the embedded engine's own: its files, and its columns in memory."""

import sqlite3
import threading
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.engines import embedded, moments
from search.engines.base import START, Bookmark, Moved
from search.engines.columns import Columns, Lists
from search.engines.embedded import EmbeddedEngine
from search.query import BadQuery, Query
from tests.finding import document, query

MARK = Bookmark(1, "seal")


@pytest.fixture
def engine(tmp_path):
    made = EmbeddedEngine(tmp_path / "index")
    yield made
    made.close()


def test_a_rebuild_leaves_one_older_file_for_readers_that_were_about_to_open_it(engine):
    for number in range(4):
        engine.rebuild([document(str(number))], bookmark=MARK)
    names = sorted(path.name for path in engine.store.folder.glob("index-*.sqlite"))
    assert len(names) == 2
    assert engine.store.generation() == names[-1]


def test_a_failed_rebuild_leaves_no_file(engine):
    engine.rebuild([document("a")], bookmark=MARK)
    before = sorted(engine.store.folder.iterdir())
    with pytest.raises(AttributeError):
        engine.rebuild([object()], bookmark=MARK)
    assert sorted(engine.store.folder.iterdir()) == before


def test_another_process_sees_an_edit_and_a_swap(engine):
    other = EmbeddedEngine(engine.store.folder)
    engine.rebuild([document("a")], bookmark=MARK)
    assert other.search(Query()).total == 1
    engine.index([document("b")])
    assert other.search(Query()).total == 2
    engine.rebuild([document("c")], bookmark=MARK)
    assert [documents[0].service for documents in other.search(Query()).documents([0])] == ["c"]
    other.close()


def test_an_index_of_another_version_is_begun_anew(engine):
    engine.rebuild([document("a")], bookmark=MARK)
    engine.close()
    connection = sqlite3.connect(engine.store.folder / engine.store.generation())
    connection.execute("UPDATE meta SET value = -1 WHERE key = 'format'")
    connection.commit()
    connection.close()
    assert engine.bookmark() == START
    assert engine.search(Query()).total == 0


def test_an_index_whose_file_was_taken_away_is_begun_anew(engine):
    engine.rebuild([document("a")], bookmark=MARK)
    engine.close()
    (engine.store.folder / engine.store.generation()).unlink()
    assert (engine.bookmark(), engine.search(Query()).total) == (START, 0)


def test_readers_never_see_a_gap_while_the_index_is_swapped(engine):
    engine.rebuild([document("a")], bookmark=MARK)
    totals: set[int] = set()
    failed: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                totals.add(engine.search(Query()).total)
        except Exception as error:  # noqa: BLE001
            failed.append(error)
        finally:
            engine.close()

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for _ in range(10):
        engine.rebuild([document("a")], bookmark=MARK)
        engine.index([document("a")])
    done.set()
    for reader in readers:
        reader.join()
    assert failed == []
    assert totals == {1}


def test_a_reader_that_two_swaps_have_overtaken_does_not_begin_an_empty_index(engine, monkeypatch):
    engine.rebuild([document("a")], bookmark=MARK)
    files = engine.store
    gone = files.generation()
    engine.rebuild([document("a")], bookmark=MARK)
    engine.rebuild([document("a")], bookmark=MARK)
    newest, told = files.generation(), iter([gone])
    monkeypatch.setattr(files, "generation", lambda: next(told, newest))
    engine.close()
    assert engine.search(Query()).total == 1
    assert files.pointer.read_text().strip() == newest


# --- the columns in memory ---------------------------------------------------------------------------------------------

VALUES = ("shopping", "cooking", "friendships")
some = st.sampled_from
edits = st.lists(
    st.tuples(
        st.lists(
            st.builds(
                document,
                some(["a", "b", "c", "d", "e"]),
                some(["Alpha", "beta club", "Gamma"]),
                number=some([0, 1]),
                at=st.none() | some([(53.6, -1.9), (54.0, -2.0)]),
                text=some(["", "lunch", "garden lunch"]),
                needs=st.lists(some(VALUES), max_size=2, unique=True).map(tuple),
                languages=some([(), ("urdu",), ("polish", "urdu")]),
                who=some([(), ("carer",)]),
                kind=some(["", "group"]),
                areas=some([(), ("*",), ("district:HD7", "*")]),
                circles=some([(), ((53.6, -1.9, 2.0),)]),
                hours=some([(), ((1, 2, True), (3, 4, False))]),
                hours_to=some([None, 9]),
                locality=some(["", "marsden"]),
                access=some([(), ("parking:yes",)]),
            ),
            max_size=4,
        ),
        st.lists(some(["a", "b", "c", "d", "e"]), max_size=2),
        st.booleans(),
    ),
    max_size=6,
)


def named(moment: moments.Moment) -> dict[str, object]:
    """All that a moment holds, with names in place of numbers, which each process gives out as it meets them."""
    columns, labels = moment.columns, moment.labels
    keys = {number: key for key, number in labels._numbers.items()}

    def plain(name: str) -> object:
        values = getattr(columns, name)
        if isinstance(values, Lists):
            items = values.items.tolist()
            return values.lengths.tolist(), items if name in ("hours", "circles") else [keys[item] for item in items], values.owner.tolist()
        if isinstance(values, dict):
            coded = ("kind", "locality")
            return {field: [keys[each] for each in some.tolist()] if field in coded else str(some) for field, some in values.items()}
        return values.tolist()

    # What is worked out from the others, once it is asked for, is not compared.
    told = [field.name for field in fields(Columns) if field.compare]
    return {name: plain(name) for name in told} | {"order": moment.order.tolist(), "write": moment.write}


def at_present(engine: EmbeddedEngine) -> moments.Moment:
    with engine._moment() as (_, moment):
        return moment


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(begin=edits, made=edits)
def test_after_any_edits_the_columns_are_those_of_a_fresh_load(engine, begin, made):
    engine.rebuild([each for documents, _, _ in begin[:1] for each in {made.service: made for made in documents}.values()], bookmark=MARK)
    at_present(engine)
    for documents, gone, looked in made:
        engine.index(documents, gone=gone)
        if looked:
            at_present(engine)
    fresh = EmbeddedEngine(engine.store.folder)
    assert named(at_present(engine)) == named(at_present(fresh))
    for words in ("lunch", "garden", "beta", "club"):
        with engine._moment() as (connection, moment):
            held = moment.held(connection, (words,))
        with fresh._moment() as (connection, moment):
            assert np.array_equal(held.anywhere, moment.held(connection, (words,)).anywhere)
    fresh.close()


def test_a_process_that_did_not_look_for_long_reads_everything_again(engine, monkeypatch):
    monkeypatch.setattr(moments, "WRITES_KEPT", 3)
    monkeypatch.setattr(embedded, "WRITES_KEPT", 3)
    other = EmbeddedEngine(engine.store.folder)
    engine.rebuild([document("a"), document("b")], bookmark=MARK)
    assert other.search(Query()).total == 2
    for number in range(5):
        engine.index([document(f"n{number}")], gone=["a", "b"])
    assert other.search(Query()).total == 5
    assert named(at_present(other)) == named(at_present(EmbeddedEngine(engine.store.folder)))
    other.close()


def test_an_old_answer_is_read_no_more_once_its_services_changed(engine):
    engine.rebuild([document("a"), document("b")], bookmark=MARK)
    found = engine.search(Query())
    engine.index([document("a", "New")])
    with pytest.raises(Moved):
        found.documents([0, 1])
    found = engine.search(Query())
    engine.rebuild([document("a"), document("b")], bookmark=MARK)
    with pytest.raises(Moved):
        found.documents([0])


def test_readers_see_one_moment_while_edits_go_on(engine):
    """In every state of the index the services are two, and one of them holds the word."""
    engine.rebuild([document("a", "Lunch"), document("b", "Other")], bookmark=MARK)
    seen: set[tuple[int, int]] = set()
    failed: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                found = engine.search(query("lunch"))
                seen.add((found.total, engine.search(Query()).total))
        except Exception as error:  # noqa: BLE001
            failed.append(error)
        finally:
            engine.close()

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(40):
        engine.index([document("a", "Lunch" if number % 2 else "Other"), document("b", "Other" if number % 2 else "Lunch")])
    done.set()
    for reader in readers:
        reader.join()
    assert failed == []
    assert seen == {(1, 2)}


def test_a_question_that_takes_too_long_is_refused_in_plain_words(engine, monkeypatch):
    engine.rebuild([document(f"s{number}", text="lunch") for number in range(50)], bookmark=MARK)
    engine.search(Query())
    monkeypatch.setattr(embedded, "MOST_SECONDS", -1.0)
    monkeypatch.setattr(embedded, "STEPS", 1)
    with pytest.raises(BadQuery) as caught:
        engine.search(query("lunch"))
    assert "too much at once" in caught.value.errors["q"][0]
    monkeypatch.undo()
    assert engine.search(query("lunch")).total == 50


def test_documents_of_a_service_stay_in_their_order(engine):
    made = [replace(document("a", number=number, at=(53.6, -1.9)), id=f"a:{number}") for number in (2, 0, 1)]
    engine.rebuild(made, bookmark=MARK)
    (documents,) = engine.search(Query()).documents([0])
    assert [each.id for each in documents] == ["a:2", "a:0", "a:1"]
