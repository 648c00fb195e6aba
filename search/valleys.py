"""Miles by road between villages whose way leads round a hill: a small table, read once. Where it says nothing, distances are crow-flies.

The table is the co-op's own or the one that comes with the product; directory.geodata.valley_roads says which, and checks it.
"""

import csv
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from directory.geodata.valley_roads import table_in_use
from search import tokens

_NOWHERE: Mapping[str, float] = {}


def locality(name: str) -> str:
    """The one spelling of a village by which the table knows it, "" where it does not."""
    spelled = " ".join(tokens.split(name))
    return spelled if spelled in _roads() else ""


def road_miles(locality: str) -> Mapping[str, float]:
    """Miles by road from a village to others, each folded; nothing for one that is not in the table."""
    return _roads().get(locality, _NOWHERE)


def _roads() -> dict[str, dict[str, float]]:
    file = table_in_use()
    return _read(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _read(file: Path, written: int) -> dict[str, dict[str, float]]:
    """Both ways are the same; from a village to itself it is no way at all. `written` is only part of the key."""
    roads: dict[str, dict[str, float]] = {}
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            one, other = (" ".join(tokens.split(row[end])) for end in ("from", "to"))
            roads.setdefault(one, {})[other] = roads.setdefault(other, {})[one] = float(row["miles"])
    return roads
