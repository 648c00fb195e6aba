"""The second part of a benchmark: how many pages a second one worker of the web server gives, beside a hello-world behind the same middleware."""

import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from http.client import HTTPConnection
from json import loads
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from search.benchmark.loading import Rate, rate
from search.benchmark.report import Verdict
from search.benchmark.running import KEYS, JobFailed, Progress, ended, surroundings
from search.benchmark.wording import shipped_wording
from search.query import PAGE_SIZE

HELLO = "/benchmark/hello/"
UNCACHED, CACHED = "search, nothing cached", "search, cached"
ROUNDS = 3
START_SECONDS = 60
QUESTIONS_MOST = 40
UNCACHED_BAR, UNCACHED_AIM, CACHED_BAR = 0.06, 0.15, 0.50


@dataclass(frozen=True, slots=True)
class Pages:
    """Requests per second of each round, and milliseconds of the server's processor per request."""

    listings: int
    questions: int
    rounds: dict[str, list[Rate]] = field(default_factory=dict)

    def per_second(self, name: str) -> float:
        return median(each.per_second for each in self.rounds[name])

    def work(self, name: str) -> float:
        return median(each.work for each in self.rounds[name])

    def share(self, name: str, hello: str) -> float:
        """Requests per second, as a part of those of the hello-world view in the same rounds."""
        return median(one.per_second / other.per_second for one, other in zip(self.rounds[name], self.rounds[hello], strict=True))

    def share_of_work(self, name: str, hello: str) -> float:
        """The same by the processor's time of one request: what the share would be where nobody else used the machine."""
        return self.work(hello) / self.work(name) if self.work(name) else 0.0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def pages(folder: Path, *, seconds: float, progress: Progress) -> Pages:
    """Measure the search page on a copy of this site. Raises JobFailed where there are no listings to show."""
    home = folder / "site"
    environment = surroundings(home, **_as_here(home))
    manage = [sys.executable, str(Path(settings.ROOT) / "manage.py")]
    progress("Building the index of the copy", 0, 0)
    subprocess.run([*manage, "rebuild_index"], env=environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    with _server({**environment, "PAGE_CACHE_SECONDS": "0"}) as fresh, _server(environment) as cached:
        listings, questions = _full_pages(fresh.port)
        found = Pages(listings, len(questions))
        jobs = (
            ("hello, nothing cached", fresh, [HELLO]),
            (UNCACHED, fresh, questions),
            ("hello", cached, [HELLO]),
            (CACHED, cached, questions[:1]),
        )
        for _, server, paths in jobs:
            rate(server.port, server.pid, paths, seconds=seconds / 4)
        for number in range(ROUNDS):
            for at, (name, server, paths) in enumerate(jobs):
                progress("Loading pages", number * len(jobs) + at + 1, ROUNDS * len(jobs))
                found.rounds.setdefault(name, []).append(rate(server.port, server.pid, paths, seconds=seconds))
    return found


def _as_here(home: Path) -> dict[str, str]:
    """The keys of this site, and its database: copied where it is a file, else the very one (nothing is written to it)."""
    keys = {name: settings.FIELD_KEYS if name == "FIELD_KEYS" else getattr(settings, name) for name in KEYS}
    given = {name: ",".join(key) if isinstance(key, list) else key for name, key in keys.items()}
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("sqlite3"):
        raise JobFailed("Pages are measured on sites whose database is a file; this one's is a server.")
    with (
        sqlite3.connect(f"{Path(database['NAME']).as_uri()}?mode=ro", uri=True) as here,
        sqlite3.connect(home / "carestore.sqlite3") as copy,
    ):
        here.backup(copy)
    if (Path(settings.CARESTORE_HOME) / "static").exists():
        shutil.copytree(Path(settings.CARESTORE_HOME) / "static", home / "static", dirs_exist_ok=True)
    return given


@dataclass(frozen=True, slots=True)
class Server:
    """A web server with one worker: its port and the process of the worker."""

    port: int
    pid: int


@contextmanager
def _server(environment: dict[str, str]) -> Iterator[Server]:
    """gunicorn as carestore.serving starts it, but with one worker and one more address. Raises JobFailed."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "search.benchmark.pages_wsgi:application", "--chdir", str(Path(settings.ROOT) / "site")]
    options = [
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "1",
        "--threads",
        "4",
        "--preload",
        "--log-level",
        "warning",
        "--no-control-socket",
    ]
    process = subprocess.Popen(command + options, env=environment)  # noqa: S603
    with ended(process):
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and process.poll() is None:
            try:
                yield Server(port, int(_get(port, HELLO)))
                return
            except OSError:
                time.sleep(0.2)
        raise JobFailed("The web server did not start.")


def _get(port: int, path: str) -> bytes:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    return connection.getresponse().read()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _full_pages(port: int) -> tuple[int, Sequence[str]]:
    """How many listings there are, and addresses of search pages that show a full page of results."""
    texts = [need.name for need in shipped_wording().needs] + [said.text for need in shipped_wording().needs for said in need.said[:4]]
    full = []
    for text in texts:
        asked = urlencode({"q": text})
        if len(loads(_get(port, f"/api/v1/search/?{asked}"))["results"]) == PAGE_SIZE:
            full.append(f"/find/?{asked}")
        if len(full) == QUESTIONS_MOST:
            break
    listings = int(loads(_get(port, "/api/v1/search/?page_size=1"))["total"])
    if not full:
        raise JobFailed(f"No question here has {PAGE_SIZE} results ({listings} listings): load some, or set up the demonstration.")
    return listings, full


def page_lines(found: Pages) -> Iterator[str]:
    """The figures as a table."""
    yield f"One worker, {found.listings:,} listings, {found.questions} questions with {PAGE_SIZE} results each; the median of {ROUNDS} rounds."
    yield ""
    yield "| page                   | requests/s | of hello | CPU ms each | of hello's |"
    yield "|------------------------|-----------:|---------:|------------:|-----------:|"
    for name in found.rounds:
        hello = _hello_of(name)
        shares = f"{found.share(name, hello):8.1%} | {found.work(name):11.2f} | {found.share_of_work(name, hello):10.1%}"
        yield f"| {name:22} | {found.per_second(name):10.1f} | {shares} |"


def _hello_of(name: str) -> str:
    """The hello-world of the same server."""
    return "hello, nothing cached" if name.endswith("nothing cached") else "hello"


def page_verdicts(found: Pages) -> list[Verdict]:
    """Which bars the pages meet."""
    fresh, cached = (found.share(name, _hello_of(name)) for name in (UNCACHED, CACHED))
    met, aim = fresh >= UNCACHED_BAR, fresh >= UNCACHED_AIM
    word = "met, and the aim" if aim else "met, not the aim" if met else "missed"
    worked = [f"by processor time {found.share_of_work(name, _hello_of(name)):.1%}" for name in (UNCACHED, CACHED)]
    bars = f"at least {UNCACHED_BAR:.0%} of hello-world, aim {UNCACHED_AIM:.0%}", f"at least {CACHED_BAR:.0%} of hello-world"
    return [
        Verdict(met, f"{UNCACHED}: {bars[0]}: {word} ({fresh:.1%}; {worked[0]})."),
        Verdict(cached >= CACHED_BAR, f"{CACHED}: {bars[1]}: {'met' if cached >= CACHED_BAR else 'missed'} ({cached:.1%}; {worked[1]})."),
    ]
