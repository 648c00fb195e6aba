"""OpenSearch or Elasticsearch as the finder's engine."""

from search.engines.opensearch.engine import OpenSearchEngine
from search.engines.opensearch.node import READ_SECONDS, connect

__all__ = ["OpenSearchEngine", "opened"]


def opened(url: str, *, seconds: float = READ_SECONDS) -> OpenSearchEngine:
    """The engine at an address; `?index=` names its indexes, carestore where nothing is said. `seconds` is how long a question may take."""
    return OpenSearchEngine(*connect(url, seconds=seconds))
