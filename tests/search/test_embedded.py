"""What is the embedded engine's own: its files."""

import sqlite3
import threading

import pytest

from search.engines.base import START, Bookmark
from search.engines.embedded import EmbeddedEngine
from search.query import Query
from tests.finding import document

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
    assert [hit.service for hit in other.search(Query()).hits] == ["c"]
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
