"""The parameters of both published sets (2024 and 2026), read strictly: all faults are told at once."""

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from uuid import UUID

from directory.geodata.locating import find_postcode, normalise_postcode

PAGE_SIZE = 50
PAGE_SIZE_MOST = 500
# As many as there are: who asks for ids and dates alone wants them all in one go.
MINIMAL_MOST = 1_000_000
PAGE_MOST = 1_000_000
WORDS_MOST = 10
LETTERS_MOST = 200
METRES_MOST = 1_000_000
VALUES_MOST = 100

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
YES = ("true", "1", "yes")
NO = ("false", "0", "no", "")

PAGING = frozenset(("page", "per_page", "format"))
OF_RECORDS = frozenset(("search", "taxonomy_term_id", "taxonomy_id", "organization_id", "modified_after", "full"))
OF_PEOPLE_AND_TIMES = frozenset(("minimum_age", "maximum_age", "start_time", "end_time", "day"))
OF_POSITIONS = frozenset(("postcode", "proximity"))
OF_SERVICES = OF_RECORDS | OF_PEOPLE_AND_TIMES | OF_POSITIONS | {"minimal"}
OF_PLACES = OF_SERVICES - {"minimal"}
OF_ORGANISATIONS = frozenset(("search", "full", "full_service"))
OF_TAXONOMIES = frozenset(("search",))
OF_TERMS = frozenset(("search", "taxonomy_id", "top_only", "parent_id"))
KNOWN = PAGING | OF_SERVICES | OF_ORGANISATIONS | OF_TERMS


