"""Looks at listings: counted where people look, also at pages out of memory; nothing of a person is kept."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.test import Client

from directory import clock
from directory.accounts.roles import Role
from directory.freshness.looked import looked_at, looked_words, looks
from directory.looks import counting, keeping, noting
from directory.looks.models import WeekOfLooks
from directory.models import Service
from tests import factories

pytestmark = pytest.mark.django_db

SUNDAY_NIGHT = datetime(2026, 11, 22, 23, 58, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    settings.CARESTORE_HOME = tmp_path
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    return tmp_path


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    now = [SUNDAY_NIGHT]
    monkeypatch.setattr(clock, "now", lambda: now[0])

    def set_to(moment: datetime) -> None:
        now[0] = moment

    return set_to


@pytest.fixture
def service() -> Iterator[Service]:
    return factories.service(name="Lunch Club")


def look(service: Service, *, client: Client | None = None, agent: str = FIREFOX, path: str = "", **headers: str) -> int:
    return (client or Client()).get(path or service.get_absolute_url(), headers={"User-Agent": agent, **headers}).status_code


def counted() -> dict[tuple[str, date], int]:
    keeping.take_in()
    return {(row.service.name, row.week): row.count for row in WeekOfLooks.objects.select_related("service")}


def test_a_flood_of_looks_fills_no_disk(service: Service, home: Path, at: Callable[[datetime], None]) -> None:
    look(service)
    (file,) = (home / "looks").iterdir()
    with file.open("a") as lines:
        lines.write(f"{service.pk.hex}\n" * (noting.MOST_BYTES // 33 - 1))
    full = file.stat().st_size
    assert look(service) == 200
    assert file.stat().st_size == full
    at(SUNDAY_NIGHT + MINUTE)
    assert counted() == {("Lunch Club", date(2026, 11, 16)): 10_000}


def test_looks_are_counted_by_week_also_out_of_memory(service: Service, at: Callable[[datetime], None]) -> None:
    for _ in range(3):
        assert look(service) == 200
    at(SUNDAY_NIGHT + 5 * MINUTE)
    look(service)
    at(SUNDAY_NIGHT + 6 * MINUTE)
    assert counted() == {("Lunch Club", date(2026, 11, 16)): 3, ("Lunch Club", date(2026, 11, 23)): 1}


def test_a_page_out_of_memory_counts(service: Service, at: Callable[[datetime], None], settings: Any) -> None:
    settings.PAGE_CACHE_SECONDS = 300
    look(service)
    assert len(caches["pages"]._cache) == 1  # type: ignore[attr-defined]
    first = Client().get(service.get_absolute_url(), headers={"User-Agent": FIREFOX})
    assert look(service, **{"If-None-Match": first["ETag"]}) == 304
    at(SUNDAY_NIGHT + MINUTE)
    assert counted() == {("Lunch Club", date(2026, 11, 16)): 3}


def test_a_minute_that_is_not_over_waits(service: Service, at: Callable[[datetime], None]) -> None:
    look(service)
    assert counted() == {}
    at(SUNDAY_NIGHT + MINUTE)
    assert sum(counted().values()) == 1
    assert sum(counted().values()) == 1


def test_more_of_the_same_week_is_added(service: Service, at: Callable[[datetime], None]) -> None:
    other = factories.service(name="Walks")
    for minute, services in enumerate(([service, other], [service], [service])):
        at(SUNDAY_NIGHT - 60 * MINUTE + minute * MINUTE)
        for each in services:
            look(each)
        at(SUNDAY_NIGHT - 59 * MINUTE + minute * MINUTE)
        keeping.take_in()
    assert counted() == {("Lunch Club", date(2026, 11, 16)): 3, ("Walks", date(2026, 11, 16)): 1}


@pytest.mark.parametrize("agent", ["", "Googlebot/2.1", "curl/8.5", "python-requests/2.32", "Mozilla/5.0 (compatible; bingbot/2.0)"])
def test_robots_are_left_out(service: Service, at: Callable[[datetime], None], agent: str) -> None:
    assert look(service, agent=agent) == 200
    at(SUNDAY_NIGHT + MINUTE)
    assert counted() == {}


def test_what_is_no_look_is_left_out(service: Service, at: Callable[[datetime], None]) -> None:
    partner = Client()
    partner.force_login(factories.partner(service.organisation))
    assert look(service, client=partner) == 200
    assert look(service, path=f"/services/{service.pk}/another-name/") == 302
    assert look(service, path=f"/services/{'0' * 8}-0000-4000-8000-{'0' * 12}/none/") == 404
    assert look(service, **{"Sec-Purpose": "prefetch"}) == 200
    Client().head(service.get_absolute_url(), headers={"User-Agent": FIREFOX})
    moderator = Client()
    moderator.force_login(factories.user(Role.EDITOR))
    look(service, client=moderator)
    at(SUNDAY_NIGHT + MINUTE)
    assert counted() == {}


def test_only_the_listing_and_the_minute_are_written(service: Service, home: Path) -> None:
    look(service, **{"X-Forwarded-For": "192.0.2.7", "Accept-Language": "ur"})
    (path,) = (home / "looks").iterdir()
    assert path.name == "20261122T2358"
    assert path.read_text() == f"{service.pk.hex}\n"
    assert path.stat().st_mode & 0o007 == 0
    assert {field.name for field in WeekOfLooks._meta.fields} == {"id", "service", "week", "count"}


def test_the_database_is_not_written_for_a_look(service: Service, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        noting.note(service.pk)


def test_a_folder_that_cannot_be_written_costs_nobody_the_page(service: Service, home: Path) -> None:
    (home / "looks").write_text("in the way")
    assert look(service) == 200


def test_what_is_strange_in_the_folder_is_left_alone(service: Service, home: Path, at: Callable[[datetime], None]) -> None:
    look(service)
    (home / "looks" / "notes.txt").write_text("mine")
    path = home / "looks" / "20261122T2358"
    path.write_text(path.read_text() + "nonsense\n" + "0" * 32 + "\n")
    at(SUNDAY_NIGHT + MINUTE)
    assert sum(counted().values()) == 1
    assert [each.name for each in (home / "looks").iterdir()] == ["notes.txt"]


def test_a_year_is_kept(service: Service) -> None:
    weeks = [keeping.monday_of(clock.today()) - timedelta(weeks=back) for back in (0, 53, 54, 80)]
    WeekOfLooks.objects.bulk_create(WeekOfLooks(service=service, week=week, count=1) for week in weeks)
    assert keeping.forget_some()
    assert set(WeekOfLooks.objects.values_list("week", flat=True)) == set(weeks[:2])


def test_what_is_told_of_them(service: Service) -> None:
    other = factories.service(name="Walks")
    this = keeping.monday_of(clock.today())
    for back, count in ((0, 3), (1, 20), (4, 7), (5, 900)):
        WeekOfLooks.objects.create(service=service, week=this - timedelta(weeks=back), count=count)
    assert looks([service.pk, other.pk]) == {service.pk: 30}
    assert looked_words([service.pk, other.pk]) == {
        service.pk: "Looked at 30 times this week and in the 4 before.",
    }
    assert counting.week_words(other) == ["We have counted nobody yet."]
    assert counting.week_words(service) == [
        "Looked at a few times this week so far.",
        "Looked at 20 times last week.",
        "Looked at 7 times in the 3 weeks before.",
    ]


@pytest.mark.parametrize("count", range(1, 5))
def test_small_numbers_are_a_few(count: int) -> None:
    assert not re.search(r"\d", looked_at(count, "last week"))


def test_many_listings_are_asked_in_one_question(service: Service, django_assert_num_queries: Any) -> None:
    WeekOfLooks.objects.create(service=service, week=keeping.monday_of(clock.today()), count=9)
    many = [service.pk, *(uuid4() for _ in range(600))]
    with django_assert_num_queries(1):
        assert counting.lately(many) == {service.pk: 9}
