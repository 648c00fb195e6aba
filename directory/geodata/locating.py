"""What people type as a place becomes a position; a position becomes an area of the installed set."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt
from typing import Any, NamedTuple

from django.db import connection, models
from django.db.models import Avg, Count
from django.db.models.functions import Length

from directory.geodata.localities import Localities
from directory.geodata.models import Area, AreaSet, Place, PlaceKind, Postcode, PostcodeArea
from directory.geodata.spelling import fold, likely_meant, normalise_district, normalise_postcode, normalise_sector, shown_postcode

__all__ = [
    "Located",
    "LocatedKind",
    "PlaceName",
    "Retired",
    "area_for_postcode",
    "area_of",
    "find_postcode",
    "fold",
    "half_of",
    "installed_set",
    "localities",
    "locality_of",
    "locate",
    "miles",
    "names",
    "normalise_district",
    "normalise_postcode",
    "place_vocabulary",
    "shown_postcode",
    "suggest_postcode",
]

EARTH_RADIUS_MILES = 3958.76
# How far north and south a position's nearest postcode is looked for, in degrees, and twice as far east and west: in most places it is close.
DISTRICT_REACHES = (0.003, 0.022)
_NEAREST = (
    "SELECT code, (lat - %s) * (lat - %s) + (lon - %s) * (lon - %s) * %s AS away FROM geodata_postcode"
    " WHERE lat BETWEEN %s AND %s AND lon BETWEEN %s AND %s AND live ORDER BY away, code LIMIT 1"
)


class LocatedKind(models.TextChoices):
    """How exactly a place was given."""

    POSTCODE = "postcode", "postcode"
    DISTRICT = "district", "half postcode"
    PLACE = "place", "village or town"


@dataclass(frozen=True)
class Located:
    """A place that was found. `area_codes` are of the installed set, the main area first; empty where none is installed."""

    kind: LocatedKind
    name: str
    lat: float
    lon: float
    postcode_district: str
    area_codes: tuple[str, ...]


@dataclass(frozen=True)
class Retired:
    """A postcode that Royal Mail has taken out of use; the position is where it was."""

    name: str
    lat: float
    lon: float
    postcode_district: str
    area_codes: tuple[str, ...]


@dataclass(frozen=True)
class PlaceName:
    """A town or village of the gazetteer."""

    name: str
    kind: str
    lat: float
    lon: float
    postcode_district: str


def installed_set() -> AreaSet | None:
    """The set whose areas "area" means everywhere; None while no set is installed."""
    return AreaSet.objects.filter(installed=True).first()


def find_postcode(text: str) -> Located | Retired | None:
    """The full postcode in the text: found, retired, or None when it is none or not loaded."""
    code = normalise_postcode(text)
    postcode = Postcode.objects.filter(code=code).first() if code else None
    if postcode is None:
        return None
    where = (postcode.shown, postcode.lat, postcode.lon, postcode.district, _codes_of_postcode(postcode))
    return Located(LocatedKind.POSTCODE, *where) if postcode.live else Retired(*where)


def suggest_postcode(text: str) -> str | None:
    """A live postcode that was probably meant, as it is written ("HD7 5AAA" gives "HD7 5AA"); None when nothing is near."""
    guesses = likely_meant(text)
    there = set(Postcode.objects.filter(code__in=guesses, live=True).values_list("code", flat=True)) if guesses else set()
    return next((shown_postcode(guess) for guess in guesses if guess in there), None)


def locate(text: str) -> Located | None:
    """Where a text says it is: a full postcode (a retired one too), a half postcode, or a name of the gazetteer.

    Of "Marsden, Huddersfield" the first part that is known counts.
    """
    for part in (text, *text.split(",")) if "," in text else (text,):
        found = _locate_postcode(part) or _locate_half(part) or _locate_name(part)
        if found:
            return found
    return None


def area_of(lat: float, lon: float) -> Area | None:
    """The area of the installed set that holds a position in WGS84 degrees; of two that share the line, the first by code."""
    here = installed_set()
    if here is None:
        return None
    near = list(here.areas.filter(west__lte=lon, east__gte=lon, south__lte=lat, north__gte=lat).order_by("code"))
    if not near:
        return None
    from shapely import Point

    point = Point(lon, lat)
    return next((area for area in near if area.outline.covers(point)), None)


def district_of(lat: float, lon: float) -> str | None:
    """The half postcode of the nearest postcode in use, within about a mile and a half; None far from any."""
    squeeze = cos(radians(lat))
    for reach in DISTRICT_REACHES:
        with connection.cursor() as cursor:
            box = (lat - reach, lat + reach, lon - 2 * reach, lon + 2 * reach)
            cursor.execute(_NEAREST, (lat, lat, lon, lon, squeeze**2, *box))
            found = cursor.fetchone()
        # Outside of the smaller box may be one that is nearer than what lies in its corners.
        if found is not None and (reach == DISTRICT_REACHES[-1] or found[1] <= (min(1.0, 2 * squeeze) * reach) ** 2):
            return str(found[0][:-3])
    return None


def area_for_postcode(text: str) -> Area | None:
    """The area of the installed set in which a postcode's position lies; None when either is not known."""
    code = normalise_postcode(text)
    if code is None:
        return None
    row = PostcodeArea.objects.filter(postcode_id=code, main=True, area__area_set__installed=True).select_related("area").first()
    if row is not None:
        return row.area
    postcode = Postcode.objects.filter(code=code).first()
    return area_of(postcode.lat, postcode.lon) if postcode else None


