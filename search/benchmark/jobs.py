"""The parts of a benchmark that run in processes of their own, so that each has its own memory: `python -m search.benchmark.jobs NAME JSON`.

A job works in a site of its own under the benchmark's folder (CARESTORE_HOME of its environment) and says how far it is, and at its end
what came out, in lines of JSON.
"""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from search.engines.base import Engine
    from search.engines.document import Document

POSITIONS = "positions.npz"
TOLD_EVERY = 0.5


@dataclass(frozen=True, slots=True)
class Task:
    """What a job is told: the benchmark's folder, how many listings, and the address of a search node ("" without one)."""

    folder: str
    listings: int
    seed: int
    today: str
    url: str = ""
    engine: str = "embedded"
    seconds: float = 1.0

    @property
    def index(self) -> Path:
        return Path(self.folder) / "index"

    @property
    def positions(self) -> Path:
        return Path(self.folder) / POSITIONS


def say(text: str, done: int = 0, of: int = 0) -> None:
    """How far it is."""
    print(json.dumps({"text": text, "done": done, "of": of}), flush=True)  # noqa: T201 - the way to the process that waits


def ground(task: Task) -> dict[str, Any]:
    """A database with the tables of the directory, the needs and villages that ship, and the sampled postcodes; nothing else is asked of it."""
    from django.apps import apps
    from django.core.management import call_command
    from django.db import connection

    from directory.geodata.models import Postcode
    from directory.seeding import load_needs
    from search.benchmark.positions import sampled

    positions = sampled(seed=task.seed, progress=lambda done, of: say("Postcodes", done, of))
    positions.save(task.positions)
    with connection.constraint_checks_disabled(), connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy:
                editor.create_model(model)
    rows = zip(positions.codes.tolist(), positions.lats.tolist(), positions.lons.tolist(), strict=True)
    Postcode.objects.bulk_create([Postcode(code=code, lat=lat, lon=lon) for code, lat, lon in rows], batch_size=5_000)
    call_command("load_places", verbosity=0)
    load_needs()
    return {"positions": len(positions)}


def build(task: Task) -> dict[str, Any]:
    """Build the engine from made-up listings, one by one; what making them takes is told apart."""
    from search.benchmark.timing import most_memory, size_of

    made = _Making(task)
    before = most_memory()
    engine = _engine(task, node_only=True)
    begin = time.perf_counter()
    engine.rebuild(iter(made))
    seconds = time.perf_counter() - begin
    megabytes = _stored(task) if task.engine == "opensearch" else size_of(task.index)
    engine.close()
    return {
        "documents": made.documents,
        "seconds": seconds - made.seconds,
        "making": made.seconds,
        "memory": most_memory(),
        "memory_before": before,
        "megabytes": megabytes,
    }


class _Making:
    """The listings, with the time that making them took and how many documents they were."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.seconds = 0.0
        self.documents = 0

    def __iter__(self) -> "Iterator[Document]":
        from search.benchmark.listings import listings
        from search.benchmark.positions import Positions
        from search.benchmark.wording import shipped_wording

        task = self.task
        today = date.fromisoformat(task.today)
        begin = time.perf_counter()
        told = 0.0
        many = listings(task.listings, seed=task.seed, today=today, positions=Positions.load(task.positions), wording=shipped_wording())
        services, last = 0, ""
        for document in many:
            now = time.perf_counter()
            self.seconds += now - begin
            self.documents += 1
            services, last = services + (document.service != last), document.service
            if now - told > TOLD_EVERY:
                told = now
                say(f"Building {task.engine}", services, task.listings)
            yield document
            begin = time.perf_counter()


def ask(task: Task) -> dict[str, Any]:
    """Ask the engine, and the bare ones beside it."""
    from search.benchmark.asking import timed
    from search.benchmark.bare import BareFts, BareOpenSearch
    from search.benchmark.positions import Positions
    from search.benchmark.questions import KINDS_ASKED, Asker
    from search.benchmark.timing import most_memory
    from search.benchmark.wording import shipped_wording
    from search.find import find
    from search.query import Query

    positions, wording = Positions.load(task.positions), shipped_wording()
    before = most_memory()
    engine = _engine(task)
    begin = time.perf_counter()
    find(Query(), engine=engine)
    first = time.perf_counter() - begin
    node = None
    if task.url:
        from search.engines.opensearch.node import connect

        node = BareOpenSearch(*connect(task.url))
    askers = (Asker(positions, wording, seed=task.seed + more) for more in (0, 1))
    kinds = []
    for number, result in enumerate(timed(engine, *askers, seconds=task.seconds, fts=BareFts(task.index), opensearch=node), start=1):
        say(f"Asking {task.engine}", number, len(KINDS_ASKED))
        _answered_itself(engine, result.kind)
        kinds.append({"kind": result.kind, "found": result.found, **{name: asdict(getattr(result, name)) for name in _SAMPLES}})
    return {"first": first, "memory": most_memory(), "memory_before": before, "kinds": kinds}


_SAMPLES = ("whole", "fts", "opensearch")


def _engine(task: Task, *, node_only: bool = False) -> "Engine":
    """The engine to be measured: as a site with a search node has it, or the node's side of it alone."""
    from search.engines.embedded import EmbeddedEngine

    embedded = EmbeddedEngine(task.index)
    if task.engine == "embedded":
        return embedded
    from search.engines.opensearch import opened
    from search.engines.standby import Standby

    node = opened(task.url, words=embedded.lexicon)
    return node if node_only else Standby(node, embedded)


def _answered_itself(engine: "Engine", kind: str) -> None:
    """Times of an index file that stood in for its search node would be no times of the node. Raises SystemExit."""
    from search.engines.embedded import EmbeddedEngine

    if not isinstance(engine, EmbeddedEngine) and (why := getattr(engine, "breaker").why):  # noqa: B009 - the protocol has none
        raise SystemExit(f"The search node did not answer “{kind}” ({why}): nothing was measured.")


def _stored(task: Task) -> float:
    """The size of the node's index in MB."""
    from search.benchmark.timing import MB
    from search.engines.opensearch.node import connect

    client, alias = connect(task.url)
    return float(client.indices.stats(index=alias)["_all"]["primaries"]["store"]["size_in_bytes"]) / MB


JOBS = {"ground": ground, "build": build, "ask": ask}


def main(name: str, told: str) -> None:
    """Do a job and say what came out."""
    import django

    django.setup()
    try:
        result = JOBS[name](Task(**json.loads(told)))
    except KeyboardInterrupt:
        sys.exit(130)
    print(json.dumps({"result": result}), flush=True)  # noqa: T201 - the way to the process that waits


if __name__ == "__main__":
    main(*sys.argv[1:])
