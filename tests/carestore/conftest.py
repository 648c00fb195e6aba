"""The roof's tests: an index of each test's own, and nothing counted by the tests before."""

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from search import known


@pytest.fixture(autouse=True)
def _own_index_and_counts(settings: Any, tmp_path: Path) -> None:
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    known.forget()
    cache.clear()
