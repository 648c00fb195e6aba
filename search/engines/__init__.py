"""The engine of this site, chosen by SEARCH_URL."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from search.engines.base import Engine


def current() -> "Engine":
    """The engine that answers. Raises ImproperlyConfigured for one that is not built in."""
    if settings.SEARCH_URL:
        raise ImproperlyConfigured("SEARCH_URL: this version has the embedded engine only; leave it empty.")
    return _embedded(Path(settings.SEARCH_INDEX_DIR))


@lru_cache(maxsize=8)
def _embedded(folder: Path) -> "Engine":
    # Reach and scores know what an engine answers with, and the engine asks them: it is read when both are there.
    from search.engines.embedded import EmbeddedEngine

    return EmbeddedEngine(folder)
