"""Two engines for one site: the search node answers, and the embedded index, kept level beside it, does where the node cannot.

Nothing wrong is said meanwhile: the node answers only while it is as far in the journal as the embedded index. Each follows the journal
with a bookmark of its own (search.indexing), so that an edit never waits for the node, and the node catches up when it is back.
"""

import logging
import pickle
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from tempfile import TemporaryFile
from typing import IO, TypeVar

from elastic_transport import TransportError
from elasticsearch import ApiError

from search.engines.base import START, Bookmark, Candidates, Map, Moved, Progress, Suggestion
from search.engines.document import Document
from search.engines.embedded import EmbeddedEngine
from search.engines.opensearch import OpenSearchEngine
from search.engines.opensearch.asking import REFUSED, NodeFailed, NoIndex, QuestionRefused
from search.engines.opensearch.generations import NotOurs, WriteRefused
from search.lexicon import Lexicon
from search.query import Box, Query

log = logging.getLogger("carestore.search")

# What says that the node cannot answer: no connection, a time that ran out, an answer of 5xx, or one that is no search node's at all.
FAILURES = (ApiError, TransportError, NodeFailed, NotOurs, WriteRefused)
# After a failure, nobody waits for the node for so long; then one question tries it.
REST_SECONDS = 5.0
# How often it is looked up whether a node that was behind has caught up.
LOOK_SECONDS = 0.2

T = TypeVar("T")


class Breaker:
    """Whether the node may be asked: not for REST_SECONDS after a failure, and then by one thread first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0
        self.why = ""

    def allows(self) -> bool:
        """Whether this question may go to the node."""
        with self._lock:
            if not self.why:
                return True
            now = time.monotonic()
            if now < self._until:
                return False
            # This one tries; the others go on without until it has come back.
            self._until = now + REST_SECONDS
            return True

    def failed(self, error: Exception) -> None:
        with self._lock:
            self._until = time.monotonic() + REST_SECONDS
            if not self.why:
                log.warning("search.node_failed error=%s", type(error).__name__)
            self.why = type(error).__name__

    def worked(self) -> None:
        with self._lock:
            if self.why:
                log.info("search.node_answers_again")
            self.why = ""


class Standby:
    """Keeps the contract of search.engines.base.Engine with both. What is written here goes into both, the embedded index first."""

    def __init__(self, node: OpenSearchEngine, embedded: EmbeddedEngine) -> None:
        self.node = node
        self.embedded = embedded
        self.breaker = Breaker()
        # How many questions the node would not take.
        self.refused = 0
        self._seen = -1
        self._looked = 0.0

    def close(self) -> None:
        self.node.close()
        self.embedded.close()

    # --- reading

    def search(self, query: Query, *, everywhere: bool = False, facets: bool = True) -> Candidates:
        return self._ask(
            lambda: self._guarded(self.node.search(query, everywhere=everywhere, facets=facets)),
            lambda: self.embedded.search(query, everywhere=everywhere, facets=facets),
        )

    def clusters(self, box: Box | None, zoom: int, query: Query) -> Map:
        return self._ask(lambda: self.node.clusters(box, zoom, query), lambda: self.embedded.clusters(box, zoom, query))

    def suggest(self, prefix: str, *, limit: int = 8) -> list[Suggestion]:
        return self._ask(lambda: self.node.suggest(prefix, limit=limit), lambda: self.embedded.suggest(prefix, limit=limit))

    def lexicon(self) -> Lexicon:
        return self.embedded.lexicon()

    def ending_before(self, minute: int) -> list[str]:
        return self.embedded.ending_before(minute)

    def bookmark(self) -> Bookmark:
        return self.embedded.bookmark()

    def state(self) -> str:
        return self.embedded.state()

    def _ask(self, node: Callable[[], T], embedded: Callable[[], T]) -> T:
        if self.breaker.allows():
            try:
                if self._level():
                    answer = node()
                    self.breaker.worked()
                    return answer
                self.breaker.worked()
            except NoIndex:
                self._seen = -1
            except QuestionRefused:
                self._refused()
            except ApiError as error:
                if error.status_code in REFUSED:
                    self._refused()
                else:
                    self.breaker.failed(error)
            except FAILURES as error:
                self.breaker.failed(error)
        return embedded()

    def _refused(self) -> None:
        """One question is answered by the embedded index; the node goes on answering all others."""
        self.breaker.worked()
        self.refused += 1
        log.warning("search.node_refused_a_question")

    def _level(self) -> bool:
        """Whether the node has read the journal as far as the embedded index; a node that was level stays so until that moves on."""
        here = self.embedded.bookmark().seq
        now = time.monotonic()
        if self.breaker.why or (self._seen < here and now - self._looked >= LOOK_SECONDS):
            self._looked = now
            mark = self.node.generations.mark()
            self._seen = -1 if mark is None else mark.bookmark.seq
        return self._seen >= here

    def _guarded(self, candidates: Candidates) -> Candidates:
        """A node that goes away between the search and the reading of its documents: the search is done again."""

        def fetch(at: Sequence[int]) -> list[tuple[Document, ...]]:
            try:
                return candidates.fetch(at)
            except FAILURES as error:
                self.breaker.failed(error)
                raise Moved from error

        return replace(candidates, fetch=fetch)

    def status(self) -> dict[str, str]:
        """Who answers, and why not the node: for /health/ready."""
        try:
            level = self._level()
        except FAILURES as error:
            return {"answers": "embedded", "node": type(error).__name__}
        return {"answers": "node" if level and not self.breaker.why else "embedded", "node": "level" if level else "behind"}

    # --- writing

    def index(
        self, documents: Iterable[Document], *, gone: Iterable[str] = (), bookmark: Bookmark | None = None, after: int | None = None
    ) -> bool:
        documents, gone = list(documents), list(gone)
        done = self.embedded.index(documents, gone=gone, bookmark=bookmark, after=after)
        if done:
            self._write(lambda: self.node.index(documents, gone=gone, bookmark=bookmark, after=after))
        return done

    def delete(self, services: Iterable[str]) -> None:
        self.index((), gone=services)

    def move_bookmark(self, bookmark: Bookmark) -> None:
        self.index((), bookmark=bookmark)

    def rebuild(self, documents: Iterable[Document], *, bookmark: Bookmark = START, progress: Progress | None = None) -> None:
        folder = self.embedded.store.folder
        folder.mkdir(parents=True, exist_ok=True)
        # All listings of a large site do not fit into memory: the node reads from a file what the index file has read before it.
        with TemporaryFile(dir=folder) as read:
            self.embedded.rebuild(_noted(documents, read), bookmark=bookmark, progress=progress)
            self._write(lambda: self.node.rebuild(_again(read), bookmark=bookmark))

    def _write(self, write: Callable[[], object]) -> None:
        """What the node does not take now it takes when it catches up."""
        self._seen = -1
        self._looked = 0.0
        try:
            write()
        except FAILURES as error:
            self.breaker.failed(error)


def _noted(documents: Iterable[Document], file: IO[bytes]) -> Iterator[Document]:
    """The same documents, each written to a file as it goes by."""
    for document in documents:
        pickle.dump(document, file)
        yield document


def _again(file: IO[bytes]) -> Iterator[Document]:
    """The documents that _noted has written."""
    end = file.tell()
    file.seek(0)
    while file.tell() < end:
        yield pickle.load(file)  # noqa: S301 - nobody else has this file open
