"""The tables of one period: counted once, put under the count rule, and left out where most of their cells would hide."""

from collections import Counter
from itertools import product
from typing import Any

from directory.geodata.locating import installed_set
from matching.statistics.counting import Period, count_rule
from matching.statistics.menu import MEASURES, STEPS, UNKNOWN_AREA, Measure, domain

Table = dict[str, Any]


def tables_of(period: Period) -> list[Table]:
    """All tables that a release of this period shows: [{measure, dims, period, rows: [{dim: code, …, count, shown}]}]."""
    area_set = installed_set()
    set_slug = area_set.slug if area_set else ""
    codes = list(area_set.areas.order_by("code").values_list("code", flat=True)) if area_set else []
    return [table for measure in MEASURES.values() for table in _tables_of(measure, period, set_slug, codes)]


def _tables_of(measure: Measure, period: Period, set_slug: str, areas: list[str]) -> list[Table]:
    counts = _count(measure, period, set_slug, set(areas))
    tables = []
    for dims in STEPS:
        if period.is_month and (len(dims) > 1 or "area" in dims):
            continue
        cells = _project(counts, dims)
        if _mostly_shown(cells) or dims == ():
            tables.append({"measure": measure.slug, "dims": list(dims), "period": period.code, "rows": _rows(cells, dims, areas)})
    return tables


def _count(measure: Measure, period: Period, set_slug: str, areas: set[str]) -> Counter[tuple[str, str, str]]:
    """True counts by (element, need, area); an area of another set, or none, counts as not known."""
    rows = measure.rows(period).values_list("need__element_id", "need_id", "area_set", "area_code")
    return Counter(
        (element, need, code if stored == set_slug and code in areas else UNKNOWN_AREA) for element, need, stored, code in rows.iterator()
    )


def _project(counts: Counter[tuple[str, str, str]], dims: tuple[str, ...]) -> Counter[tuple[str, ...]]:
    cells: Counter[tuple[str, ...]] = Counter()
    for (element, need, area), n in counts.items():
        values = {"element": element, "need": need, "area": area}
        cells[tuple(values[dim] for dim in dims)] += n
    return cells


def _mostly_shown(cells: Counter[tuple[str, ...]]) -> bool:
    """Do at least half of the cells that are not nought show a number? A table without any does."""
    filled = [n for n in cells.values() if n]
    return 2 * sum(count_rule(n).is_number for n in filled) >= len(filled)


def _rows(cells: Counter[tuple[str, ...]], dims: tuple[str, ...], areas: list[str]) -> list[dict[str, Any]]:
    rows = []
    for values in product(*(domain(dim, areas) for dim in dims)):
        shown = count_rule(cells[values])
        rows.append({**dict(zip(dims, values, strict=True)), "count": shown.count, "shown": shown.shown})
    return rows
