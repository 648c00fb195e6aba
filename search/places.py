"""Where the places of a question are: the gazetteer of search.understand, answered by directory.geodata."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from time import monotonic

from directory.drawn_areas import drawn_around, drawn_at, shares_of_drawn
from directory.geodata.grounds import SOME, Ground, areas_at, areas_beside, ground_of_half, ground_of_place
from directory.geodata.locating import (
    Located,
    Retired,
    district_of,
    find_postcode,
    fold,
    locality_of,
    locate,
    place_vocabulary,
    suggest_postcode,
)
from directory.geodata.membership import EDGE_METRES
from search.query import Spot
from search.valleys import locality

# An area that holds this share of a half postcode's postcodes holds it whole; the rest are positions a few metres off.
WHOLE = 0.98
# In degrees, more than EDGE_METRES either way.
STREET = 0.001


@dataclass(frozen=True, slots=True)
class _Kept:
    """A spot that was looked up; it holds as long as the drawn areas around it are the same."""

    spot: Spot
    box: tuple[float, float, float, float]
    drawn: tuple[str, ...]


class Places:
    """Postcodes, half postcodes and names as the ground knows them.

    What was looked up is kept for KEPT_SECONDS, since areas may be loaded anew; drawn areas, which partners change, count at once.
    """

    KEPT_SECONDS = 60
    KEPT_MOST = 2000

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], _Kept | None] = {}
        self._since = monotonic()

    def postcode(self, text: str) -> Spot | None:
        return self._keep("postcode", text, find_postcode)

    def half_postcode(self, text: str) -> Spot | None:
        return self._keep("half", text, lambda half: found if (found := locate(half)) and found.kind == "district" else None)

    def named(self, name: str) -> Spot | None:
        return self._keep("name", name, locate) if fold(name) in self._vocabulary else None

    def _keep(self, kind: str, text: str, look_up: Callable[[str], Located | Retired | None]) -> Spot | None:
        if monotonic() - self._since > self.KEPT_SECONDS or len(self._kept) > self.KEPT_MOST:
            self._kept, self._since = {}, monotonic()
        kept = self._kept.get((kind, text))
        if kept is None and (kind, text) in self._kept:
            return None
        if kept is None or kept.drawn != drawn_around(*kept.box):
            found = look_up(text)
            self._kept[kind, text] = kept = _looked_up(found) if found is not None else None
        return kept.spot if kept is not None else None

    def around(self, lat: float, lon: float, name: str) -> Spot:
        """The spot of a position that was given in numbers."""
        district = district_of(lat, lon)
        inside, _ = drawn_at(lat, lon)
        districts = (district,) if district else ()
        return Spot(name, "point", lat, lon, (*areas_at(lat, lon), *inside), districts, locality=locality(locality_of(lat, lon)))

    def suggest(self, text: str) -> str | None:
        return suggest_postcode(text)

    def words(self) -> Mapping[str, int]:
        return self._words

    def longest(self) -> int:
        return self._longest

    @cached_property
    def _vocabulary(self) -> Mapping[str, object]:
        return place_vocabulary()

    @cached_property
    def _words(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for name in self._vocabulary:
            for word in name.split():
                counts[word] = counts.get(word, 0) + 1
        return counts

    @cached_property
    def _longest(self) -> int:
        return max((len(name.split()) for name in self._vocabulary), default=1)


def _looked_up(found: Located | Retired) -> _Kept:
    """A located place as the finder uses it, with the codes of all areas, drawn ones too, that a served area may name."""
    if isinstance(found, Retired) or found.kind == "postcode":
        ground, spot_of = Ground(), _postcode
    elif found.kind == "district":
        ground, spot_of = ground_of_half(found.name), _half
    else:
        ground, spot_of = ground_of_place(found.name), _village
    box = _box_of(found, ground)
    drawn = drawn_around(*box)
    return _Kept(spot_of(found, ground), box, drawn)


def _postcode(found: Located | Retired, ground: Ground) -> Spot:
    """Its position lies in its areas; some of its doors may lie in those whose line runs close by."""
    inside, beside = drawn_at(found.lat, found.lon, EDGE_METRES)
    surely = (*areas_at(found.lat, found.lon), *inside)
    spot = _spot(found, "postcode", surely, (*areas_beside(found.name), *beside), (found.postcode_district,))
    return replace(spot, retired=isinstance(found, Retired), locality=locality(locality_of(found.lat, found.lon)))


def _half(found: Located | Retired, ground: Ground) -> Spot:
    """It is no point: only the areas that hold it whole are sure to hold whoever asks, and no road leads from its middle."""
    shares = _shares(ground)
    surely = tuple(code for code, share in shares.items() if share >= WHOLE)
    return _spot(found, "half_postcode", surely, tuple(shares), (found.postcode_district,))


def _village(found: Located | Retired, ground: Ground) -> Spot:
    """The areas around its middle are meant; those that hold some of it besides may hold whoever asks."""
    inside, _ = drawn_at(found.lat, found.lon)
    some = tuple(code for code, share in _shares(ground).items() if share >= SOME)
    spot = _spot(found, "village", (*areas_at(found.lat, found.lon), *inside), some, ground.districts or (found.postcode_district,))
    return replace(spot, locality=locality(locality_of(found.lat, found.lon)))


def _shares(ground: Ground) -> dict[str, float]:
    """The share of a ground's postcodes in each area, the largest first."""
    shares = {**ground.shares, **shares_of_drawn(ground.positions)}
    return dict(sorted(shares.items(), key=lambda item: (-item[1], item[0])))


def _spot(found: Located | Retired, kind: str, surely: tuple[str, ...], perhaps: tuple[str, ...], districts: tuple[str, ...]) -> Spot:
    maybe = tuple(code for code in perhaps if code not in surely)
    return Spot(found.name, kind, found.lat, found.lon, (*surely, *maybe), districts, areas_maybe=maybe)


def _box_of(found: Located | Retired, ground: Ground) -> tuple[float, float, float, float]:
    """West, south, east, north of all that the place stands for, and a street's width around."""
    lats, lons = zip((found.lat, found.lon), *ground.positions, strict=True)
    return min(lons) - STREET, min(lats) - STREET, max(lons) + STREET, max(lats) + STREET
