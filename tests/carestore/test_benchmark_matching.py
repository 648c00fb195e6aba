"""The benchmark of matching: what it fills a database with, what it asks, what it says at its end. Nothing here is timed."""

import pytest

from carestore.benchmark import matching_report as report
from carestore.benchmark.candidates import asked, bare_pass
from carestore.benchmark.volunteering import Crowd, requests, store
from directory import clock
from directory.journal.verifying import verify
from directory.seeding import load_needs
from matching.models import Match, Volunteer
from matching.suggesting.living import living
from search import indexing
from search.benchmark.positions import Positions
from tests import factories

pytestmark = pytest.mark.django_db
POSITIONS = Positions.of([("HD75AA", 53.62, -1.88, True), ("HD75AB", 53.63, -1.87, True), ("HD76AB", 53.64, -1.9, True)])


def say(text: str, done: int, of: int) -> None:
    """Nobody listens."""


@pytest.fixture
def filled(settings, tmp_path) -> None:
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    load_needs()
    for _ in range(12):
        factories.service("shopping", "friendships")
    store(Crowd(volunteers=40, requests=5, seed=1), POSITIONS)
    indexing.rebuild()


def told(p95: float) -> dict:
    samples = {"taken": [10.0, p95], "worked": [9.0, p95]}
    timed = dict.fromkeys(report.CALLED, samples) | {"bare": {"taken": [0.5, 0.5], "worked": [0.5, 0.5]}}
    timed["first"] = {"taken": [3 * p95] * 2, "worked": [3 * p95] * 2}
    return {"timed": timed, "volunteers": 10_000, "able": 3.2, "none_able": 0.25, "services": 40.0, "memory": 200.0}


def test_a_database_is_filled_as_the_product_would_have(filled: None) -> None:
    assert (Volunteer.objects.count(), len(requests())) == (40, 5)
    assert Match.objects.filter(state="active").count() == 14
    # The rows are told in one go and without their states; the chain is whole all the same.
    assert not [fault for fault in verify() if fault.seq is not None]
    for volunteer in Volunteer.objects.all():
        volunteer.full_clean()
    assert living().columns.active_matches.sum() == 14
    assert Volunteer.objects.filter(recheck_due__lt=clock.today()).count() < 40


def test_every_part_is_asked_and_the_whole_is_told(filled: None, monkeypatch) -> None:
    monkeypatch.setattr("carestore.benchmark.candidates.FEWEST", 5)
    monkeypatch.setattr("carestore.benchmark.candidates.WARM", 1)
    monkeypatch.setattr("carestore.benchmark.candidates.CHANGED", 2)
    found = asked(seconds=0.001, say=say)
    counts = {name: len(samples["taken"]) for name, samples in found["timed"].items()}
    assert counts["whole"] == counts["services"] == counts["volunteers"] == counts["bare"] >= 5
    assert counts["after_a_change"] == 2
    assert counts["first"] == counts["bare_reading"] >= 1
    assert found["volunteers"] == 40
    assert list(report.table(found))[0].startswith("| one request")


def test_the_bare_pass_names_the_nearest_who_offer_it(filled: None) -> None:
    now = living()
    rows = bare_pass(now, "befriend-at-home", {"lat": 53.62, "lon": -1.88})
    assert all("befriend-at-home" in now.columns.activities.rows and row in now.columns.activities.rows["befriend-at-home"] for row in rows)


def test_the_bar_holds_at_its_size_only() -> None:
    sizes = {"volunteers": report.VOLUNTEERS, "services": report.SERVICES}
    assert report.verdict(told(49.0), **sizes).met is True
    assert report.verdict(told(51.0), **sizes).met is False
    assert report.verdict(told(1.0), volunteers=10, services=report.SERVICES).met is None
    assert "for 25% nobody may" in report.about(told(1.0))
    times = {line.split("|")[1].strip(): line.split("|")[-2].strip() for line in report.table(told(20.0))}
    assert times[report.CALLED["after_a_change"]] == "40.0"
    assert times[report.CALLED["first"]] == "3.0"
