"""Which areas of every set hold what people name: a position, a postcode on a line, a half postcode, a village. A village is no point.

Areas are named `<id of the set>:<code>`, as the finder names them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import cos, radians
from uuid import UUID

from django.db.models import Count

from directory.geodata.localities import MILES_IN_A_DEGREE, MOST_MILES
from directory.geodata.locating import PlaceName, fold, localities, normalise_postcode, place_vocabulary, postcodes_of_half
from directory.geodata.models import Area, Postcode, PostcodeArea

# Of the postcodes of a village, this share makes it lie in a half postcode; fewer are a slip of the nearest-village rule.
SOME = 0.1
CHUNK = 500

# A compact postcode, latitude, longitude.
Row = tuple[str, float, float]


@dataclass(frozen=True)
class Ground:
    """What a name on a map stands for: the positions (lat, lon) of its live postcodes, none where no postcodes are loaded.

    `shares`: of these postcodes, the share that lies in each area; `districts`: their half postcodes, the most frequent first.
    """

    positions: tuple[tuple[float, float], ...] = ()
    districts: tuple[str, ...] = ()
    shares: Mapping[str, float] = field(default_factory=dict)


def areas_at(lat: float, lon: float) -> tuple[str, ...]:
    """The areas of every set, the installed one or not, that hold a position; edges count as inside."""
    from shapely import Point

    boxes = Area.objects.filter(west__lte=lon, east__gte=lon, south__lte=lat, north__gte=lat).order_by("area_set_id", "code")
    point = Point(lon, lat)
    return tuple(_named(area.area_set_id, area.code) for area in boxes if area.outline.covers(point))


def areas_beside(postcode: str) -> tuple[str, ...]:
    """The areas whose line runs so close to a postcode's position that some of its doors may be inside."""
    rows = PostcodeArea.objects.filter(postcode_id=normalise_postcode(postcode), main=False).order_by("area__area_set_id", "area__code")
    return tuple(_named(*row) for row in rows.values_list("area__area_set_id", "area__code"))


def ground_of_half(text: str) -> Ground:
    """The ground of a half postcode (HD7), or of one with the next digit (HD7 5)."""
    postcodes = postcodes_of_half(text)
    if postcodes is None:
        return Ground()
    rows = list(postcodes.order_by("code").values_list("code", "lat", "lon"))
    return Ground(_positions(rows), tuple(_districts(rows)), _shares(rows))


def ground_of_place(name: str) -> Ground:
    """The ground of a town or village: the postcodes that are nearer to its middle than to any other's.

    Half postcodes in which only a few of them lie are left out; its own one, of the gazetteer, always counts.
    """
    place = place_vocabulary().get(fold(name))
    if place is None:
        return Ground()
    rows = _postcodes_nearest(place)
    some = (district for district, many in _districts(rows).items() if many >= SOME * len(rows))
    return Ground(_positions(rows), tuple(dict.fromkeys([place.postcode_district, *some])), _shares(rows))


def _positions(rows: Sequence[Row]) -> tuple[tuple[float, float], ...]:
    return tuple((lat, lon) for _, lat, lon in rows)


def _districts(rows: Sequence[Row]) -> dict[str, int]:
    """How many of the postcodes lie in each half postcode, the most frequent first."""
    return dict(Counter(code[:-3] for code, _, _ in rows).most_common())


def _shares(rows: Sequence[Row]) -> dict[str, float]:
    counts: Counter[str] = Counter()
    for start in range(0, len(rows), CHUNK):
        codes = [code for code, _, _ in rows[start : start + CHUNK]]
        inside = PostcodeArea.objects.filter(postcode_id__in=codes, main=True).order_by("area__area_set_id", "area__code")
        many = inside.values_list("area__area_set_id", "area__code").annotate(many=Count("postcode_id"))
        counts.update({_named(area_set, code): found for area_set, code, found in many})
    return {code: found / len(rows) for code, found in counts.items()}


def _postcodes_nearest(place: PlaceName) -> list[Row]:
    """Code, latitude and longitude of each live postcode that belongs to a place rather than to the one beside it."""
    high = MOST_MILES / MILES_IN_A_DEGREE
    wide = high / cos(radians(place.lat))
    near = Postcode.objects.filter(
        lat__range=(place.lat - high, place.lat + high), lon__range=(place.lon - wide, place.lon + wide), live=True
    )
    rows = list(near.order_by("code").values_list("code", "lat", "lon"))
    table = localities()
    numbers = table.numbers_at([lat for _, lat, _ in rows], [lon for _, _, lon in rows])
    return [row for row, number in zip(rows, numbers, strict=True) if number >= 0 and table.names[number] == place.name]


def _named(area_set: UUID, code: str) -> str:
    return f"{area_set}:{code}"
