"""What every engine must keep: all tests of this folder run with each. Another engine joins by one more line in ENGINES."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from search.engines.base import Engine
from search.engines.embedded import EmbeddedEngine
from tests.opensearch.server import in_front

ENGINES: dict[str, Callable[[pytest.FixtureRequest, Path], Engine]] = {
    "embedded": lambda request, folder: EmbeddedEngine(folder),
    "opensearch": lambda request, folder: in_front(request.getfixturevalue("opensearch_url"), folder),
}


@pytest.fixture(params=list(ENGINES))
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    made = ENGINES[request.param](request, tmp_path / "index")
    yield made
    made.close()
