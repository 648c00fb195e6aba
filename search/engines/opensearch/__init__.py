"""OpenSearch or Elasticsearch as the finder's engine."""

from collections.abc import Callable

from search.engines.opensearch.engine import OpenSearchEngine
from search.engines.opensearch.node import READ_SECONDS, connect
from search.lexicon import Lexicon, WordList

__all__ = ["OpenSearchEngine", "opened"]


def opened(url: str, *, words: Callable[[], Lexicon] | None = None, seconds: float = READ_SECONDS) -> OpenSearchEngine:
    """The engine at an address; `?index=` names its indexes, carestore where nothing is said.

    `words` gives the lexicon (none without), `seconds` is how long a question may take.
    """
    return OpenSearchEngine(*connect(url, seconds=seconds), words or (lambda: WordList({})))
