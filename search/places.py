"""Where the places of a question are: the gazetteer of search.understand, answered by directory.geodata."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean
from time import monotonic

from directory.area_words import halves_of_region, small_regions
from directory.drawn_areas import drawn_around, drawn_at, shares_of_drawn
from directory.geodata.grounds import SOME, Ground, areas_at, ground_of_half, ground_of_place, stand_of
from directory.geodata.localities import Localities
from directory.geodata.locating import district_of, fold, half_of, localities, place_vocabulary, suggest_postcode
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
        self._villages: Localities | None = None

    def postcode(self, text: str) -> Spot | None:
        return self._keep("postcode", text, _postcode)

    def half_postcode(self, text: str) -> Spot | None:
        return self._keep("half", text, _half)

    def named(self, name: str) -> Spot | None:
        folded = fold(name)
        if folded not in self._vocabulary:
            return None
        return self._keep("name", folded, _region if folded in small_regions() else _village)

    def _keep(self, kind: str, text: str, look_up: "Callable[[str, Localities], _Kept | None]") -> Spot | None:
        villages = self._renewed()
        kept = self._kept.get((kind, text))
        if kept is None and (kind, text) in self._kept:
            return None
        if kept is None or kept.drawn != drawn_around(*kept.box):
            self._kept[kind, text] = kept = look_up(text, villages)
        return kept.spot if kept is not None else None

    def _renewed(self) -> Localities:
        """The table of villages, read anew when all that is kept is."""
        if self._villages is None or monotonic() - self._since > self.KEPT_SECONDS or len(self._kept) > self.KEPT_MOST:
            self._kept, self._since, self._villages = {}, monotonic(), localities()
        return self._villages

    def around(self, lat: float, lon: float, name: str) -> Spot:
        """The spot of a position that was given in numbers."""
        district = district_of(lat, lon)
        inside, _ = drawn_at(lat, lon)
        districts = (district,) if district else ()
        village = locality(self._renewed().at(lat, lon))
        return Spot(name, "point", lat, lon, (*areas_at(lat, lon), *inside), districts, locality=village)

    def suggest(self, text: str) -> str | None:
        return suggest_postcode(text)

    def words(self) -> Mapping[str, int]:
        return self._words

    def longest(self) -> int:
        return self._longest

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        return small_regions() | place_vocabulary().keys()

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


def _postcode(text: str, villages: Localities) -> _Kept | None:
    """Its position lies in its areas; some of its doors may lie in those whose line runs close by."""
    found = stand_of(text)
    if found is None:
        return None
    lat, lon = found.lat, found.lon
    box = _box_of([(lat, lon)])
    drawn = drawn_around(*box)
    inside, beside = drawn_at(lat, lon, EDGE_METRES, among=drawn)
    areas, maybe = _areas((*areas_at(lat, lon), *inside), (*found.beside, *beside))
    village = locality(villages.at(lat, lon))
    spot = Spot(found.name, "postcode", lat, lon, areas, (found.district,), not found.live, village, maybe)
    return _Kept(spot, box, drawn)


def _half(text: str, villages: Localities) -> _Kept | None:
    """It is no point: only the areas that hold it whole are sure to hold whoever asks, and no road leads from its middle."""
    half, ground = half_of(text), ground_of_half(text)
    if half is None or not ground.positions:
        return None
    return _without_a_middle(half.name, (half.district,), ground)


def _without_a_middle(name: str, districts: tuple[str, ...], ground: Ground) -> _Kept:
    lat, lon = (fmean(each) for each in zip(*ground.positions, strict=True))
    box = _box_of(ground.positions)
    drawn = drawn_around(*box)
    shares = _shares(ground, drawn)
    areas, maybe = _areas((code for code, share in shares.items() if share >= WHOLE), shares)
    return _Kept(Spot(name, "half_postcode", lat, lon, areas, districts, areas_maybe=maybe), box, drawn)


def _region(text: str, villages: Localities) -> _Kept | None:
    """A valley is its half postcodes together, and like them no point."""
    region = halves_of_region(text)
    grounds = [ground for half in region[1] if (ground := ground_of_half(half)).positions] if region else []
    if region is None or not grounds:
        return None
    positions = tuple(position for ground in grounds for position in ground.positions)
    shares: dict[str, float] = {}
    for ground in grounds:
        for code, share in ground.shares.items():
            shares[code] = shares.get(code, 0.0) + share * len(ground.positions) / len(positions)
    return _without_a_middle(region[0], region[1], Ground(positions, region[1], shares))


def _village(text: str, villages: Localities) -> _Kept | None:
    """The areas around its middle are meant; those that hold some of it besides may hold whoever asks."""
    place = place_vocabulary().get(fold(text))
    if place is None:
        return None
    ground = ground_of_place(place, villages)
    box = _box_of([(place.lat, place.lon), *ground.positions])
    drawn = drawn_around(*box)
    inside, _ = drawn_at(place.lat, place.lon, among=drawn)
    some = (code for code, share in _shares(ground, drawn).items() if share >= SOME)
    areas, maybe = _areas((*areas_at(place.lat, place.lon), *inside), some)
    village = locality(villages.at(place.lat, place.lon))
    spot = Spot(place.name, "village", place.lat, place.lon, areas, ground.districts, locality=village, areas_maybe=maybe)
    return _Kept(spot, box, drawn)


def _shares(ground: Ground, drawn: Sequence[str]) -> dict[str, float]:
    """The share of a ground's postcodes in each area, the largest first."""
    shares = {**ground.shares, **shares_of_drawn(ground.positions, among=drawn)}
    return dict(sorted(shares.items(), key=lambda item: (-item[1], item[0])))


def _areas(surely: Iterable[str], perhaps: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """All areas, the sure ones first, and those that only perhaps hold whoever asks."""
    surely = tuple(surely)
    maybe = tuple(code for code in perhaps if code not in surely)
    return (*surely, *maybe), maybe


def _box_of(positions: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    """West, south, east, north of all that the place stands for, and a street's width around."""
    lats, lons = zip(*positions, strict=True)
    return min(lons) - STREET, min(lats) - STREET, max(lons) + STREET, max(lats) + STREET