def place_vocabulary() -> dict[str, PlaceName]:
    """Every spelling of the gazetteer, folded, and the place it stands for.

    A place's own name beats another place's spelling, and the larger place the smaller. The dictionary is shared: read it only.
    """
    return _vocabulary(*_state_of_places())


def names() -> Iterable[str]:
    """The names of all places of the gazetteer, without the other spellings, in alphabetical order."""
    return sorted({place.name for place in place_vocabulary().values()})


def locality_of(lat: float, lon: float) -> str:
    """The village a position belongs to: the nearest middle of the gazetteer within a mile and a half, or "". For many: `localities`."""
    return localities().at(lat, lon)


def localities() -> Localities:
    """The table behind `locality_of`. It is shared: read it only."""
    return _localities(*_state_of_places())


class Half(NamedTuple):
    """A half postcode (HD7), or one with the next digit (HD7 5), and where its compact codes begin and end; they have so many letters."""

    name: str
    district: str
    first: str
    last: str
    length: int


def half_of(text: str) -> Half | None:
    """The half postcode that a text is, with the next digit or without; None where it is neither."""
    sector = normalise_sector(text)
    name = sector or normalise_district(text)
    if not name:
        return None
    district = name.split()[0]
    low, high = (sector.replace(" ", ""),) * 2 if sector else (f"{district}0", f"{district}9")
    return Half(name, district, f"{low}AA", f"{high}ZZ", len(district) + 3)


def miles(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """The distance between two positions as the crow flies, in miles."""
    half_lat, half_lon = radians(lat2 - lat1) / 2, radians(lon2 - lon1) / 2
    chord = sin(half_lat) ** 2 + cos(radians(lat1)) * cos(radians(lat2)) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_MILES * asin(sqrt(min(1.0, chord)))


def _state_of_places() -> tuple[int, Any]:
    """What changes whenever the gazetteer does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*), MAX(changed_at) FROM geodata_place")
        count, latest = cursor.fetchone()
    return count, latest


@lru_cache(maxsize=2)
def _localities(count: int, latest: Any) -> Localities:
    """Read once per state of the gazetteer; larger places come first."""
    places = list(dict.fromkeys(_vocabulary(count, latest).values()))
    return Localities([place.name for place in places], [place.lat for place in places], [place.lon for place in places])


@lru_cache(maxsize=2)
def _vocabulary(count: int, latest: Any) -> dict[str, PlaceName]:
    """Read once per state of the gazetteer: the arguments are only the key."""
    sizes = list(PlaceKind.values)
    places = sorted(Place.objects.all(), key=lambda place: sizes.index(place.kind))
    found: dict[str, PlaceName] = {}
    for own_name in (True, False):
        for place in places:
            shown = PlaceName(place.name, place.kind, place.lat, place.lon, place.postcode_district)
            for spelling in place.spellings[:1] if own_name else place.spellings[1:]:
                found.setdefault(fold(spelling), shown)
    return found


def _locate_postcode(text: str) -> Located | None:
    found = find_postcode(text)
    if isinstance(found, Retired):
        return Located(LocatedKind.POSTCODE, found.name, found.lat, found.lon, found.postcode_district, found.area_codes)
    return found


def _locate_half(text: str) -> Located | None:
    """The mean of the live postcodes of a half postcode, or of one with the next digit."""
    half = half_of(text)
    if half is None:
        return None
    # The length keeps HD10 out of HD1: between "HD10AA" and "HD19ZZ" stand codes of both.
    postcodes = Postcode.objects.annotate(length=Length("code")).filter(
        code__gte=half.first, code__lte=half.last, length=half.length, live=True
    )
    middle = postcodes.aggregate(lat=Avg("lat"), lon=Avg("lon"))
    if middle["lat"] is None:
        return None
    rows = PostcodeArea.objects.filter(postcode__in=postcodes, main=True, area__area_set__installed=True)
    codes = rows.values("area__code").annotate(many=Count("postcode_id")).order_by("-many", "area__code")
    return Located(LocatedKind.DISTRICT, half.name, middle["lat"], middle["lon"], half.district, tuple(row["area__code"] for row in codes))


def _locate_name(text: str) -> Located | None:
    place = place_vocabulary().get(fold(text))
    if place is None:
        return None
    area = area_of(place.lat, place.lon)
    return Located(LocatedKind.PLACE, place.name, place.lat, place.lon, place.postcode_district, (area.code,) if area else ())


def _codes_of_postcode(postcode: Postcode) -> tuple[str, ...]:
    rows = PostcodeArea.objects.filter(postcode=postcode, area__area_set__installed=True)
    codes = tuple(rows.order_by("-main", "area__code").values_list("area__code", flat=True))
    if codes:
        return codes
    area = area_of(postcode.lat, postcode.lon)
    return (area.code,) if area else ()
