"""The first part of a benchmark: both engines at a size, each asked in a process of its own."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from search.benchmark.jobs import Task
from search.benchmark.report import Line
from search.benchmark.running import Progress, job, search_node, surroundings


@dataclass(frozen=True, slots=True)
class Measured:
    """What came out for one engine: what the jobs `build` and `ask` told, and a line for each kind of question."""

    engine: str
    built: dict[str, Any]
    asked: dict[str, Any]

    @property
    def lines(self) -> list[Line]:
        return [Line.of(kind) for kind in self.asked["kinds"]]

    def as_json(self) -> dict[str, Any]:
        told = {name: value for name, value in self.asked.items() if name != "kinds"}
        return {"engine": self.engine, "build": self.built, "search": told, "kinds": [_told(line) for line in self.lines]}


def _told(line: Line) -> dict[str, Any]:
    return {**asdict(line), "times_fts": line.times_fts, "times_opensearch": line.times_opensearch}


def measured(
    engines: Sequence[str],
    *,
    folder: Path,
    listings: int,
    seed: int,
    seconds: float,
    url: str,
    today: date,
    progress: Progress,
) -> list[Measured]:
    """Build and ask the engines named. The embedded one is built in any case: a site with a search node has it as well.

    `url` is that of a search node, "" to start one where it is needed. Raises JobFailed.
    """
    environment = surroundings(folder / "site")
    task = Task(str(folder), listings, seed, today.isoformat(), seconds=seconds)
    with search_node(url, folder / "node") if "opensearch" in engines else nullcontext("") as node:
        job("ground", task, environment, progress)
        built = {"embedded": job("build", task, environment, progress)}
        if node:
            built["opensearch"] = job("build", replace(task, engine="opensearch", url=node), environment, progress)
        return [
            Measured(engine, built[engine], job("ask", replace(task, engine=engine, url=node), environment, progress)) for engine in engines
        ]
