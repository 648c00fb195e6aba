"""What an engine is: it stores documents, finds candidates for a Query, and knows how far in the journal it has read.

Two engines keep this one contract and pass one suite (tests/search/engine_contract). Both store the tokens of search.tokens
unchanged and answer with the same hits, facets and cluster totals. Which service is better is not theirs to say: search.scoring says it.

**What fits.** A service fits when it passes as a whole (its words and needs, the days it is visible, mode, kind, free, language, who,
open), and at least one of its documents passes what is said of places: reach, access, bbox. Words: it meets a need in question, or its
documents together hold all words; where fewer than FEW services do, half of the words are enough. Without a question everything fits.
Several values of one filter are joined by or, access facts by and. What is not stated shuts nobody out from `who`, nor from a field of
Query.wished; it does from all others. `open` passes who surely is open at Query.minute ("now"), on a day of the week, on any of `days`, and
at any minute of `during`; all of those that are asked for. Facets take `open`, `days` and `during` as one field.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from search.engines.document import Document
from search.engines.rows import Rows
from search.lexicon import Lexicon
from search.query import Box, Query

FACETS = ("need", "mode", "kind", "free", "open", "who", "access", "access_unknown", "language")
WHO_MOST = 20
# Below this many services that hold all words or meet a need, services that hold only half of the words are let in too.
FEW = 5
POINTS_MAX = 300


class Moved(Exception):
    """The index changed between a search and the reading of its documents; the search is done again."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """The answer to a query before scoring: how many services fit, those among which its page is, and counts per filter value.

    `rows` are the services that come after the first `first` in the engine's own order. They hold all of the query's page, wherever the
    scores put them among these rows; every page of the same query and page size falls into exactly one such part, so that none repeats
    or drops a service. The embedded engine gives all in one part.

    A facet's counts are those under all filters but its own: choosing that one value gives that many services (at most WHO_MOST values
    of `who`). `access` counts who surely has it; `access_unknown` those of which no fitting document says yes or no.
    `fetch` is the engine's: it reads the documents of some rows. Raises Moved.
    """

    total: int
    rows: Rows
    facets: Mapping[str, Mapping[str, int]]
    fetch: Callable[[Sequence[int]], list[tuple[Document, ...]]] = field(repr=False)
    first: int = 0

    def documents(self, at: Iterable[int]) -> list[tuple[Document, ...]]:
        """All documents of the services at these places of `rows`, in that order, without tokens and hours. Raises Moved."""
        return self.fetch([int(each) for each in at])


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A name that goes on as typed. `kind` is service, organisation or place; `service` and `url` are "" for the latter two."""

    service: str
    name: str
    url: str
    kind: str = "service"


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

    def rebuild(self, documents: Iterable[Document], *, bookmark: Bookmark = START, progress: Progress | None = None) -> None:
        """Write a new index and swap it in; readers see the old one whole until then.

        `bookmark` is the journal's head before the first document was read, so that what changes meanwhile is read again.
        Documents need no database: a benchmark may make them up and rebuild from them. Those of one service come one after the other.
        """

    def bookmark(self) -> Bookmark:
        """The last event of the journal whose changes are in the index; START where there is no index yet."""

    def move_bookmark(self, bookmark: Bookmark) -> None:
        """Set the bookmark alone, to begin again or to skip."""

    def state(self) -> str:
        """A text that changes whenever the index does, for caches of what is made from it."""

    def search(self, query: Query, *, everywhere: bool = False, facets: bool = True) -> Candidates:
        """The services that fit an understood query on its day and minute; `sort`, `page` and `page_size` say which part is wanted.

        `everywhere` leaves reach out (for near misses); without `facets` none are counted.
        Raises BadQuery where it would take too long.
        """

    def lexicon(self) -> Lexicon:
        """The words of the listings, for the understanding of questions and for spelling."""

    def ending_before(self, minute: int) -> list[str]:
        """The services whose times are known, but worked out only until before this minute (since 1970)."""

    def suggest(self, prefix: str, *, limit: int = 8) -> list[Suggestion]:
        """Services, then organisations and places, whose name holds words that begin as typed; each in the order of names."""

    def close(self) -> None:
        """Close what this thread holds open."""

    def clusters(self, box: Box | None, zoom: int, query: Query) -> Map:
        """What a map of this box at this zoom shows for the query."""
