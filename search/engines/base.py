"""What an engine is: it stores documents, finds candidates for a Query, and knows how far in the journal it has read.

Two engines keep this one contract and pass one suite (tests/search/test_engine_contract.py). Both store the tokens of search.tokens
unchanged and answer with the same hits, facets and cluster totals. Which service is better is not theirs to say: search.scoring says it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol

from search.query import Box, Query

EVERYWHERE = "*"
FACETS = ("need", "mode", "kind", "free", "access", "language")
# Below this many services that hold all words or meet a need, services that hold only half of the words are let in too.
FEW = 5
CANDIDATES_MAX = 1000
POINTS_MAX = 300


@dataclass(frozen=True, slots=True)
class Place:
    """Where a service is offered, WGS84 degrees. A masked place never becomes one of these."""

    name: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Document:
    """One service at one place, or over its served areas where it has none; all documents of a service are shown as one result.

    `areas` are codes as in Spot.areas, `district:HD7` for postcode districts, and EVERYWHERE; `circles` are (lat, lon, miles).
    With neither, no area served is stated. `access` holds `fact:yes` and `fact:no`; a fact that is not known is left out.
    `name_tokens` and `text_tokens` are stems in their order.
    """

    id: str
    service: str
    name: str
    url: str = ""
    organisation: str = ""
    summary: str = ""
    ours: bool = False
    needs: tuple[str, ...] = ()
    kind: str = ""
    modes: tuple[str, ...] = ()
    free: bool = False
    languages: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
    min_age: float | None = None
    max_age: float | None = None
    spaces: bool | None = None
    paused: bool = False
    visible_from: date | None = None
    visible_to: date | None = None
    checked_on: date | None = None
    place: Place | None = None
    areas: tuple[str, ...] = ()
    area_names: tuple[str, ...] = ()
    circles: tuple[tuple[float, float, float], ...] = ()
    access: tuple[str, ...] = ()
    name_tokens: tuple[str, ...] = ()
    text_tokens: tuple[str, ...] = ()

    @property
    def limited(self) -> bool:
        """Whether it is stated which area is served."""
        return bool(self.areas or self.circles)


@dataclass(frozen=True, slots=True)
class Hit:
    """One service that fits the question, with those of its documents that do.

    `text` (0 to 1) says how much of the question's words it holds, `words` which of them.
    """

    service: str
    documents: tuple[Document, ...]
    text: float = 0.0
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidates:
    """The answer to a query before scoring: how many services fit, the likeliest of them, and counts per filter value.

    A facet's counts are those under all filters but its own: choosing that one value gives that many services.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Suggestion:
    service: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """Several places drawn as one: their middle, their number and the box they lie in."""

    lat: float
    lon: float
    count: int
    box: Box


@dataclass(frozen=True, slots=True)
class Point:
    service: str
    name: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Map:
    """What is drawn for a box: clusters and single points, and how many fitting services have no place to draw."""

    clusters: tuple[Cluster, ...]
    points: tuple[Point, ...]
    without_place: int


class Bookmark(NamedTuple):
    """A place in the journal: the number of the last event worked through, and its seal."""

    seq: int
    mac: str


START = Bookmark(0, "")
Progress = Callable[[int], None]


class Engine(Protocol):
    """See the module's text. Methods that write move the bookmark in the same transaction as the documents."""

    def index(
        self, documents: Iterable[Document], *, gone: Iterable[str] = (), bookmark: Bookmark | None = None, after: int | None = None
    ) -> bool:
        """Replace all documents of the services that `documents` belong to, and drop those of the services `gone`.

        With `after`, only where the index's bookmark is at that number: False, and nothing done, where somebody else moved it.
        """

    def delete(self, services: Iterable[str]) -> None:
        """Drop all documents of these services."""

    def rebuild(self, documents: Iterable[Document], *, bookmark: Bookmark, progress: Progress | None = None) -> None:
        """Write a new index and swap it in; readers see the old one whole until then.

        `bookmark` is the journal's head before the first document was read, so that what changes meanwhile is read again.
        """

    def bookmark(self) -> Bookmark:
        """The last event of the journal whose changes are in the index; START where there is no index yet."""

    def move_bookmark(self, bookmark: Bookmark) -> None:
        """Set the bookmark alone, to begin again or to skip."""

    def state(self) -> str:
        """A text that changes whenever the index does, for caches of what is made from it."""

    def search(self, query: Query, *, limit: int = CANDIDATES_MAX, offset: int = 0, everywhere: bool = False) -> Candidates:
        """The services that fit an understood query on its day, as `fits` and `way` of search.scoring and search.reach say.

        The hits are the `limit` likeliest after the first `offset` of them, in no order; `total` and facets count all.
        `everywhere` leaves reach out (for near misses).
        """

    def vocabulary(self) -> Mapping[str, int]:
        """Every stem in the index with the number of documents that hold it."""

    def written(self) -> Mapping[str, str]:
        """The words of the listings' names and summaries as they are written, each with its stem."""

    def suggest(self, prefix: str, *, limit: int = 8) -> list[Suggestion]:
        """Services whose name holds words that begin as typed."""

    def clusters(self, box: Box | None, zoom: int, query: Query) -> Map:
        """What a map of this box at this zoom shows for the query."""
