"""A real node that is stopped, killed, full, emptied or not there at all: edits go through, and the finder says nothing wrong."""

import gc
import shutil
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from directory.journal import following
from directory.listings import set_fields, withdraw
from search import engines, indexing
from search.engines import standby as standing
from search.engines.base import START, Bookmark
from search.engines.document import Document
from search.engines.embedded import EmbeddedEngine
from search.engines.opensearch import OpenSearchEngine, asking, opened
from search.engines.opensearch.asking import NoIndex
from search.engines.opensearch.generations import NotOurs
from search.engines.opensearch.mapping import FORMAT
from search.engines.standby import Standby
from search.find import find
from search.query import Query
from tests.finding import document
from tests.opensearch.server import node as tool
from tests.opensearch.server import start_or_skip

pytestmark = [pytest.mark.opensearch, pytest.mark.xdist_group("opensearch_faults")]
PATIENCE = 30.0
MARK = Bookmark(7, "seal")


@dataclass
class Mine:
    """A node that a test may stop and start again."""

    node: "tool.Node"
    runs: bool = True

    def stop(self, *, hard: bool) -> None:
        tool.stop(self.node.pid, hard=hard)
        self.runs = False

    def start(self) -> None:
        if not self.runs:
            self.node = tool.start(self.node.home, port=self.node.port)
            self.runs = True


@pytest.fixture(scope="module")
def my_node() -> Iterator[Mine]:
    home = Path(tempfile.mkdtemp(prefix="carestore-os-"))
    mine = Mine(start_or_skip(home))
    yield mine
    mine.stop(hard=True)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def site(my_node, settings, db, request, monkeypatch) -> Iterator[Mine]:
    """A site with the node in front of its index; both follow the journal."""
    my_node.start()
    settings.SEARCH_URL = f"{my_node.node.url}?index=site{abs(hash(request.node.name))}"
    monkeypatch.setattr(standing, "REST_SECONDS", 0.0)
    monkeypatch.setattr(standing, "LOOK_SECONDS", 0.0)
    indexing.register_node()
    yield my_node
    del following._followers[indexing.NODE_FOLLOWER]


def names(q: str) -> list[str]:
    return sorted(result.name for result in find(Query(q=q)).results)


def both() -> Standby:
    made = engines.pair()
    assert made is not None
    return made


@pytest.mark.parametrize("hard", [False, True])
def test_edits_and_searches_go_on_without_the_node_and_it_catches_up(site, listing, editor, hard):
    old = listing("Marsden knitting")
    listing("Golcar knitting")
    indexing.catch_up()
    assert names("knitting") == ["Golcar knitting", "Marsden knitting"]
    assert both().status() == {"answers": "node", "node": "level"}

    site.stop(hard=hard)
    assert names("knitting") == ["Golcar knitting", "Marsden knitting"]
    withdraw(old, by=editor)
    listing("Slaithwaite knitting")
    taken = following.catch_up()
    assert isinstance(taken[indexing.FOLLOWER], int)
    assert taken[indexing.NODE_FOLLOWER] == "ConnectionError"
    assert following.lag()[indexing.NODE_FOLLOWER] == -1
    assert names("knitting") == ["Golcar knitting", "Slaithwaite knitting"]
    assert both().status()["answers"] == "embedded"

    site.start()
    assert both().status() == {"answers": "embedded", "node": "behind"}
    assert names("knitting") == ["Golcar knitting", "Slaithwaite knitting"]
    indexing.catch_up()
    assert names("knitting") == ["Golcar knitting", "Slaithwaite knitting"]
    assert both().status() == {"answers": "node", "node": "level"}
    assert both().node.bookmark() == both().embedded.bookmark()
    lag = following.lag()
    assert (lag[indexing.FOLLOWER], lag[indexing.NODE_FOLLOWER]) == (0, 0)


