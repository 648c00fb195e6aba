"""What a benchmark is made of: listings, questions, what is said at the end. How long anything takes is no matter of tests."""

from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import groupby, islice
from os import getpid
from threading import Thread

import pytest
from django.urls import resolve

from search.benchmark.asking import timed
from search.benchmark.bare import SIZE, BareFts
from search.benchmark.listings import listings
from search.benchmark.loading import BadAnswer, Rate, rate
from search.benchmark.pages import Pages, page_lines, page_verdicts
from search.benchmark.positions import Positions, sampled
from search.benchmark.questions import KINDS_ASKED, Asker
from search.benchmark.report import Line, table, verdicts
from search.benchmark.running import folder_of_its_own, surroundings
from search.benchmark.timing import Samples
from search.benchmark.wording import shipped_wording
from search.engines.columns import labels_of
from search.engines.embedded import EmbeddedEngine
from search.query import BadQuery, Query, parse_query

TODAY = date(2026, 11, 23)
COUNT = 300
# The postcodes of the tests' ground.
POSITIONS = Positions.of([("HD75AA", 53.6230, -1.8810, True), ("HD76AB", 53.6010, -1.9270, True)])
BUILT = {"documents": 1, "seconds": 10.0, "making": 1.0, "memory": 200.0, "memory_before": 100.0, "megabytes": 5.0}


def some(count=COUNT, seed=1):
    return listings(count, seed=seed, today=TODAY, positions=POSITIONS, wording=shipped_wording())


@pytest.fixture(scope="module")
def made():
    return list(some())


@pytest.fixture
def engine(made, tmp_path):
    engine = EmbeddedEngine(tmp_path / "made")
    engine.rebuild(made)
    yield engine
    engine.close()


def test_the_same_seed_makes_the_same_listings(made):
    assert list(some()) == made
    assert [each.service for each in some(seed=2)] != [each.service for each in made]


def test_more_listings_begin_with_the_same_ones(made):
    first = list(some(count=50))
    assert made[: len(first)] == first


def test_listings_are_made_as_they_are_taken():
    assert len(list(islice(some(count=10**12), 5))) == 5


def test_documents_keep_the_engines_contract(made):
    services = [list(of_service) for _, of_service in groupby(made, key=lambda each: each.service)]
    assert len(services) == COUNT == len({each[0].service for each in services})
    assert len({each.id for each in made}) == len(made)
    for first, *more in services:
        for other in more:
            assert (first.name, first.hours, first.needs, first.kind) == (other.name, other.hours, other.needs, other.kind)
            assert list(labels_of([first])) == list(labels_of([other]))


def test_listings_differ_as_they_do_in_life(made):
    def found(told):
        return {told(each) for each in made}

    assert found(lambda each: each.place is None) == {True, False}
    assert found(lambda each: each.limited) == {True, False}
    assert found(lambda each: each.free) == {True, False, None}
    assert found(lambda each: bool(each.circles)) == found(lambda each: bool(each.languages)) == {True, False}
    assert found(lambda each: each.hours_to is None) == found(lambda each: bool(each.access)) == {True, False}
    assert len(found(lambda each: each.kind)) > 3
    assert {need for each in made for need in each.needs} == {need.slug for need in shipped_wording().needs}


def test_the_vocabulary_goes_on_growing(made):
    def words(documents):
        return {token for each in documents for token in (*each.name_tokens, *each.text_tokens)}

    half = len(made) // 2
    assert len(words(made)) > 1.3 * len(words(made[:half]))


def test_an_engine_takes_all_of_them(engine):
    assert engine.search(Query()).total == COUNT


def test_positions_are_a_sample_of_the_postcodes(tmp_path):
    found = sampled(seed=3, areas=("HD",), every=500)
    assert 10 < len(found) < 20
    assert all(code.startswith("HD") for code in found.codes)
    assert ((found.lats > 53) & (found.lats < 54)).all()
    found.save(tmp_path / "positions.npz")
    kept = Positions.load(tmp_path / "positions.npz")
    assert kept.codes.tolist() == found.codes.tolist()
    assert kept.lats.tolist() == found.lats.tolist()


def test_every_kind_of_question_can_be_read(ground):
    asker = Asker(POSITIONS, shipped_wording(), seed=1)
    again = Asker(POSITIONS, shipped_wording(), seed=1)
    for kind in KINDS_ASKED:
        questions = [asker.ask(kind) for _ in range(20)]
        assert questions == [again.ask(kind) for _ in range(20)]
        for question in questions:
            try:
                parse_query(question.params)
            except BadQuery as error:
                pytest.fail(f"{kind}: {error}")


def test_the_table_has_a_line_for_every_kind(ground, engine):
    askers = [Asker(POSITIONS, shipped_wording(), seed=seed) for seed in (1, 2)]
    results = list(timed(engine, *askers, seconds=0, fts=BareFts(engine.store.folder), fewest=2))
    assert [result.kind for result in results] == list(KINDS_ASKED)
    assert all(len(result.whole) == 2 for result in results)
    assert next(result.found for result in results if result.kind == "everything") > COUNT * 0.9
    lines = list(table([Line.of(told(result)) for result in results]))
    assert [line.split("|")[1].strip() for line in lines[2:]] == list(KINDS_ASKED)
    assert len({line.count("|") for line in lines}) == 1
    assert len({len(line) for line in lines}) == 1