class BadParameters(ValueError):
    """What was asked for cannot be read; `errors` is {parameter: [plain sentence]} (400)."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__("; ".join(sorted(errors)))
        self.errors = errors


@dataclass(frozen=True)
class Position:
    """A postcode and its middle, in WGS84 degrees."""

    code: str
    lat: float
    lon: float

    @property
    def district(self) -> str:
        """The half postcode."""
        return self.code[:-3]


@dataclass(frozen=True)
class Asked:
    """What is asked of a list. None and empty: not asked. `metres` is from the middle of `position`; days are 0 for Monday to 6."""

    page: int = 1
    per_page: int = PAGE_SIZE
    ndjson: bool = False
    full: bool = False
    minimal: bool = False
    full_service: bool = False
    words: tuple[str, ...] = ()
    terms: tuple[UUID, ...] = ()
    taxonomies: tuple[UUID, ...] = ()
    organisations: tuple[UUID, ...] = ()
    parents: tuple[UUID, ...] = ()
    top_only: bool = False
    modified_after: datetime | None = None
    minimum_age: float | None = None
    maximum_age: float | None = None
    start: time | None = None
    end: time | None = None
    days: tuple[int, ...] = ()
    position: Position | None = None
    metres: float | None = None


def read(params: Mapping[str, str], allowed: Collection[str]) -> Asked:
    """What the parameters of a request ask of a list that knows `allowed` besides paging. Strange names are left alone.

    Raises BadParameters; a filter of another list is a fault, since leaving it out would answer more than was asked.
    """
    reader = _Reader({name: _clean(value) for name, value in params.items()})
    for name in sorted(params.keys() & KNOWN - PAGING - set(allowed)):
        if reader.params[name]:
            reader.wrong(name, "This list has no such filter.")
    minimal, ndjson = reader.yes("minimal"), reader.format() == "ndjson"
    position = reader.postcode("postcode")
    metres = reader.number("proximity", 0, METRES_MOST)
    if metres is not None and not reader.params.get("postcode"):
        reader.wrong("proximity", "Please give the postcode from which so many metres are meant.")
    asked = Asked(
        page=reader.whole("page", 1, PAGE_MOST, 1),
        per_page=reader.whole("per_page", 1, MINIMAL_MOST if minimal else PAGE_SIZE_MOST, MINIMAL_MOST if minimal else PAGE_SIZE),
        ndjson=ndjson,
        full=reader.yes("full"),
        minimal=minimal,
        full_service=reader.yes("full_service"),
        words=reader.words("search"),
        terms=reader.ids("taxonomy_term_id"),
        taxonomies=reader.ids("taxonomy_id"),
        organisations=reader.ids("organization_id"),
        parents=reader.ids("parent_id"),
        top_only=reader.yes("top_only"),
        modified_after=reader.moment("modified_after"),
        minimum_age=reader.number("minimum_age", -1, 200),
        maximum_age=reader.number("maximum_age", -1, 200),
        start=reader.time("start_time"),
        end=reader.time("end_time"),
        days=reader.days("day"),
        position=position,
        metres=metres,
    )
    if asked.full and asked.minimal:
        reader.wrong("minimal", "Please ask for full or for minimal records, not for both.")
    if reader.errors:
        raise BadParameters(reader.errors)
    return asked


def _clean(value: str) -> str:
    """Without control characters, NUL among them, and lone surrogates."""
    return "".join(" " if ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or 0xD800 <= ord(char) < 0xE000 else char for char in value).strip()


@dataclass
class _Reader:
    """Reads one parameter after the other and gathers what is wrong with each."""

    params: Mapping[str, str]
    errors: dict[str, list[str]] = field(default_factory=dict)

    def wrong(self, name: str, words: str) -> None:
        self.errors.setdefault(name, []).append(words)

    def text(self, name: str, most: int = LETTERS_MOST) -> str:
        value = self.params.get(name, "")
        if len(value) > most:
            self.wrong(name, f"Please use at most {most} characters.")
            return ""
        return value

    def format(self) -> str:
        value = self.text("format").lower() or "json"
        if value not in ("json", "ndjson"):
            self.wrong("format", "Please give json or ndjson.")
        return value

    def yes(self, name: str) -> bool:
        value = self.text(name).lower()
        if value not in YES + NO:
            self.wrong(name, "Please give true or false.")
        return value in YES

    def whole(self, name: str, low: int, high: int, default: int) -> int:
        value = self.text(name)
        if not value:
            return default
        if not re.fullmatch(r"[0-9]{1,12}", value, re.ASCII) or not low <= int(value) <= high:
            self.wrong(name, f"Please give a whole number from {low} to {high}.")
            return default
        return int(value)

    def number(self, name: str, low: float, high: float) -> float | None:
        value = self.text(name)
        if not value:
            return None
        try:
            number = float(value) if value.isascii() else math.nan
        except ValueError:
            number = math.nan
        if not low <= number <= high:
            self.wrong(name, f"Please give a number from {low} to {high}.")
            return None
        return number

    def words(self, name: str) -> tuple[str, ...]:
        words = tuple(dict.fromkeys(self.text(name).split()))
        if len(words) > WORDS_MOST:
            self.wrong(name, f"Please give {WORDS_MOST} words at most.")
        return words[:WORDS_MOST]

    def ids(self, name: str) -> tuple[UUID, ...]:
        """One id, or several parted by commas, of which one is enough."""
        values = [part.strip() for part in self.text(name, 40 * VALUES_MOST).split(",") if part.strip()]
        try:
            return tuple(dict.fromkeys(UUID(value) for value in values))
        except ValueError:
            self.wrong(name, "Please give an id as it stands in the records (a UUID).")
            return ()

    def moment(self, name: str) -> datetime | None:
        """A day or a moment; without a time zone in UTC. A plus that was not quoted came as a blank."""
        value = re.sub(r" (?=\d\d:?\d\d$)", "+", self.text(name)) if "T" in self.text(name) else self.text(name)
        if not value:
            return None
        try:
            found = datetime.fromisoformat(value)
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            self.wrong(name, "Please give a day or a moment such as 2026-03-15 or 2026-03-15T10:30:00Z.")
            return None

    def time(self, name: str) -> time | None:
        value = self.text(name)
        if not value:
            return None
        found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?(?:Z|\+00:00)?", value, re.ASCII)
        if not found:
            self.wrong(name, "Please give a time of day such as 14:30.")
            return None
        return time(int(found[1]), int(found[2]))

    def days(self, name: str) -> tuple[int, ...]:
        """Days by name or by their first letters: Tuesday, tue, TU; several are parted by commas."""
        found = []
        for part in self.text(name).lower().split(","):
            part = part.strip()
            days = [at for at, whole in enumerate(DAYS) if len(part) >= 2 and whole.startswith(part)]
            if part and not days:
                self.wrong(name, "Please give a day of the week such as TU or Tuesday.")
            found += days
        return tuple(sorted(set(found)))

    def postcode(self, name: str) -> Position | None:
        value = self.text(name)
        if not value:
            return None
        code, found = normalise_postcode(value), find_postcode(value)
        if code is None:
            self.wrong(name, "Please give a full postcode such as HD7 5AB.")
        elif found is None:
            self.wrong(name, "This postcode is not known here.")
        else:
            return Position(code, found.lat, found.lon)
        return None
