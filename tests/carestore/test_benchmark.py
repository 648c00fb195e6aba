"""The benchmark of the directory: what it fills a database with, which pages it finds, what it says at its end. Nothing here is timed."""

import pytest

from carestore.benchmark import feeding, making, report
from carestore.benchmark.addresses import addresses
from carestore.benchmark.asking import Page, asked, streamed
from carestore.benchmark.filling import fill
from carestore.benchmark.making import Ground
from carestore.management.commands import benchmark_harvest
from directory import clock
from directory.freshness.ringing import to_ring
from directory.harvest.understanding import understand
from directory.journal.verifying import verify
from directory.models import Change, Organisation, Service
from directory.waiting.kinds import all_waiting
from search.benchmark.positions import Positions
from search.benchmark.wording import shipped_wording

pytestmark = pytest.mark.django_db
BARS = {"organisations": report.ORGANISATIONS, "services": report.SERVICES}


def say(text: str, done: int, of: int) -> None:
    """Nobody listens."""


@pytest.fixture
def filled() -> None:
    fill(30, 200, seed=1, say=say, areas=("HD",))


def page(name: str, p50: float = 10.0, queries: int = 5, path: str = "/admin/x/") -> Page:
    return Page(name, path, 5, p50, 2 * p50, p50, queries, 2.0)


def test_a_database_is_filled_as_the_product_would_have(filled: None) -> None:
    assert (Organisation.objects.count(), Service.objects.count()) == (30, 200)
    assert not verify()
    assert Change.objects.waiting().exists()
    assert all_waiting().count() > 2
    assert to_ring()
    service = Service.objects.public()[0]
    service.full_clean(exclude=["latest_revision"])
    assert service.latest_revision.content["name"] == service.name


def test_the_same_seed_makes_the_same() -> None:
    ground = Ground(1, clock.now(), clock.today(), Positions.of([("HD75AA", 53.62, -1.88, True)]), shipped_wording(), {})
    group, halls = making.organisation(3, ground), [making.location(number, ground) for number in range(4)]
    one, again, other = (making.service(number, group, halls, ground) for number in (7, 7, 8))
    assert (one.service.pk, one.service.name, one.needs, len(one.rows)) == (
        again.service.pk,
        again.service.name,
        again.needs,
        len(again.rows),
    )
    assert other.service.pk != one.service.pk


def test_every_page_of_the_listings_opens(filled: None) -> None:
    pages, left = asked(seconds=0, only="admin/listings/", say=say)
    assert {"freshness", "to-ring", "links", "pairs", "freshness?by=area"} <= {each.name for each in pages}
    assert all(each.queries and each.asked for each in pages)
    assert not [line for line in left if line.startswith("/admin/listings") and not line.endswith(": 405")]


def test_pages_are_found_by_walking_and_no_address_is_told_twice(filled: None) -> None:
    found, _ = addresses()
    names = [each.name for each in found]
    assert {"claim-shown", "partner-contact", "partner-member", "moderation-claim"} <= {*names}
    assert {"partner", "partner-service", "moderation-change", "oruk-services?full=true", "wagtailsnippets_directory_service:edit"} <= {
        *names
    }
    assert len(set(names)) == len(names)
    assert not any("<" in each.path or "{" in each.path for each in found)


def test_the_whole_feed_is_read(filled: None) -> None:
    told = streamed(say)
    assert told["records"] == Service.objects.public().count()
    assert 0 < told["early"] <= told["memory"]


def test_bars_are_told_with_what_misses_them() -> None:
    slow, many = page("slow", 400.0), page("wagtailsnippets_directory_service:list", queries=16)
    full, other = page(report.FULL, 200.0, path="/oruk/"), page(f"{report.FULL}&page=300", queries=6, path="/oruk/")
    stream = {"early": 100.0, "memory": 180.0}
    told = report.verdicts([slow, many, full, other], stream, **BARS)
    assert [verdict.met for verdict in told] == [False, False, False, False]
    assert "slow 400" in told[0].text
    assert "service:list 16" in told[1].text
    assert "5/6 queries" in told[2].text
    # The page editor's own answer in JSON is no list of the directory's.
    good = report.verdicts(
        [page("quick"), page("wagtailadmin_api:pages:listing", queries=18), full], {"early": 100.0, "memory": 110.0}, **BARS
    )
    assert all(verdict.met for verdict in good)
    assert [verdict.met for verdict in report.verdicts([slow], None, organisations=30, services=200)] == [None]


def test_the_table_begins_with_the_slowest() -> None:
    lines = list(report.table([page("quick"), page("slow", 400.0)]))
    assert [line.split("|")[1].strip() for line in lines[2:]] == ["slow", "quick"]
    assert len({len(line) for line in lines}) == 1


def test_a_made_up_feed_is_a_whole_one() -> None:
    """Every record of every page once, each of them taken by a harvest."""
    pages = [feeding.page(number, 120) for number in (1, 2, 3)]
    rows = [row for told in pages for row in told["contents"]]
    assert [told["last_page"] for told in pages] == [False, False, True]
    assert len({row["id"] for row in rows}) == len(rows) == 120
    assert feeding.record(7, 120) == rows[7]
    for row in rows:
        understood = understand(row)
        assert not understood.notes.counts
        assert all(understood.values[name] for name in ("places", "times", "phone"))


def test_the_bars_of_a_harvest() -> None:
    good = {"seconds": 200.0, "memory": 180.0, "worked": 90.0, "state": "good", "made": 10_000, "unchanged": 0, "pairs": 3}
    told = {"first": good, "again": {**good, "made": 0, "unchanged": 10_000}, "bare": {"worked": 3.0}}
    assert all(benchmark_harvest.bars(told).values())
    assert "30 times" in " ".join(benchmark_harvest.lines(told, []))
    slow = {**told, "first": {**good, "seconds": 301.0}, "again": {**told["again"], "made": 1}}
    assert [text for text, kept in benchmark_harvest.bars(slow).items() if not kept] == [
        "within 300 seconds",
        "the second time changes nothing",
    ]
