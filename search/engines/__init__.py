"""The engine of this site, chosen by SEARCH_URL."""

import os
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

# Reach and scores know what an engine answers with, and the engines ask them: they are read when both are there.
if TYPE_CHECKING:
    from search.engines.base import Engine
    from search.engines.embedded import EmbeddedEngine
    from search.engines.standby import Standby


def current() -> "Engine":
    """The engine that answers. Raises ImproperlyConfigured where SEARCH_URL is set and its client is not installed."""
    return pair() or index_file()


def index_file() -> "EmbeddedEngine":
    """The index file, which every site has."""
    return _embedded(Path(settings.SEARCH_INDEX_DIR))


def pair() -> "Standby | None":
    """The search node with the index file beside it, where SEARCH_URL names one. Raises ImproperlyConfigured."""
    if not settings.SEARCH_URL:
        return None
    if find_spec("elasticsearch") is None:
        raise ImproperlyConfigured("SEARCH_URL is set, but its client is not installed: python3 tools/install.py search")
    return _standby(settings.SEARCH_URL, Path(settings.SEARCH_INDEX_DIR), os.getpid())


def kept() -> "tuple[Engine, ...]":
    """The engines that are kept level with the journal, each for itself; the index file first."""
    both = pair()
    return (both.embedded, both.node) if both else (index_file(),)


@lru_cache(maxsize=8)
def _embedded(folder: Path) -> "EmbeddedEngine":
    from search.engines.embedded import EmbeddedEngine

    return EmbeddedEngine(folder)


@lru_cache(maxsize=8)
def _standby(url: str, folder: Path, process: int) -> "Standby":
    """One for each process, since connections are not shared."""
    from search.engines.opensearch import opened
    from search.engines.standby import Standby

    beside = _embedded(folder)
    return Standby(opened(url, words=beside.lexicon), beside)
