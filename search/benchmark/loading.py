"""Load on a web server of this machine: two processes that ask for pages over connections that stay open."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import cycle
from multiprocessing import get_context
from multiprocessing.connection import Connection
from os import sysconf
from pathlib import Path

CLIENTS = 2


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests per second, and milliseconds of the server's processor for each."""

    per_second: float
    work: float


class BadAnswer(Exception):
    """A page that should have come did not."""


def rate(port: int, pid: int, paths: Sequence[str], *, seconds: float) -> Rate:
    """How many of these pages a server gives in a second; `pid` is the process that works. Raises BadAnswer."""
    spawn = get_context("spawn")
    working = worked(pid)
    ends, clients = [], []
    for number in range(CLIENTS):
        here, there = spawn.Pipe(duplex=False)
        clients.append(spawn.Process(target=ask, args=(there, port, [*paths[number:], *paths[:number]], seconds), daemon=True))
        ends.append(here)
    for client in clients:
        client.start()
    try:
        answers: list[tuple[int, float] | str] = [end.recv() for end in ends]
    finally:
        for client in clients:
            client.terminate()
            client.join()
    told = [answer for answer in answers if not isinstance(answer, str)]
    if len(told) < len(answers):
        raise BadAnswer(next(answer for answer in answers if isinstance(answer, str)))
    asked = sum(count for count, _ in told)
    return Rate(sum(count / took for count, took in told), (worked(pid) - working) * 1000 / asked)


def ask(end: "Connection[tuple[int, float] | str, None]", port: int, paths: Sequence[str], seconds: float) -> None:
    """Ask for one page after the other for so long, and send how many came and how long that took, or what went wrong."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    begin = time.perf_counter()
    for count, path in enumerate(cycle(paths), start=1):
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            end.send(f"{path.partition('?')[0]} answered {answer.status}.")
            return
        if (took := time.perf_counter() - begin) >= seconds:
            end.send((count, took))
            return


def worked(pid: int) -> float:
    """Seconds of the processor that a process has used; 0.0 where the system does not tell."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / sysconf("SC_CLK_TCK")
