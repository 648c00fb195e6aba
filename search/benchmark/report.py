"""What a benchmark says at its end: a table per engine, and in words which bars are met."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from search.benchmark.timing import Samples

# Where the bars hold, and the bars (issue 4): two cores, with reasons and facets.
EMBEDDED_LISTINGS = 20_000
NODE_LISTINGS = 200_000
FIND_MS, MAP_MS = 15.0, 10.0
NODE_RATIO = 2.0
BUILD_SECONDS, BUILD_MB = 180.0, 300.0
MAP = "map, "


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of question to one engine: how many services fit on average, and milliseconds.

    `worked95` is p95 of the processor's time in our process; `fts` and `opensearch` are the medians of the bare queries beside it.
    """

    kind: str
    asked: int
    found: float
    p50: float
    p95: float
    p99: float
    worked95: float
    fts: float | None
    opensearch: float | None

    @property
    def times_fts(self) -> float | None:
        """How many times the median of the bare query."""
        return self.p50 / self.fts if self.fts else None

    @property
    def times_opensearch(self) -> float | None:
        """The same for the search node's."""
        return self.p50 / self.opensearch if self.opensearch else None

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Line":
        """From what the job `ask` tells of a kind."""
        whole, fts, node = (Samples(**told[name]) for name in ("whole", "fts", "opensearch"))
        p50, p95, p99 = (whole.at(share) or 0.0 for share in (0.5, 0.95, 0.99))
        worked = Samples(whole.worked).at(0.95) or 0.0
        return cls(told["kind"], len(whole), told["found"], p50, p95, p99, worked, fts.at(0.5), node.at(0.5))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a bar is met (None where it does not hold at this size), and the sentence that says so."""

    met: bool | None
    text: str


HEADINGS = ("asked for", "n", "fit", "p50", "p95", "p99", "p95 CPU", "bare FTS5", "x", "bare node", "x")


def table(lines: Sequence[Line]) -> Iterator[str]:
    """The table of one engine, in Markdown that reads well in a terminal. Milliseconds; x: times the median of the bare query."""
    rows = [HEADINGS, *(_row(line) for line in lines)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADINGS))]
    for number, row in enumerate(rows):
        cells = [cell.ljust(width) if at == 0 else cell.rjust(width) for at, (cell, width) in enumerate(zip(row, widths, strict=True))]
        yield f"| {' | '.join(cells)} |"
        if number == 0:
            yield f"|{'|'.join('-' * (width + 2) if at == 0 else '-' * (width + 1) + ':' for at, width in enumerate(widths))}|"


def _row(line: Line) -> tuple[str, ...]:
    numbers = (line.p50, line.p95, line.p99, line.worked95, line.fts, line.times_fts, line.opensearch, line.times_opensearch)
    return (line.kind, str(line.asked), f"{line.found:,.0f}", *("–" if number is None else f"{number:.1f}" for number in numbers))


def built(engine: str, told: Mapping[str, Any], listings: int) -> str:
    """How the building went, in a sentence."""
    return (
        f"{engine}: {listings:,} listings ({told['documents']:,} documents) built in {told['seconds']:.1f} s (and {told['making']:.1f} s to make them up),"
        f" {told['megabytes']:.0f} MB on disk, {told['memory']:.0f} MB of our memory at most"
        f" ({told['memory_before']:.0f} MB before anything was built)."
    )


def searched(engine: str, told: Mapping[str, Any]) -> str:
    """What a process that searches costs, in a sentence."""
    return (
        f"{engine}: a searching process holds {told['memory']:.0f} MB at most ({told['memory_before']:.0f} MB before the first question);"
        f" its first question takes {told['first']:.2f} s."
    )


def verdicts(engine: str, lines: Sequence[Line], built: Mapping[str, Any], listings: int) -> list[Verdict]:
    """Which bars one engine meets at this size."""
    judged = _embedded(lines, listings) if engine == "embedded" else [_node(lines, listings)]
    return [*judged, _building(engine, built, listings)]


def _embedded(lines: Sequence[Line], listings: int) -> list[Verdict]:
    verdicts = []
    for what, limit, some in (
        ("questions", FIND_MS, [line for line in lines if not line.kind.startswith(MAP)]),
        ("maps", MAP_MS, [line for line in lines if line.kind.startswith(MAP)]),
    ):
        slow = [f"{line.kind} {line.p95:.1f}" for line in some if line.p95 >= limit]
        working = [f"{line.kind} {line.worked95:.1f}" for line in some if line.worked95 >= limit]
        bar = f"embedded, {what}: p95 under {limit:g} ms at {EMBEDDED_LISTINGS:,} listings"
        if listings > EMBEDDED_LISTINGS:
            verdicts.append(Verdict(None, f"{bar}: at {listings:,} there is no bar."))
        elif slow:
            verdicts.append(Verdict(False, f"{bar}: missed by {len(slow)} of {len(some)} kinds ({', '.join(slow)}); {_alone(working)}."))
        else:
            verdicts.append(Verdict(True, f"{bar}: met by every kind (slowest {max(line.p95 for line in some):.1f})."))
    return verdicts


def _alone(working: Sequence[str]) -> str:
    """What is left where others use the machine as well."""
    if not working:
        return "in the processor's own time it is met by every kind"
    return f"in the processor's own time it is missed by {len(working)} ({', '.join(working)})"


def _node(lines: Sequence[Line], listings: int) -> Verdict:
    bar = f"opensearch: under {NODE_RATIO:g} times the bare query at {NODE_LISTINGS:,} listings"
    if listings < NODE_LISTINGS:
        return Verdict(None, f"{bar}: at {listings:,} there is no bar.")
    compared = [line for line in lines if line.times_opensearch is not None]
    slow = [f"{line.kind} {line.times_opensearch:.1f}" for line in compared if (line.times_opensearch or 0) >= NODE_RATIO]
    if slow:
        return Verdict(False, f"{bar}: missed by {len(slow)} of {len(compared)} kinds ({', '.join(slow)}).")
    return Verdict(True, f"{bar}: met by every kind.")


def _building(engine: str, told: Mapping[str, Any], listings: int) -> Verdict:
    bar = f"{engine}: {NODE_LISTINGS:,} listings rebuilt in under {BUILD_SECONDS:g} s and {BUILD_MB:g} MB of our memory"
    said = f"{told['seconds']:.0f} s, {told['memory']:.0f} MB"
    if listings < NODE_LISTINGS:
        return Verdict(None, f"{bar}: at {listings:,} there is no bar ({said}).")
    met = told["seconds"] < BUILD_SECONDS and told["memory"] < BUILD_MB
    return Verdict(met, f"{bar}: {'met' if met else 'missed'} ({said}).")
