"""The engine for more than 20,000 listings: OpenSearch or Elasticsearch. It finds the likeliest; search.scoring says which is better."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from elasticsearch import Elasticsearch

from search import tokens
from search.engines.arrays import Floats
from search.engines.base import FEW, START, Bookmark, Candidates, Map, Progress, Suggestion
from search.engines.document import Document
from search.engines.opensearch import clusters, facets
from search.engines.opensearch.asking import Questions, found, hits, total
from search.engines.opensearch.generations import Generations
from search.engines.opensearch.mapping import entry
from search.engines.opensearch.queries import Asked, every, within
from search.engines.opensearch.ranking import TIES, likeliest, order
from search.lexicon import Lexicon
from search.query import Box, Query, Sort
from search.textscore import weights

# How many of the likeliest are scored for a page; a page never lies in two parts.
PART = 100
PROGRESS_EVERY = 500
# How long the count of a word may be old: it only weighs words against each other.
COUNTS_SECONDS = 60.0
COUNTS_MOST = 20_000
ENDING_MOST = 10_000
HEADINGS_MOST = 200


class OpenSearchEngine:
    """Keeps the contract of search.engines.base.Engine; without an index it raises NoIndex where it is asked.

    Its lexicon is that of the embedded index, which stands beside it at every site.
    """

    def __init__(self, client: Elasticsearch, prefix: str, words: Callable[[], Lexicon]) -> None:
        self.client = client
        self._words = words
        self.generations = Generations(client, prefix)
        self._questions = Questions(client, prefix)
        self._counts: dict[str, int] = {}
        self._counted = 0.0

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    # --- writing

    def index(
        self, documents: Iterable[Document], *, gone: Iterable[str] = (), bookmark: Bookmark | None = None, after: int | None = None
    ) -> bool:
        mark = self.generations.begun()
        if after is not None and mark.bookmark.seq != after:
            return False
        # The turn is taken before the documents are read, so that who read later wins.
        turn = self.generations.turn()
        services: dict[str, list[Document]] = {}
        for document in documents:
            services.setdefault(document.service, []).append(document)
        entries: list[tuple[str, Mapping[str, Any] | None]] = [(service, entry(together)) for service, together in services.items()]
        entries += [(service, None) for service in dict.fromkeys(gone) if service not in services]
        if entries:
            self.generations.write(mark.index, turn, entries)
            self._counts = {}
        if not entries and bookmark is None:
            return True
        return self.generations.move(mark, mark.bookmark if bookmark is None else bookmark, changed=bool(entries))

    def delete(self, services: Iterable[str]) -> None:
        self.index((), gone=services)

    def move_bookmark(self, bookmark: Bookmark) -> None:
        self.index((), bookmark=bookmark)

    def rebuild(self, documents: Iterable[Document], *, bookmark: Bookmark = START, progress: Progress | None = None) -> None:
        with self.generations.new(bookmark) as index:
            counted = 0

            def entries() -> Iterator[tuple[str, Mapping[str, Any]]]:
                nonlocal counted
                told = 0
                for service, of_service in groupby(documents, key=lambda document: document.service):
                    together = list(of_service)
                    yield service, entry(together)
                    counted += len(together)
                    if progress is not None and counted - told >= PROGRESS_EVERY:
                        progress(told := counted)

            self.generations.write(index, self.generations.turn(), entries())
            self.generations.merge(index)
            if progress is not None:
                progress(counted)
        self._counts = {}

    def bookmark(self) -> Bookmark:
        mark = self.generations.mark()
        return mark.bookmark if mark else START

    def state(self) -> str:
        mark = self.generations.mark()
        return mark.state if mark else ""

    # --- finding

    def search(self, query: Query, *, everywhere: bool = False, facets: bool = True) -> Candidates:
        weighed = self._weights(query.words)
        asked, answers = self._answers(query, weighed, everywhere=everywhere, counted=facets)
        first, _ = part_of(query)
        came = found(answers[0], len(query.words), weighed)
        rows = came.selection(query, everywhere=everywhere).rows(came.order)

        def fetch(at: Sequence[int]) -> list[tuple[Document, ...]]:
            return [came.documents(int(rows.keys[each])) for each in at]

        counted = answers[1] if facets else answers[0]
        return Candidates(total(counted), rows, self._facets(asked, answers[1:]) if facets else {}, fetch, first)

    def _answers(self, query: Query, weighed: Floats, *, everywhere: bool, counted: bool) -> tuple[Asked, list[Mapping[str, Any]]]:
        """The answers to the hits and to the facets, and what was asked: half of the words, where too few hold all."""
        sort = Sort.FIT if query.sort is Sort.DISTANCE and query.place is None else query.sort
        first, size = part_of(query)

        def requests(asked: Asked) -> list[dict[str, Any]]:
            found = likeliest(asked, weighed, sort)
            wanted = hits(found, sort=order(query, sort), first=first, size=size, counted=not counted, documents=True)
            return [wanted, *(request for _, request in facets.requests(asked))] if counted else [wanted]

        asked = Asked(query, everywhere=everywhere)
        answers = self._questions.ask(requests(asked))
        if self._too_few(asked, total(answers[1 if counted else 0])):
            asked = Asked(query, everywhere=everywhere, few=True)
            answers = self._questions.ask(requests(asked))
        return asked, answers

    def _too_few(self, asked: Asked, fitting: int) -> bool:
        """Whether so few hold all words that half of them are enough. Where enough pass all filters, nobody need count those without."""
        if len(asked.query.words) < 2 or fitting >= FEW:
            return False
        if not asked.filtered:
            return True
        (answer,) = self._questions.ask([floor_request(asked)])
        return total(answer) < FEW

    def _facets(self, asked: Asked, answers: Sequence[Mapping[str, Any]]) -> Mapping[str, Mapping[str, int]]:
        counts: dict[str, dict[str, int]] = {}
        for (fields, _), answer in zip(facets.requests(asked), answers, strict=True):
            counts |= facets.read(fields, answer)
        return {field: counts[field] for field in facets.FACETS}

    def _weights(self, words: Sequence[str]) -> Floats:
        """What each word weighs, from how many services hold it; asked anew after a while."""
        if not words:
            return weights((), 0)
        if time.monotonic() - self._counted > COUNTS_SECONDS or len(self._counts) > COUNTS_MOST:
            self._counts, self._counted = {}, time.monotonic()
        known = self._counts
        new = [word for word in ("", *words) if word not in known]
        if new:
            requests: list[dict[str, Any]] = [
                {"size": 0, "track_total_hits": True, "query": {"term": {"words": word}} if word else {"match_all": {}}} for word in new
            ]
            known |= dict(zip(new, map(total, self._questions.ask(requests)), strict=True))
        return weights([known[word] for word in words], known[""])

    def clusters(self, box: Box | None, zoom: int, query: Query) -> Map:
        asked = Asked(query, boxed=False)
        answers = self._questions.ask([*clusters.requests(asked, box, zoom), *([floor_request(asked)] if len(query.words) > 1 else [])])
        if len(query.words) > 1 and total(answers.pop()) < FEW:
            asked = Asked(query, boxed=False, few=True)
            answers = self._questions.ask(clusters.requests(asked, box, zoom))
        return clusters.map_of(self._questions, asked, box, zoom, answers)

    def lexicon(self) -> Lexicon:
        return self._words()

    def ending_before(self, minute: int) -> list[str]:
        request = {"query": within("hours_to", lt=minute), "sort": ["hours_to", "service"], "size": ENDING_MOST, "stored_fields": "_none_"}
        (answer,) = self._questions.ask([request])
        return [hit["sort"][-1] for hit in answer["hits"]["hits"]]

    def suggest(self, prefix: str, *, limit: int = 8) -> list[Suggestion]:
        words = tokens.split(prefix)[: tokens.QUERY_TOKENS_MAX]
        if not words:
            return []
        *whole, last = words
        begins = [begin(word) for word in whole if word not in tokens.STOP_WORDS] + [last]
        request = hits(every({"prefix": {"line": each}} for each in begins), sort=TIES, size=limit, documents=True)
        (answer,) = self._questions.ask([request])
        came = found(answer, 0, weights((), 0))
        names = [came.documents(at)[0] for at in range(len(came.services))]
        suggested = [Suggestion(first.service, first.name, first.url) for first in names]
        return suggested + (self._headings(begins, limit - len(suggested)) if len(suggested) < limit else [])

    def _headings(self, begins: Sequence[str], most: int) -> list[Suggestion]:
        """Organisations and places by name."""
        terms = {"field": "heading", "size": HEADINGS_MOST, "order": {"_key": "asc"}}
        query = every({"prefix": {"headings": each}} for each in begins)
        (answer,) = self._questions.ask([{"size": 0, "query": query, "aggs": {"headings": {"terms": terms}}}])
        named = []
        for bucket in answer.get("aggregations", {"headings": {"buckets": []}})["headings"]["buckets"]:
            kind, _, name = bucket["key"].split("\t")
            there = tokens.split(name)
            if all(any(word.startswith(each) for word in there) for each in begins):
                named.append(Suggestion("", name, "", kind))
        return named[:most]


def begin(word: str) -> str:
    """The part of a whole word by which its other forms are found, too."""
    stemmed = tokens.stem(word)
    return stemmed if word.startswith(stemmed) else word


def part_of(query: Query) -> tuple[int, int]:
    """(after how many, how many): the part of the answer in which the query's page lies, the same for all of its pages."""
    size = -(-PART // query.page_size) * query.page_size
    return (query.page - 1) * query.page_size // size * size, size


def floor_request(asked: Asked) -> dict[str, Any]:
    """How many fit by words, needs, day and reach, as far as it matters."""
    return {"size": 0, "track_total_hits": FEW, "query": every(asked.floor())}
