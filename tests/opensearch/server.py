"""A real OpenSearch node for a whole run of tests, also under pytest-xdist: the fixture `opensearch_url`.

The first worker that asks starts it, the last one that ends stops it. Where Java or Maven is missing, tests that need it skip with the
reason; with CI set they fail. Every test takes a prefix of its own for its indexes, so that tests do not meet.
"""

import importlib.util
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from search.engines.embedded import EmbeddedEngine
from search.engines.opensearch import opened
from search.engines.standby import Standby
from tests.postgres import locked

ROOT = Path(__file__).resolve().parents[2]


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("opensearch_node", ROOT / "tools" / "opensearch" / "node.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


node = _tool()


@pytest.fixture(scope="session")
def opensearch_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the node that all tests share."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "opensearch.json"
    with locked(shared) as state:
        if not state.get("users"):
            started = start_or_skip(Path(tempfile.mkdtemp(prefix="carestore-os-")))
            state.update(url=started.url, pid=started.pid, home=str(started.home))
        state["users"] = state.get("users", 0) + 1
    yield state["url"]
    with locked(shared) as state:
        state["users"] -= 1
        if not state["users"]:
            node.stop(state["pid"])
            shutil.rmtree(state["home"], ignore_errors=True)


@pytest.fixture
def opensearch_url(opensearch_node: str) -> str:
    """The shared node, with a name for indexes that no other test has."""
    return f"{opensearch_node}?index=t{secrets.token_hex(6)}"


def start_or_skip(home: Path):
    """A node of one's own; where the machine lacks something the test is skipped with the reason, in CI it fails."""
    try:
        return node.start(home)
    except node.Missing as reason:
        shutil.rmtree(home, ignore_errors=True)
        if os.environ.get("CI"):
            pytest.fail(str(reason))
        pytest.skip(str(reason))


class Watched(Standby):
    """Both engines as a site has them; at the end it is looked at whether the node has answered whatever it was asked."""

    def close(self) -> None:
        assert (self.breaker.why, self.refused) == ("", 0)
        super().close()


def in_front(url: str, folder: Path) -> Watched:
    """A node in front of an index file of its own."""
    beside = EmbeddedEngine(folder)
    # The machine may be busy with other tests.
    return Watched(opened(url, words=beside.lexicon, seconds=30.0), beside)
