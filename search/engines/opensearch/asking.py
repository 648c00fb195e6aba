"""Questions to the node: several at a time in one request, and the columns of the services that it answers with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from elasticsearch import Elasticsearch

from search.engines.arrays import Floats, Ints
from search.engines.columns import Columns, Labels
from search.engines.document import Document
from search.engines.opensearch.stored import parted, read_documents
from search.engines.selection import Held, Selection, select
from search.query import Query

# How long the node works on one question before it stops; the client waits a little longer.
NODE_MILLISECONDS = 1500


# What a node answers to a question that it would never take, however well it is.
REFUSED = frozenset((400, 413, 414, 422))


class NodeFailed(OSError):
    """The node could not answer; the text says what it said."""


class QuestionRefused(OSError):
    """The node is well, but it does not take this one question; the text says why."""


class NoIndex(OSError):
    """The node has no index yet, or it was taken away: `rebuild_index` makes one."""


@dataclass(frozen=True, slots=True)
class Found:
    """Services that the node came up with: their ids and titles, their columns, and their documents (nothing where none were asked for)."""

    services: Sequence[str]
    titles: Sequence[str]
    order: Ints
    columns: Columns
    labels: Labels
    held: Held
    stored: Sequence[str]

    def documents(self, at: int) -> tuple[Document, ...]:
        """All documents of one of them."""
        return read_documents(self.stored[at])

    def selection(self, query: Query, *, everywhere: bool = False, boxed: bool = True) -> Selection:
        """What the rules of search.engines.selection say of them."""
        return select(self.columns, self.labels, query, self.held, everywhere=everywhere, boxed=boxed)


class Questions:
    """Asks the index behind one alias."""

    def __init__(self, client: Elasticsearch, alias: str) -> None:
        self.client = client
        self.alias = alias

    def ask(self, requests: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """The answers to all of the requests. Raises NodeFailed, QuestionRefused and NoIndex."""
        header = {"index": self.alias, "request_cache": True}
        searches = [part for request in requests for part in (header, {"timeout": f"{NODE_MILLISECONDS}ms", **request})]
        return [_checked(answer) for answer in self.client.msearch(searches=searches)["responses"]]


def hits(
    query: Mapping[str, Any], *, sort: Sequence[Any], size: int, first: int = 0, counted: bool = False, documents: bool = False
) -> dict[str, Any]:
    """A request for services with their columns, and with their `documents`.

    Where nobody counts how many fit, the node may leave out what comes too late anyway.
    """
    return {
        "query": query,
        "sort": list(sort),
        "from": first,
        "size": size,
        "track_total_hits": counted,
        "stored_fields": "_none_",
        "docvalue_fields": ["columns", "data"] if documents else ["columns"],
    }


def total(answer: Mapping[str, Any]) -> int:
    return int(answer["hits"]["total"]["value"])


def found(answer: Mapping[str, Any], words: int, weights: Floats) -> Found:
    """The services of an answer to `hits`."""
    came: list[Mapping[str, Any]] = answer["hits"]["hits"]
    told = [parted(hit["fields"]["columns"][0]) for hit in came]
    services, titles = [service for service, _, _ in told], [title for _, title, _ in told]
    marked = np.zeros((2, words, len(came)), bool)
    for at, hit in enumerate(came):
        for name in hit.get("matched_queries", ()):
            marked[int(name[0] == "w"), int(name[1:]), at] = True
    order = np.empty(len(came), np.int64)
    order[sorted(range(len(came)), key=lambda at: (titles[at].casefold(), services[at]))] = np.arange(len(came))
    labels = Labels()
    columns = Columns.of(range(len(came)), [packed for _, _, packed in told], labels)
    stored = [hit["fields"]["data"][0] if "data" in hit["fields"] else "" for hit in came]
    return Found(services, titles, order, columns, labels, Held(marked[0], marked[1], weights), stored)


def _checked(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    error = answer.get("error")
    if error is not None:
        if error.get("type") == "index_not_found_exception":
            raise NoIndex("The search node has no index for this site: manage.py rebuild_index makes one.")
        causes: Iterable[Mapping[str, Any]] = error.get("root_cause") or [error]
        status = int(answer.get("status") or 0)
        refused = status in REFUSED
        raise (QuestionRefused if refused else NodeFailed)(f"The search node answered {status}: {next(iter(causes)).get('reason')}")
    if answer["timed_out"]:
        raise NodeFailed("The search node took too long.")
    if answer["_shards"]["failed"]:
        raise NodeFailed("The search node lacks a part of its index.")
    return answer
