"""OpenSearch or Elasticsearch as the finder's engine."""

from search.engines.opensearch.engine import OpenSearchEngine
from search.engines.opensearch.node import connect

__all__ = ["OpenSearchEngine", "opened"]


def opened(url: str) -> OpenSearchEngine:
    """The engine at an address; `?index=` names its indexes, carestore where nothing is said."""
    return OpenSearchEngine(*connect(url))
