"""A process that is killed in the middle of a feed, again and again, at any point: the next one goes on, and nothing is lost or doubled."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from directory.harvest.models import Feed, Record, Run
from directory.harvest.run_states import RunState
from directory.journal.verifying import verify
from directory.models import Contact, Location, Organisation, Schedule, Service
from tests.databases import as_default, new_postgres_database
from tests.harvest.serving import pages, service, serving
from tests.whole import copy_of

ROOT = Path(__file__).parents[2]
SERVICES = 60


class Prey:
    """A harvesting process, and what kills it: before page `page` is answered, or so many seconds after it was."""

    def __init__(self, database: str, home: Path) -> None:
        self.environment = {
            **os.environ,
            "DATABASE_URL": database,
            "CARESTORE_HOME": str(home),
            "DJANGO_SETTINGS_MODULE": "tests.harvest.loopback_settings",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
        }
        self.process: subprocess.Popen[str] | None = None
        self.page, self.after = 0, 0.0
        self.killed = False

    def run(self, *, page: int = 0, after: float = 0.0) -> str:
        """Run it to its end, or to its death. Returns what it wrote."""
        self.page, self.after, self.killed = page, after, False
        command = [sys.executable, "manage.py", "harvest", "killed", "--resume", "--pause", "0"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        wrote, _ = self.process.communicate(timeout=300)
        # One that was through before its end came is no worse.
        assert self.process.returncode in ((-9, 0) if self.killed else (0,)), wrote
        return wrote

    def asked(self, page: int) -> None:
        """The server tells that this page is asked for."""
        if page == self.page and not self.killed:
            self.killed = True
            if self.after:
                threading.Timer(self.after, self._kill).start()
            else:
                self._kill()

    def _kill(self) -> None:
        assert self.process is not None
        self.process.kill()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def prey(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Prey]:
    home = tmp_path / "home"
    home.mkdir()
    if request.param == "sqlite":
        yield Prey(copy_of(request.getfixturevalue("empty_tables"), tmp_path), home)
    else:
        with new_postgres_database(request.getfixturevalue("postgres_url"), like=request.getfixturevalue("postgres_tables")) as url:
            yield Prey(url, home)


def test_killed_again_and_again(prey: Prey, django_db_blocker: DjangoDbBlocker) -> None:
    told = [service(number) for number in range(SERVICES)]

    def answer(path: str, parameters: dict[str, str], headers: dict[str, str]) -> Any:
        if "page" in parameters:
            prey.asked(int(parameters["page"]))
        return pages(told)(path, parameters, headers)

    with serving(answer) as site, django_db_blocker.unblock(), as_default(prey.environment["DATABASE_URL"]):
        feed = Feed.objects.create(slug="killed", name="Killed", url=site.url)
        counts: list[int] = []
        # Starting it takes long: the other database is left at half as many places.
        kills = ((2, 0.0), (2, 0.06), (3, 0.12), (5, 0.25))
        for page, after in kills if "sqlite" in prey.environment["DATABASE_URL"] else kills[1::2]:
            prey.run(page=page, after=after)
            counts.append(Service.objects.count())
            _is_whole(feed, told)
        assert counts == sorted(counts)
        prey.run()
        # The last to be killed may have been through before.
        run = Run.objects.earliest("started_at")
        assert (run.state, run.made, run.read, run.rejected, run.repeated) == (RunState.GOOD, SERVICES, SERVICES, 0, 0)
        assert Service.objects.count() == Contact.objects.count() == Schedule.objects.count() == Location.objects.count() == SERVICES
        assert Organisation.objects.count() == 5
        gone = [one["id"] for one in told[10:20]]
        del told[10:20]
        prey.run(page=5, after=0.3)
        prey.run()
        assert set(Record.objects.filter(outcome=Record.Outcome.ENDED).values_list("source_id", flat=True)) == set(gone)
        assert set(Service.objects.public().values_list("source_id", flat=True)) == {one["id"] for one in told}
        assert verify() == []


def _is_whole(feed: Feed, told: list[dict[str, Any]]) -> None:
    """After any kill: every listing has all that belongs to it and stands in the books, and the run counts what is there."""
    ids = set(Service.objects.values_list("source_id", flat=True))
    assert ids == set(Record.objects.filter(feed=feed).values_list("source_id", flat=True)) <= {one["id"] for one in told}
    assert len(ids) == Contact.objects.count() == Schedule.objects.count() == Location.objects.count()
    assert sum(Run.objects.values_list("made", flat=True)) == len(ids)
    assert Service.objects.filter(imported={}).count() == 0
