"""What the benchmark says at its end: a table of the pages, the slowest first, and in words which bars are met."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from carestore.benchmark.asking import SHARE, Page
from search.benchmark.report import Verdict

# Issue 5: at 20,000 organisations and 40,000 services on two cores.
ORGANISATIONS, SERVICES = 20_000, 40_000
PAGE_MS, FULL_MS = 300.0, 250.0
LIST_QUERIES = 15
# Between a part of the feed and the whole of it, nothing of its size may stay in memory.
GROWTH_MB = 30.0
FULL = "oruk-services?full=true"
HEADINGS = ("page", "n", "p50", "p95", "CPU", "queries", "x bare")


def table(pages: Sequence[Page]) -> Iterator[str]:
    """In Markdown that reads well in a terminal. Milliseconds; CPU: the median of our own processor time; x: times the bare query."""
    rows = [HEADINGS, *(_row(page) for page in sorted(pages, key=lambda page: -page.p50))]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADINGS))]
    for number, row in enumerate(rows):
        cells = [cell.ljust(width) if at == 0 else cell.rjust(width) for at, (cell, width) in enumerate(zip(row, widths, strict=True))]
        yield f"| {' | '.join(cells)} |"
        if number == 0:
            yield f"|{'|'.join('-' * (width + 2) if at == 0 else '-' * (width + 1) + ':' for at, width in enumerate(widths))}|"


def verdicts(pages: Sequence[Page], stream: Mapping[str, Any] | None, *, organisations: int, services: int) -> list[Verdict]:
    """Which bars are met at this size; below it none is."""
    if organisations < ORGANISATIONS or services < SERVICES:
        return [Verdict(None, f"The bars hold at {ORGANISATIONS:,} organisations and {SERVICES:,} services.")]
    judged = [_pages(pages), _lists(pages), *(_full(page, pages) for page in pages if page.name == FULL)]
    return [*judged, _stream(stream)] if stream else judged


def streamed(told: Mapping[str, Any]) -> str:
    """How the whole feed went, in a sentence."""
    return (
        f"The whole feed as ndjson, full: {told['records']:,} records, {told['megabytes']:.0f} MB in {told['seconds']:.0f} s;"
        f" {told['early']:.0f} MB of memory at most after {SHARE:.0%} of it, {told['memory']:.0f} MB at its end."
    )


def _row(page: Page) -> tuple[str, ...]:
    times = f"{page.times_bare:.1f}"
    return (page.name, str(page.asked), f"{page.p50:.0f}", f"{page.p95:.0f}", f"{page.worked:.0f}", str(page.queries), times)


def _pages(pages: Sequence[Page]) -> Verdict:
    of_rooms = [page for page in pages if page.path.startswith(("/partner/", "/admin/", "/account/"))]
    slow = [f"{page.name} {page.p50:.0f}" for page in of_rooms if page.p50 >= PAGE_MS]
    bar = f"pages of partners and staff: median under {PAGE_MS:g} ms"
    return _verdict(bar, slow, len(of_rooms), max((page.p50 for page in of_rooms), default=0.0))


def _lists(pages: Sequence[Page]) -> Verdict:
    lists = [page for page in pages if page.name.partition("?")[0].endswith((":list", ":list_results"))]
    many = [f"{page.name} {page.queries}" for page in lists if page.queries > LIST_QUERIES]
    bar = f"lists of the editors' admin: at most {LIST_QUERIES} queries"
    return _verdict(bar, many, len(lists), max((page.queries for page in lists), default=0))


def _verdict(bar: str, missing: Sequence[str], of: int, most: float) -> Verdict:
    if missing:
        return Verdict(False, f"{bar}: missed by {len(missing)} of {of} ({', '.join(missing)}).")
    return Verdict(True, f"{bar}: met by all {of} (at most {most:.0f}).")


def _full(page: Page, pages: Sequence[Page]) -> Verdict:
    """Another page of the same list may not need more queries."""
    others = {other.queries for other in pages if other.name.startswith(FULL)}
    met = page.p50 < FULL_MS and len(others) == 1
    bar = f"open data: 50 full records under {FULL_MS:g} ms and a constant number of queries"
    counts = "/".join(map(str, sorted(others)))
    return Verdict(met, f"{bar}: {'met' if met else 'missed'} ({page.p50:.0f} ms, {counts} queries).")


def _stream(told: Mapping[str, Any]) -> Verdict:
    met = told["memory"] - told["early"] < GROWTH_MB
    return Verdict(
        met, f"open data: the whole feed in constant memory: {'met' if met else 'missed'} ({told['early']:.0f} to {told['memory']:.0f} MB)."
    )
