"""What is asked of the finder: one frozen Query, and the strict reading of a link's parameters into it."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from search.languages import language_slug
from search.wishes import Wish

KINDS = ("service", "activity", "group", "helpline", "information")
MODES = ("place", "home", "online", "phone", "outreach")
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ACCESS_FACTS = (
    "step_free",
    "wheelchair",
    "accessible_toilet",
    "changing_place",
    "hearing_loop",
    "quiet_space",
    "assistance_dogs",
    "parking",
)
PAGE_SIZE = 20
PAGE_SIZE_MAX = 100
PAGE_MAX = 1_000_000
# A street or two: less is no distance that somebody goes, and far less is more than engines can reckon with.
RADIUS_LEAST = 0.1
RADIUS_MAX = 100.0
QUESTION_MAX = 500
WORD_MAX = 100
OFF_MOST = 20


class Sort(StrEnum):
    FIT = "fit"
    DISTANCE = "distance"
    NAME = "name"


class BadQuery(ValueError):
    """A question that cannot be answered as it was put; `errors` is {parameter: [plain sentence]} (400 at the API)."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__("; ".join(text for texts in errors.values() for text in texts))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class NeedGuess:
    """One need that the typed words speak of. `confidence` is between 0 and 1; `words` are the typed words that said so."""

    slug: str
    confidence: float
    words: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the question, in WGS84 degrees.

    `kind` is postcode, half_postcode, village (any named place) or point (given as lat and lon).
    `areas` are the codes of all areas around it; `districts` its postcode districts (HD7), more than one where it is not known which.
    `areas_maybe` are those of `areas` that hold only a part of it, and perhaps not the spot in question.
    `locality` is its village as search.valleys knows it, "" otherwise.
    """

    name: str
    kind: str
    lat: float
    lon: float
    areas: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    retired: bool = False
    locality: str = ""
    areas_maybe: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Box:
    """A map's visible part, in WGS84 degrees, edges included."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lat: float, lon: float) -> bool:
        return self.south <= lat <= self.north and self.west <= lon <= self.east


@dataclass(frozen=True, slots=True)
class Query:
    """A question to the finder. `parse_query` fills the upper half, `search.understand` the lower one.

    `off` names what is not meant although the sentence says it, as `field` or `field:value` (need:shopping, place, mode, free).
    `words` are the stems that count and `typed` the same words as people write them; `names` whether they may be
    a name. `needs` are those understood, surest first; `unsure`
    whether they are readings to choose from; `faint` needs are too doubtful to search for, and told so that there are three in all.
    `called` are the names of the needs chosen, in their order.
    `wishes` are what the sentence says besides needs, and `wished` the fields that it filled: what is not known about a service does not
    shut it out there. `during` is the span asked for, in epoch minutes. `offer`: help is offered, not asked for.
    `on` is the day for which listings are visible, `minute` (since 1970) the moment for which it is said what is open.
    """

    q: str = ""
    place_text: str = ""
    lat: float | None = None
    lon: float | None = None
    need: tuple[str, ...] = ()
    radius: float | None = None
    open: str = ""
    mode: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    who: str = ""
    free: bool = False
    access: tuple[str, ...] = ()
    language: str = ""
    bbox: Box | None = None
    sort: Sort = Sort.FIT
    page: int = 1
    page_size: int = PAGE_SIZE
    off: tuple[str, ...] = ()

    words: tuple[str, ...] = ()
    typed: tuple[str, ...] = ()
    corrected: str = ""
    needs: tuple[NeedGuess, ...] = ()
    faint: tuple[NeedGuess, ...] = ()
    called: tuple[str, ...] = ()
    names: bool = False
    unsure: bool = False
    wishes: tuple[Wish, ...] = ()
    offer: bool = False
    wished: frozenset[str] = frozenset()
    days: tuple[str, ...] = ()
    during: tuple[int, int] | None = None
    place: Spot | None = None
    on: date | None = None
    minute: int | None = None

    @property
    def age(self) -> float | None:
        """`who` as an age in years, where it is a number; "nan" is somebody's grandmother."""
        return float(self.who) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", self.who, re.ASCII) else None

    def means(self, field: str, value: str = "") -> bool:
        """Whether a part of the sentence still counts: it was not taken off."""
        return field not in self.off and f"{field}:{value}".lower() not in self.off

    @property
    def asks(self) -> bool:
        """Whether anything was asked in words; without, every service fits and only filters choose."""
        return bool(self.words or self.needs)

    def filters(self) -> dict[str, object]:
        """The filters that are set, as the API shows them in `understood`."""
        box = self.bbox
        shown: dict[str, object] = {
            "need": list(self.need),
            "radius": self.radius,
            "open": self.open or next((wish.value for wish in self.wishes if wish.field == "open"), ""),
            "mode": list(self.mode),
            "kind": list(self.kind),
            "who": self.who,
            "free": self.free,
            "access": list(self.access),
            "language": self.language,
            "bbox": [box.west, box.south, box.east, box.north] if box else None,
            "sort": self.sort.value if self.sort is not Sort.FIT else "",
        }
        return {name: value for name, value in shown.items() if value}


