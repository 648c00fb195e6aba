"""What the engines below can do by themselves: the same words asked without reach, facets, reasons or a formula of ours."""

from collections.abc import Sequence
from pathlib import Path
from sqlite3 import connect
from typing import TYPE_CHECKING

from search.engines.storage import Store, term

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

SIZE = 20


class BareFts:
    """One full-text query to the embedded index file: the best 20 by SQLite's own score."""

    def __init__(self, folder: Path) -> None:
        store = Store(folder)
        self._connection = connect(f"{(folder / store.generation()).as_uri()}?mode=ro", uri=True)

    def ask(self, words: Sequence[str], *, any_word: bool) -> int:
        """How many came."""
        return self._match((" OR " if any_word else " AND ").join(f'"{term(word)}"' for word in words))

    def begun(self, words: Sequence[str]) -> int:
        """The same for the names in which every word begins so."""
        return self._match(" AND ".join(f'name : "{term(word)}" *' for word in words))

    def _match(self, asked: str) -> int:
        found = self._connection.execute("SELECT rowid, rank FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?", (asked, SIZE))
        return len(found.fetchall())

    def close(self) -> None:
        self._connection.close()


class BareOpenSearch:
    """One match query to the same index: 20 hits with their documents as they are stored, no aggregations."""

    def __init__(self, client: "Elasticsearch", index: str) -> None:
        self._client = client
        self._index = index

    def ask(self, words: Sequence[str], *, any_word: bool) -> int:
        """How many came; without words, of everything."""
        match: dict[str, object] = {"match": {"words": {"query": " ".join(words), "operator": "or" if any_word else "and"}}}
        return self._hits(match if words else {"match_all": {}})

    def begun(self, words: Sequence[str]) -> int:
        """The same for the names in which every word begins so."""
        return self._hits({"bool": {"must": [{"prefix": {"name": word}} for word in words]}})

    def _hits(self, query: dict[str, object]) -> int:
        answer = self._client.search(index=self._index, query=query, size=SIZE, docvalue_fields=[{"field": "data"}])
        return len(answer["hits"]["hits"])
