"""What the tests of harvesting share: the installation itself, feeds on this machine, and patience that costs no time."""

from collections.abc import Callable
from typing import Any

import pytest

from directory import seeding
from directory.accounts.models import User
from directory.accounts.system import system_user
from directory.harvest.models import Feed, Run
from directory.harvest.running import fetcher_for, harvest


@pytest.fixture
def system(db: None) -> User:
    return system_user()


@pytest.fixture
def needs(db: None) -> None:
    seeding.load_needs()


@pytest.fixture(autouse=True)
def this_machine_may_be_asked(settings: Any, tmp_path: Any) -> None:
    settings.HARVEST_FROM_LOOPBACK = True
    settings.CARESTORE_HOME = tmp_path


@pytest.fixture
def feed_at(db: None) -> Callable[..., Feed]:
    def make(url: str, **more: Any) -> Feed:
        number = Feed.objects.count() + 1
        return Feed.objects.create(**{"slug": f"feed-{number}", "name": f"Feed {number}", "url": url, "licence": "OGL 3.0", **more})

    return make


@pytest.fixture
def run(system: User) -> Callable[..., Run]:
    def go(feed: Feed, **more: Any) -> Run:
        more.setdefault("fetcher", fetcher_for(feed, pause=0, sleep=lambda seconds: None))
        return harvest(Feed.objects.get(pk=feed.pk), by=system, **more)

    return go