class _Reader:
    """Reads one parameter after the other and gathers what is wrong with each, so that all faults are told at once."""

    def __init__(self, params: Mapping[str, object]) -> None:
        self.params = params
        self.errors: dict[str, list[str]] = {}

    def wrong(self, name: str, text: str) -> None:
        self.errors.setdefault(name, []).append(text)

    def values(self, name: str) -> list[str]:
        """Every value of a parameter, repeated or in a comma list."""
        getlist = getattr(self.params, "getlist", None)
        raw = getlist(name) if getlist else self.params.get(name, [])
        many = raw if isinstance(raw, list | tuple) else [raw]
        cleaned = (_clean(str(value)) for value in many if value is not None)
        return [value for value in cleaned if value]

    def text(self, name: str, longest: int = WORD_MAX) -> str:
        values = self.values(name)
        value = values[-1] if values else ""
        if len(value) > longest:
            self.wrong(name, f"Please use at most {longest} characters.")
            return ""
        return value

    def number(self, name: str, low: float, high: float) -> float | None:
        value = self.text(name)
        if not value:
            return None
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not low <= number <= high:
            self.wrong(name, f"Please give a number from {low:g} to {high:g}.")
            return None
        return number

    def whole(self, name: str, low: int, high: int, default: int) -> int:
        value = self.text(name)
        if not value:
            return default
        if not re.fullmatch(r"[0-9]{1,12}", value, re.ASCII) or not low <= int(value) <= high:
            self.wrong(name, f"Please give a whole number from {low} to {high}.")
            return default
        return int(value)

    def choices(self, name: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        chosen = [part.strip() for value in self.values(name) for part in value.split(",") if part.strip()]
        unknown = [part for part in chosen if part not in allowed]
        if unknown:
            self.wrong(name, f"Please choose from: {', '.join(allowed)}.")
        return tuple(sorted({part for part in chosen if part in allowed}))

    def yes(self, name: str) -> bool:
        value = self.text(name).lower()
        if value not in ("", "1", "true", "yes", "on", "0", "false", "no", "off"):
            self.wrong(name, "Please give yes or no.")
        return value in ("1", "true", "yes", "on")


def parse_query(params: Mapping[str, object]) -> Query:
    """The Query that a link's parameters ask for (names and values of doors.md); unknown parameters are left alone.

    `params` is a QueryDict or any mapping of strings or lists of strings. The result is not yet understood: `find` does that.
    Raises BadQuery with every parameter that cannot be read.
    """
    read = _Reader(params)
    lat, lon = _position(read)
    query = Query(
        q=read.text("q", QUESTION_MAX),
        place_text=read.text("place"),
        lat=lat,
        lon=lon,
        need=_slugs(read, "need"),
        radius=read.number("radius", RADIUS_LEAST, RADIUS_MAX),
        open=_open(read),
        mode=read.choices("mode", MODES),
        kind=read.choices("kind", KINDS),
        who=_who(read),
        free=read.yes("free"),
        access=read.choices("access", ACCESS_FACTS),
        language=language_slug(read.text("language")),
        bbox=_box(read),
        sort=_sort(read),
        page=read.whole("page", 1, PAGE_MAX, 1),
        page_size=read.whole("page_size", 1, PAGE_SIZE_MAX, PAGE_SIZE),
        off=_off(read),
    )
    if read.errors:
        raise BadQuery(read.errors)
    return query


def parse_zoom(params: Mapping[str, object]) -> int:
    """The map's zoom level, 0 (the world) to 22; 10 where none is given. Raises BadQuery."""
    read = _Reader(params)
    zoom = read.whole("zoom", 0, 22, 10)
    if read.errors:
        raise BadQuery(read.errors)
    return zoom


def parse_typed(params: Mapping[str, object]) -> str:
    """What somebody is typing, for suggestions; "" where it is nothing yet. Raises BadQuery."""
    read = _Reader(params)
    typed = read.text("q", QUESTION_MAX)
    if read.errors:
        raise BadQuery(read.errors)
    return typed


def _clean(value: str) -> str:
    """Without control characters (NUL among them), lone surrogates and doubled blanks."""
    printable = "".join(" " if ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or 0xD800 <= ord(char) < 0xE000 else char for char in value)
    return " ".join(printable.split())


def _position(read: _Reader) -> tuple[float | None, float | None]:
    lat, lon = read.number("lat", -90, 90), read.number("lon", -180, 180)
    if read.errors.keys() & {"lat", "lon"}:
        return None, None
    if (lat is None) != (lon is None):
        read.wrong("lon" if lon is None else "lat", "Please give lat and lon together.")
    elif lat is not None and lon is not None and -9 <= lat <= 3 and 49 <= lon <= 62:
        read.wrong("lat", "lat and lon look swapped: in Britain lat is about 50 to 60, lon about -8 to 2.")
    return lat, lon


def _slugs(read: _Reader, name: str) -> tuple[str, ...]:
    parts = {part.strip().lower() for value in read.values(name) for part in value.split(",") if part.strip()}
    if any(not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", part) or len(part) > WORD_MAX for part in parts):
        read.wrong(name, "Please give a need by its short name, such as shopping.")
        return ()
    return tuple(sorted(parts))


def _off(read: _Reader) -> tuple[str, ...]:
    parts = {part.strip().lower() for value in read.values("off") for part in value.split(",") if part.strip()}
    return tuple(sorted(part for part in parts if re.fullmatch(r"[a-z_]{1,20}(:[a-z0-9_. -]{1,60})?", part)))[:OFF_MOST]


def _open(read: _Reader) -> str:
    value = read.text("open")
    if value.upper() in DAYS:
        return value.upper()
    if value and value.lower() != "now":
        read.wrong("open", f"Please give now, or a day: {', '.join(DAYS)}.")
        return ""
    return value.lower()


def _who(read: _Reader) -> str:
    who = read.text("who")
    if re.fullmatch(r"[-+]?[0-9.]+", who, re.ASCII):
        age = read.number("who", 0, 120)
        return f"{round(age, 2):g}" if age is not None else ""
    return who if re.search(r"[^\W\d_]", who) else ""


def _box(read: _Reader) -> Box | None:
    value = read.text("bbox")
    if not value:
        return None
    try:
        west, south, east, north = (float(part) for part in value.split(","))
    except ValueError:
        read.wrong("bbox", "Please give four numbers: west, south, east, north.")
        return None
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        read.wrong("bbox", "Please give west, south, east, north in degrees, with west left of east and south below north.")
        return None
    return Box(west, south, east, north)


def _sort(read: _Reader) -> Sort:
    value = read.text("sort").lower()
    if value and value not in set(Sort):
        read.wrong("sort", f"Please choose from: {', '.join(Sort)}.")
        return Sort.FIT
    return Sort(value) if value else Sort.FIT