def test_a_question_that_the_node_refuses_is_answered_beside_it_and_the_node_goes_on(site, listing, monkeypatch):
    listing("Marsden knitting")
    indexing.catch_up()
    assert names("knitting") == ["Marsden knitting"]
    engine = both()
    with monkeypatch.context() as refused:
        refused.setattr(asking, "NODE_MILLISECONDS", "a while")
        assert names("knitting") == ["Marsden knitting"]
    assert (engine.refused > 0, engine.breaker.why) == (True, "")
    assert engine.status() == {"answers": "node", "node": "level"}


def test_both_are_rebuilt_without_holding_all_documents(site, tmp_path):
    both = Standby(opened(f"{site.node.url}?index=streamed"), EmbeddedEngine(tmp_path / "beside"))
    held: list[int] = []

    def documents() -> Iterator[Document]:
        for number in range(3000):
            yield document(f"s{number:04}", "Lunch club", at=(53.6, -1.9))
            if number % 500 == 0:
                held.append(sum(type(each) is Document for each in gc.get_objects()))

    both.rebuild(documents(), bookmark=MARK)
    assert max(held) < 500
    assert both.node.bookmark() == both.embedded.bookmark() == MARK
    assert both.node.search(Query()).total == both.embedded.search(Query()).total == 3000
    both.close()


@pytest.mark.parametrize("goes", ["before", "between"])
def test_a_node_that_goes_away_during_a_rebuild_leaves_the_index_file_rebuilt(site, tmp_path, goes):
    both = Standby(opened(f"{site.node.url}?index=cut{goes}"), EmbeddedEngine(tmp_path / "beside"))
    both.rebuild([document("a", "Old")], bookmark=MARK)

    def documents() -> Iterator[Document]:
        if goes == "between":
            site.stop(hard=True)
        yield document("b", "New")

    if goes == "before":
        site.stop(hard=True)
    both.rebuild(documents(), bookmark=Bookmark(9, "x"))
    assert [rows[0].service for rows in both.search(Query()).documents([0])] == ["b"]
    assert both.embedded.bookmark() == Bookmark(9, "x")
    assert both.status()["answers"] == "embedded"
    site.start()
    assert both.node.bookmark() == MARK
    both.close()


def test_searches_by_many_while_the_node_is_killed(site, tmp_path):
    both = Standby(opened(f"{site.node.url}?index=many"), EmbeddedEngine(tmp_path / "beside"))
    both.rebuild([document("a", "Lunch club")], bookmark=MARK)
    totals: list[int] = []
    failed: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                found = both.search(Query())
                totals.append(len(found.documents(range(len(found.rows)))) + len(both.clusters(None, 10, Query()).points))
        except standing.Moved:
            totals.append(1)
        except Exception as error:  # noqa: BLE001
            failed.append(error)
        finally:
            both.embedded.close()

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    site.stop(hard=True)
    assert both.index([document("a", "Lunch club")], bookmark=Bookmark(8, "x"), after=7)
    done.set()
    for reader in readers:
        reader.join()
    assert failed == []
    assert set(totals) == {1}
    both.close()


def test_a_node_whose_disk_is_full_answers_no_more_until_it_has_caught_up(site, listing, editor):
    made, other = listing("Marsden knitting"), listing("Golcar knitting")
    indexing.catch_up()
    node = both().node
    block = "index.blocks.read_only_allow_delete"
    node.client.indices.put_settings(index=node.generations.current(), settings={block: True})
    set_fields(made, {"name": "Marsden crochet"}, by=editor)
    withdraw(other, by=editor)
    assert following.catch_up()[indexing.NODE_FOLLOWER] == "WriteRefused"
    assert names("knitting") == ["Marsden crochet"]
    node.client.indices.put_settings(index=node.generations.current(), settings={block: None})
    indexing.catch_up()
    assert both().status() == {"answers": "node", "node": "level"}
    assert names("knitting") == ["Marsden crochet"]


