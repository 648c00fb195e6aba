"""Miles by road between villages whose way leads round a hill: a small table, read once. Where it says nothing, distances are crow-flies."""

import csv
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import directory
from search import tokens

ROADS = Path(directory.__file__).parent / "data" / "valley_roads.csv"
_NOWHERE: Mapping[str, float] = {}


def locality(name: str) -> str:
    """The one spelling of a village by which the table knows it, "" where it does not."""
    spelled = " ".join(tokens.split(name))
    return spelled if spelled in _roads() else ""


def road_miles(locality: str) -> Mapping[str, float]:
    """Miles by road from a village to others, each folded; nothing for one that is not in the table."""
    return _roads().get(locality, _NOWHERE)


@lru_cache(maxsize=1)
def _roads() -> dict[str, dict[str, float]]:
    """Both ways are the same; from a village to itself it is no way at all."""
    roads: dict[str, dict[str, float]] = {}
    if not ROADS.exists():
        return roads
    with ROADS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            one, other = (" ".join(tokens.split(row[end])) for end in ("from", "to"))
            roads.setdefault(one, {})[other] = roads.setdefault(other, {})[one] = float(row["miles"])
    return roads