def told(result):
    samples = {name: getattr(result, name) for name in ("whole", "fts", "opensearch")}
    return {
        "kind": result.kind,
        "found": result.found,
        **{name: {"taken": each.taken, "worked": each.worked} for name, each in samples.items()},
    }


def test_bare_queries_ask_the_same_words(engine, made):
    bare = BareFts(engine.store.folder)
    word = "communiti"
    holding = {each.service for each in made if word in (*each.name_tokens, *each.text_tokens)}
    both = {each.service for each in made if {word, "welcom"} <= {*each.name_tokens, *each.text_tokens}}
    assert bare.ask([word], any_word=False) == min(SIZE, len(holding))
    assert bare.ask([word, "welcom"], any_word=False) == min(SIZE, len(both))
    assert bare.ask([word, "nobodywrotethis"], any_word=False) == 0
    assert bare.ask([word, "nobodywrotethis"], any_word=True) == min(SIZE, len(holding))
    assert bare.begun([made[0].name_tokens[0][:3]]) > 0
    bare.close()


def line(kind, p95, node=None):
    return Line(kind, 100, 5.0, p95 / 2, p95, p95 * 2, p95 / 3, 1.0, p95 / 2 / node if node else None)


def test_it_is_said_which_bar_is_missed_and_by_whom():
    questions, maps, building = verdicts("embedded", [line("fast", 14.9), line("slow", 15.0), line("map, zoom 6", 9.9)], BUILT, 20_000)
    assert questions.met is False
    assert "slow 15.0" in questions.text
    assert "fast" not in questions.text
    assert maps.met is True
    assert building.met is None


def test_bars_hold_at_their_own_size_only():
    slow = [line("slow", 500.0, node=2.0), line("quick", 5.0, node=1.9)]
    assert [verdict.met for verdict in verdicts("embedded", slow, BUILT, 200_000)] == [None, None, True]
    assert [verdict.met for verdict in verdicts("opensearch", slow, BUILT, 20_000)] == [None, None]
    node, building = verdicts("opensearch", slow, {**BUILT, "memory": 300.0}, 200_000)
    assert node.met is False
    assert "slow 2.0" in node.text
    assert "quick" not in node.text
    assert building.met is False


def test_samples_tell_how_many_were_done_in_what_time():
    samples = Samples(taken=[float(number) for number in range(100, 0, -1)])
    assert (samples.at(0.5), samples.at(0.95), samples.at(0.99)) == (51.0, 96.0, 100.0)
    assert Samples().at(0.5) is None
    assert samples.timed(lambda: "answer") == "answer"
    assert len(samples) == 101


def test_what_was_built_is_removed_even_when_stopped(settings, tmp_path):
    settings.CARESTORE_HOME = tmp_path

    def stopped():
        with folder_of_its_own(keep=False) as folder:
            (folder / "site" / "index").write_text("much")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert list(tmp_path.iterdir()) == []
    with folder_of_its_own(keep=True) as kept:
        pass
    assert kept.exists()


def test_a_benchmark_works_in_a_site_of_its_own(tmp_path, monkeypatch, settings):
    monkeypatch.setenv("DATABASE_URL", "sqlite:////the/real/one")
    monkeypatch.setenv("SEARCH_URL", "http://the.real.one:9200")
    given = surroundings(tmp_path)
    assert given["CARESTORE_HOME"] == str(tmp_path)
    assert not {"DATABASE_URL", "SEARCH_URL", "DEMO"} & given.keys()
    assert given["SECRET_KEY"] not in (settings.SECRET_KEY, surroundings(tmp_path)["SECRET_KEY"])


def test_the_benchmarks_address_is_no_address_of_the_site():
    # What is left over goes to the pages of editors, who have no such page.
    assert resolve("/benchmark/hello/").func.__module__.startswith("wagtail.")


class OneAnswer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(404 if "missing" in self.path else 200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *args):
        pass


@pytest.fixture
def web_server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), OneAnswer)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_load_counts_the_pages_that_came(web_server):
    found = rate(web_server.server_port, getpid(), ["/one", "/two"], seconds=0.05)
    assert found.per_second > 0
    with pytest.raises(BadAnswer, match="answered 404"):
        rate(web_server.server_port, getpid(), ["/missing"], seconds=0.05)


def test_pages_are_told_as_a_share_of_hello():
    rounds = {
        "hello, nothing cached": [Rate(1000.0, 1.0), Rate(500.0, 1.0), Rate(800.0, 1.0)],
        "search, nothing cached": [Rate(100.0, 10.0), Rate(50.0, 10.0), Rate(96.0, 10.0)],
        "hello": [Rate(1000.0, 1.0)] * 3,
        "search, cached": [Rate(499.0, 2.0)] * 3,
    }
    found = Pages(400, 40, rounds)
    assert found.share("search, nothing cached", "hello, nothing cached") == pytest.approx(0.1)
    fresh, cached = page_verdicts(found)
    assert fresh.met is True
    assert "not the aim" in fresh.text
    assert cached.met is False
    assert found.share_of_work("search, cached", "hello") == pytest.approx(0.5)
    assert sum(name in line for name in rounds for line in page_lines(found)) >= len(rounds)
