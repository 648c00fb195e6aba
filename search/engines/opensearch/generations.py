"""The indexes behind one alias: which is current, how far in the journal it has read, and how a new one takes its place.

Every index has its mark, a small document in the index of marks, with its bookmark in the journal; a mark moves only from the state in
which it was read (sequence number and term), so that of two writers one finds out. A service is never set back by a writer that read it
earlier: each write carries a number that rises with every writer that begins, and the node refuses lower ones.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from elasticsearch import BadRequestError, ConflictError, Elasticsearch, NotFoundError

from search.engines.base import START, Bookmark
from search.engines.opensearch.mapping import FORMAT, MARK_SETTINGS, SETTINGS, mapping
from search.engines.opensearch.node import MERGE_SECONDS, WRITE_SECONDS

BULK_MOST = 500
# A rebuild that was cut off leaves its index; the next one removes it when nothing was written there for this long.
LEFT_SECONDS = 900
_FENCE = "writers"


class WriteRefused(OSError):
    """The node did not take what was written: the text says why. Nothing is lost, since the bookmark has not moved."""


class NotOurs(OSError):
    """Something stands at the address that is not ours to change."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far one index is: its place in the journal, how often it was written, and the state in which this was read."""

    index: str
    bookmark: Bookmark
    writes: int
    seq_no: int
    term: int

    @property
    def state(self) -> str:
        return f"{self.index}:{self.writes}"


class Generations:
    """The indexes `<prefix>-<time>` of one site, the alias `<prefix>` that names the current one, and the marks in `<prefix>-marks`."""

    def __init__(self, client: Elasticsearch, prefix: str) -> None:
        self.client = client
        self.prefix = prefix
        self.marks = f"{prefix}-marks"
        self._writing = client.options(request_timeout=WRITE_SECONDS)

    def current(self) -> str:
        """The index behind the alias, "" where there is none. Raises NotOurs where the name is taken by something else."""
        try:
            found = self.client.indices.get_alias(name=self.prefix)
        except NotFoundError:
            if self.client.indices.exists(index=self.prefix):
                raise NotOurs(
                    f"The search node has an index called {self.prefix}: remove it, or add ?index=another-name to SEARCH_URL."
                ) from None
            return ""
        return max(found)

    def mark(self) -> Mark | None:
        """The mark of the current index; None where there is no index of this version."""
        index = self.current()
        return self._mark_of(index) if index else None

    def _mark_of(self, index: str) -> Mark | None:
        try:
            found = self.client.get(index=self.marks, id=index)
        except NotFoundError:
            return None
        told = found["_source"]
        if told["format"] != FORMAT:
            return None
        return Mark(index, Bookmark(told["seq"], told["mac"]), told["writes"], found["_seq_no"], found["_primary_term"])

    def begun(self) -> Mark:
        """The mark of the current index, of a new and empty one where there is none."""
        mark = self.mark()
        if mark is None:
            with self.new(START):
                pass
            mark = self.mark()
        if mark is None:
            raise WriteRefused(f"The search node does not keep the alias {self.prefix}.")
        return mark

    def turn(self) -> int:
        """A number higher than that of every writer that began before."""
        return int(self._writing.index(index=self.marks, id=_FENCE, document={}, refresh=False)["_version"])

    def move(self, mark: Mark, bookmark: Bookmark, *, changed: bool) -> bool:
        """Set the bookmark of the index; False, and nothing done, where somebody has moved it since `mark` was read."""
        told = _mark(bookmark, mark.writes + changed)
        try:
            self._writing.index(index=self.marks, id=mark.index, document=told, if_seq_no=mark.seq_no, if_primary_term=mark.term)
        except ConflictError:
            return False
        return True

    def write(self, index: str, turn: int, entries: Iterable[tuple[str, Mapping[str, Any] | None]]) -> None:
        """Put services (id, entry) into an index, or take them out (id, None), and show it. Raises WriteRefused."""
        many: list[Any] = []
        for service, told in entries:
            versioned = {"_id": service, "version": turn, "version_type": "external_gte"}
            many += [{"index": versioned}, told] if told is not None else [{"delete": versioned}]
            if len(many) >= 2 * BULK_MOST:
                self._bulk(index, many)
                many = []
        if many:
            self._bulk(index, many)
        self._writing.indices.refresh(index=index)

    def _bulk(self, index: str, operations: list[Any]) -> None:
        # By an alias that goes with its index: the node would make up an index that somebody has removed meanwhile.
        answer = self._writing.bulk(index=_door(index), operations=operations, require_alias=True, refresh=False)
        if not answer["errors"]:
            return
        for item in answer["items"]:
            (done,) = item.values()
            # 409: somebody who read it later was faster. (What was not there to be taken out is no error.)
            if "error" in done and done["status"] != 409:
                raise WriteRefused(_reason(done["error"]))

    @contextmanager
    def new(self, bookmark: Bookmark) -> Iterator[str]:
        """A new, empty index; when the block ends well the alias moves to it in one step, and the older ones are removed."""
        self._make_marks()
        name = f"{self.prefix}-{time.time_ns()}"
        self._writing.indices.create(index=name, mappings=mapping(), settings=SETTINGS, aliases={_door(name): {}})
        try:
            yield name
            self._writing.indices.refresh(index=name)
            self._writing.index(index=self.marks, id=name, document=_mark(bookmark, 1))
            self._swap(name)
        except BaseException:
            self._writing.options(ignore_status=404).indices.delete(index=name)
            raise
        self._sweep(name)

    def merge(self, index: str) -> None:
        """Make one piece of a finished index: it answers faster."""
        self.client.options(request_timeout=MERGE_SECONDS).indices.forcemerge(index=index, max_num_segments=1)

    def _make_marks(self) -> None:
        try:
            self._writing.indices.create(index=self.marks, settings=MARK_SETTINGS, mappings={"dynamic": "false", "properties": {}})
        except BadRequestError as error:
            if error.error != "resource_already_exists_exception":
                raise

    def _swap(self, name: str) -> None:
        old = self.current()
        remove = [{"remove": {"index": old, "alias": self.prefix}}] if old else []
        self._writing.indices.update_aliases(actions=[*remove, {"add": {"index": name, "alias": self.prefix}}])

    def _sweep(self, current: str) -> None:
        """Remove what the current index has replaced, and what rebuilds that were cut off have left."""
        known = self._writing.indices.get_settings(index=f"{self.prefix}-*", name="index.creation_date")
        for name, told in known.items():
            age = time.time_ns() / 1e9 - int(told["settings"]["index"]["creation_date"]) / 1000
            number = name.removeprefix(f"{self.prefix}-")
            if not number.isdigit() or name >= current:
                continue
            if self._mark_of(name) is not None or age > LEFT_SECONDS:
                self._writing.options(ignore_status=404).indices.delete(index=name)
                self._writing.options(ignore_status=404).delete(index=self.marks, id=name)


def _door(index: str) -> str:
    return f"{index}-door"


def _mark(bookmark: Bookmark, writes: int) -> dict[str, Any]:
    return {"format": FORMAT, "seq": bookmark.seq, "mac": bookmark.mac, "writes": writes}


def _reason(error: Mapping[str, Any]) -> str:
    reason = str(error.get("reason", error.get("type", "")))
    if "read-only" in reason or "read_only" in reason or error.get("type") == "cluster_block_exception":
        return f"The search node has made its index read-only, mostly because its disk is full: free some, it goes on by itself. ({reason})"
    return f"The search node refused a listing: {reason}"
