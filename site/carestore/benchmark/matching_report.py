"""What `benchmark_matching` says at its end: a table of one request over all services and volunteers, and in words which bars are met."""

from collections.abc import Iterator, Mapping
from typing import Any

from search.benchmark.report import Verdict
from search.benchmark.timing import Samples

# Issue 6: at 10,000 volunteers and 20,000 services.
VOLUNTEERS, SERVICES = 10_000, 20_000
REQUEST_MS = 50.0
HEADINGS = ("one request", "n", "p50", "p95", "CPU p50", "CPU p95", "x bare")
CALLED = {
    "whole": "services and volunteers, with reasons",
    "services": "services alone",
    "volunteers": "volunteers alone",
    "bare": "bare pass of numpy",
    "after_a_change": "right after a volunteer was changed",
    "first": "all volunteers read, once in a process",
    "bare_reading": "the same rows read and decrypted, no more",
}
# Against what a row is held; all others against the bare pass.
BARE = {"first": "bare_reading", "bare_reading": "bare_reading"}


def table(told: Mapping[str, Any]) -> Iterator[str]:
    """In Markdown that reads well in a terminal. Milliseconds; CPU: of our own processor time; x bare: p50 in times the bare pass, or reading."""
    timed = {name: Samples(**samples) for name, samples in told["timed"].items()}
    bare = {name: timed[BARE.get(name, "bare")].at(0.5) or 0.0 for name in timed}
    rows = [HEADINGS, *(_row(CALLED[name], samples, bare[name]) for name, samples in timed.items())]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADINGS))]
    for number, row in enumerate(rows):
        cells = [cell.ljust(width) if at == 0 else cell.rjust(width) for at, (cell, width) in enumerate(zip(row, widths, strict=True))]
        yield f"| {' | '.join(cells)} |"
        if number == 0:
            yield f"|{'|'.join('-' * (width + 2) if at == 0 else '-' * (width + 1) + ':' for at, width in enumerate(widths))}|"


def about(told: Mapping[str, Any]) -> str:
    """What was asked about."""
    return (
        f"{told['volunteers']:,} volunteers held; on average {told['able']:.0f} may take a request and {told['services']:.0f} services are"
        f" listed; for {told['none_able']:.0%} nobody may. {told['memory']:.0f} MB of memory at most."
    )


def verdict(told: Mapping[str, Any], *, volunteers: int, services: int) -> Verdict:
    """Is the bar met at this size? Below it there is none."""
    bar = f"one request, with reasons: p95 under {REQUEST_MS:g} ms at {VOLUNTEERS:,} volunteers and {SERVICES:,} services"
    if volunteers < VOLUNTEERS or services < SERVICES:
        return Verdict(None, f"{bar}: not asked at this size.")
    whole = Samples(**told["timed"]["whole"]).at(0.95) or 0.0
    return Verdict(whole < REQUEST_MS, f"{bar}: {'met' if whole < REQUEST_MS else 'missed'} ({whole:.1f} ms).")


def _row(called: str, samples: Samples, bare: float) -> tuple[str, ...]:
    p50, p95 = samples.at(0.5) or 0.0, samples.at(0.95) or 0.0
    worked = Samples(samples.worked)
    times = f"{p50 / bare:.1f}" if bare else "–"
    return (called, str(len(samples)), f"{p50:.1f}", f"{p95:.1f}", f"{worked.at(0.5) or 0.0:.1f}", f"{worked.at(0.95) or 0.0:.1f}", times)
