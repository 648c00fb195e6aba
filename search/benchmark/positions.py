"""Where made-up listings stand: a sample of the postcodes of Great Britain, so that they lie as people live."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from directory.geodata.codepoint import Part, Row, UnreadableFile, parts, read

# Of the 1.7 million postcodes every so many-th is taken.
EVERY = 34


@dataclass(frozen=True, slots=True)
class Positions:
    """Sampled postcodes: compact codes ("HD75AA") and their WGS84 degrees, in the order of the codes."""

    codes: NDArray[np.str_]
    lats: NDArray[np.float64]
    lons: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.codes)

    def save(self, file: Path) -> None:
        """Write them where `load` finds them."""
        np.savez(file, codes=self.codes, lats=self.lats, lons=self.lons)

    @classmethod
    def load(cls, file: Path) -> "Positions":
        with np.load(file) as kept:
            return cls(kept["codes"], kept["lats"], kept["lons"])

    @classmethod
    def of(cls, rows: Collection[Row]) -> "Positions":
        """From rows as the postcode files give them."""
        ordered = sorted(rows)
        return cls(np.array([row[0] for row in ordered]), np.array([row[1] for row in ordered]), np.array([row[2] for row in ordered]))


def sampled(
    *, seed: int, areas: Collection[str] = (), every: int = EVERY, progress: Callable[[int, int], None] = lambda done, of: None
) -> Positions:
    """Every so many-th postcode in use, of the files that come with the product; without them, of those that the site has loaded.

    `areas`: of these postcode areas ("HD") only; the seed says with which one to begin. Raises UnreadableFile where there are none at all.
    """
    try:
        files = parts(areas=areas)
    except UnreadableFile:
        rows = _loaded(areas)
        if not rows:
            raise
        return Positions.of(rows[seed % every :: every] or rows)
    choice = Random(seed)
    taken: list[Row] = []
    for done, part in enumerate(files, start=1):
        taken += _some(part, areas, choice.randrange(every), every)
        progress(done, len(files))
    return Positions.of(taken)


def _some(part: Part, areas: Collection[str], begin: int, every: int) -> list[Row]:
    rows = [row for some in read(part, areas) for row in some if row[3]]
    return rows[begin::every] or rows[:1]


def _loaded(areas: Collection[str]) -> list[Row]:
    from directory.geodata.codepoint import postcode_area
    from directory.geodata.models import Postcode

    loaded = Postcode.objects.filter(live=True).order_by("code").values_list("code", "lat", "lon", "live")
    return [row for row in loaded if not areas or postcode_area(row[0]) in areas]