def test_an_index_that_somebody_has_removed_is_made_again_by_the_follower(site, listing):
    listing("Marsden knitting")
    indexing.catch_up()
    node = both().node
    node.client.indices.delete(index=node.generations.current())
    assert names("knitting") == ["Marsden knitting"]
    indexing.catch_up()
    assert both().status() == {"answers": "node", "node": "level"}
    assert node.search(Query()).total == 1


def test_an_index_of_an_older_version_is_made_again_by_the_follower(site, listing):
    listing("Marsden knitting")
    indexing.catch_up()
    node = both().node
    old = node.generations.current()
    mark = node.client.get(index=node.generations.marks, id=old)["_source"]
    node.client.index(index=node.generations.marks, id=old, document={**mark, "format": FORMAT - 1})
    assert node.bookmark() == START
    fresh = Standby(node, both().embedded)
    assert fresh.status() == {"answers": "embedded", "node": "behind"}
    assert fresh.search(Query()).total == 1
    indexing.catch_up()
    assert node.generations.current() != old
    assert fresh.status() == {"answers": "node", "node": "level"}
    assert node.search(Query()).total == 1


def test_a_rebuild_makes_both_anew(site, listing):
    listing("Marsden knitting")
    told: list[int] = []
    assert indexing.rebuild(told.append) == 1
    assert told == [1, 1]
    assert both().status() == {"answers": "node", "node": "level"}
    assert names("knitting") == ["Marsden knitting"]


def test_an_address_where_nobody_is_leaves_the_finder_as_it_is(settings, listing):
    settings.SEARCH_URL = "http://127.0.0.1:9"
    listing("Marsden knitting")
    following.follow(indexing.FOLLOWER)
    assert names("knitting") == ["Marsden knitting"]
    assert both().status() == {"answers": "embedded", "node": "ConnectionError"}


@pytest.fixture
def node(opensearch_url) -> Iterator[OpenSearchEngine]:
    made = opened(opensearch_url, seconds=PATIENCE)
    yield made
    made.close()


def test_without_an_index_it_says_what_to_do(node):
    with pytest.raises(NoIndex, match="rebuild_index"):
        node.search(Query())


def test_a_name_that_is_taken_by_another_index_is_left_alone(node):
    node.client.indices.create(index=node.generations.prefix)
    with pytest.raises(NotOurs, match="index="):
        node.index([document("a")])
    node.client.indices.delete(index=node.generations.prefix)


def test_readers_never_see_a_gap_while_the_index_is_swapped(node):
    node.rebuild([document("a")], bookmark=MARK)
    totals: set[int] = set()
    failed: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                totals.add(node.search(Query()).total)
        except Exception as error:  # noqa: BLE001
            failed.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for _ in range(5):
        node.rebuild([document("a")], bookmark=MARK)
    done.set()
    for reader in readers:
        reader.join()
    assert failed == []
    assert totals == {1}


def test_of_two_writers_one_finds_out_and_what_was_read_later_stays(node, opensearch_url):
    other = opened(opensearch_url, seconds=PATIENCE)
    node.rebuild([document("a", "First")], bookmark=MARK)

    def slow():
        assert other.index([document("a", "Third")], bookmark=Bookmark(9, "x"), after=7)
        yield document("a", "Second")

    assert not node.index(slow(), bookmark=Bookmark(8, "y"), after=7)
    assert node.bookmark() == Bookmark(9, "x")
    found = node.search(Query())
    assert [each.name for (each,) in found.documents([0])] == ["Third"]
    other.close()


def test_a_rebuild_that_was_cut_off_leaves_no_index(node):
    node.rebuild([document("a")], bookmark=MARK)
    before = set(node.client.indices.get(index=f"{node.generations.prefix}-*"))

    def cut():
        yield document("b")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        node.rebuild(cut(), bookmark=Bookmark(9, "x"))
    assert set(node.client.indices.get(index=f"{node.generations.prefix}-*")) == before
    assert (node.search(Query()).total, node.bookmark()) == (1, MARK)
