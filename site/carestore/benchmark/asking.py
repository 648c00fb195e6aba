"""Every page through the whole stack of a request, as whoever may open it, beside a bare query of the same run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client

from carestore.benchmark.addresses import Address, addresses
from carestore.benchmark.waiting import ADMINISTRATOR, EDITOR
from directory.accounts.models import User
from directory.models import Service
from search.benchmark.timing import Samples, most_memory

# Each page is asked for so often at least and at most; the first answer, which fills memories, is not counted.
FEWEST, MOST = 5, 30
BARE = 50
# Of the whole feed this share is read before the memory is looked at for the first time.
SHARE = 0.25

Say = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Page:
    """What asking for one page took, in milliseconds, and how many queries it put; `bare`: the median of a bare query beside it."""

    name: str
    path: str
    asked: int
    p50: float
    p95: float
    worked: float
    queries: int
    bare: float

    @property
    def times_bare(self) -> float:
        """How many times the bare query."""
        return self.p50 / self.bare if self.bare else 0.0


def asked(*, seconds: float, only: str, say: Say) -> tuple[list[Page], list[str]]:
    """Every page, and those that could not be measured with the reason."""
    wanted, unknown = addresses(only)
    left = [f"{route}: no example" for route in unknown]
    clients: dict[str, Client] = {}
    pages = []
    for number, address in enumerate(wanted, start=1):
        say("Pages", number, len(wanted))
        client, status = _opened(address, clients)
        if client is None:
            left.append(f"{address.path}: {status}")
        else:
            pages.append(_measured(address, client, seconds))
    return pages, left


def streamed(say: Say) -> dict[str, Any]:
    """The whole feed as ndjson: seconds, records, and the most memory after SHARE of it and at its end, in MB."""
    expected = Service.objects.public().count()
    begin, records, size, early = perf_counter(), 0, 0, 0.0
    for line in _body(_client(""), "/oruk/services/?format=ndjson&full=true"):
        records, size = records + line.count(b"\n"), size + len(line)
        if not early and records >= SHARE * expected:
            early = most_memory()
        if records % 1000 == 0:
            say("Stream", records, expected)
    return {"records": records, "seconds": perf_counter() - begin, "megabytes": size / 1e6, "early": early, "memory": most_memory()}


def _opened(address: Address, clients: dict[str, Client]) -> tuple[Client | None, str]:
    """Somebody who may see the page, and has seen it once; otherwise how it answered."""
    answers = []
    for user in (address.user, ADMINISTRATOR) if address.user == EDITOR else (address.user,):
        client = clients.setdefault(user, _client(user))
        response = client.get(address.path)
        if response.status_code == 200 and not response.streaming:
            return client, ""
        answers.append("a stream" if response.status_code == 200 else str(response.status_code))
    return None, answers[0]


def _measured(address: Address, client: Client, seconds: float) -> Page:
    whole, bare = Samples(), Samples()
    queries = []
    until = perf_counter() + seconds
    while len(whole) < FEWEST or (len(whole) < MOST and perf_counter() < until):
        with _counted() as count:
            whole.timed(lambda: client.get(address.path).content)
        queries.append(count[0])
        if len(bare) < FEWEST:
            bare.timed(lambda: list(Service.objects.order_by("pk")[:BARE]))
    p50, p95, worked, least = whole.at(0.5), whole.at(0.95), Samples(whole.worked).at(0.5), bare.at(0.5)
    return Page(address.name, address.path, len(whole), p50 or 0.0, p95 or 0.0, worked or 0.0, max(queries), least or 0.0)


@contextmanager
def _counted() -> Iterator[list[int]]:
    count = [0]

    def more(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        count[0] += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(more):
        yield count


def _client(user: str) -> Client:
    client = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1", secure=settings.SECURE_SSL_REDIRECT)
    if user:
        client.force_login(User.objects.get(email=user))
    return client


def _body(client: Client, path: str) -> Iterator[bytes]:
    response: Any = client.get(path)
    yield from response.streaming_content if response.streaming else [response.content]
