"""Where the places of a question are: the gazetteer of search.understand, answered by directory.geodata."""

from collections.abc import Callable, Mapping
from functools import cached_property
from time import monotonic

from directory.geodata.locating import (
    Located,
    Retired,
    district_of,
    find_postcode,
    fold,
    installed_set,
    locate,
    place_vocabulary,
    suggest_postcode,
)
from directory.geodata.models import Area
from search.query import Spot

_KINDS = {"postcode": "postcode", "district": "half_postcode"}


class Places:
    """Postcodes, half postcodes and names as the ground knows them; what was looked up is kept for KEPT_SECONDS, since areas may change."""

    KEPT_SECONDS = 60
    KEPT_MOST = 2000

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Spot | None] = {}
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
        if (kind, text) not in self._kept:
            found = look_up(text)
            self._kept[kind, text] = spot_of(found) if found is not None else None
        return self._kept[kind, text]

    def around(self, lat: float, lon: float, name: str) -> Spot:
        """The spot of a position that was given in numbers."""
        district = district_of(lat, lon)
        return Spot(name, "point", lat, lon, _areas_at(lat, lon), (district,) if district else ())

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


def spot_of(found: Located | Retired) -> Spot:
    """A located place as the finder uses it, with the codes of all areas that a served area may name."""
    kind = "postcode" if isinstance(found, Retired) else _KINDS.get(str(found.kind), "village")
    here = installed_set()
    areas = [f"{here.pk}:{code}" for code in found.area_codes] if here else []
    areas += [code for code in _areas_at(found.lat, found.lon) if code not in areas]
    return Spot(found.name, kind, found.lat, found.lon, tuple(areas), (found.postcode_district,), isinstance(found, Retired))


def _areas_at(lat: float, lon: float) -> tuple[str, ...]:
    """The areas of every set, the installed one or not, that hold a position: a service may name any of them."""
    from shapely import Point

    boxes = Area.objects.filter(west__lte=lon, east__gte=lon, south__lte=lat, north__gte=lat).order_by("area_set_id", "code")
    point = Point(lon, lat)
    return tuple(f"{area.area_set_id}:{area.code}" for area in boxes if area.outline.covers(point))
