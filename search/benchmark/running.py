"""Runs the jobs of a benchmark one after the other in a folder of its own, and takes everything away at the end."""

import base64
import importlib.util
import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

NODE_MEMORY = "1g"
# How long a process that was asked to end may take.
END_SECONDS = 20
KEYS = ("SECRET_KEY", "FIELD_KEYS", "LOOKUP_KEY", "JOURNAL_KEY")

Progress = Callable[[str, int, int], None]


class JobFailed(Exception):
    """A part of the benchmark ended without a result; what it said stands on the error stream."""


@contextmanager
def folder_of_its_own(*, keep: bool) -> Iterator[Path]:
    """A new folder under CARESTORE_HOME/benchmark; removed at the end unless it is to be kept."""
    home = Path(settings.CARESTORE_HOME) / "benchmark"
    folder = home / secrets.token_hex(4)
    (folder / "site").mkdir(parents=True)
    try:
        yield folder
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)
            with suppress(OSError):
                home.rmdir()


def surroundings(home: Path, **more: str) -> dict[str, str]:
    """The environment of a process that works in a site of its own; with keys that nobody else has, unless `more` gives some."""
    root = Path(settings.ROOT)
    field_key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    given = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SEARCH_URL", "DEMO", "EMAIL_URL", "BASE_URL")
    }
    own = {
        "CARESTORE_HOME": str(home),
        "PYTHONPATH": os.pathsep.join((str(root), str(root / "site"))),
        "DJANGO_SETTINGS_MODULE": str(os.environ["DJANGO_SETTINGS_MODULE"]),
        **{name: field_key if name == "FIELD_KEYS" else secrets.token_urlsafe(40) for name in KEYS},
    }
    return {**given, **own, **more}


def job(
    name: str, task: "DataclassInstance", environment: Mapping[str, str], progress: Progress, *, module: str = "search.benchmark.jobs"
) -> dict[str, Any]:
    """Run a job of this module in a process of its own. Raises JobFailed."""
    command = [sys.executable, "-m", module, name, json.dumps(asdict(task))]
    process = subprocess.Popen(command, env=dict(environment), stdout=subprocess.PIPE, text=True, cwd=settings.ROOT)  # noqa: S603
    assert process.stdout is not None
    result: dict[str, Any] | None = None
    with ended(process):
        for line in process.stdout:
            told = json.loads(line)
            if "result" in told:
                result = told["result"]
            else:
                progress(told["text"], told["done"], told["of"])
        process.wait()
    if process.returncode or result is None:
        raise JobFailed(f"{name} ended with {process.returncode}.")
    return result


@contextmanager
def ended(process: "subprocess.Popen[Any]") -> Iterator[None]:
    """A process that does not outlive the block."""
    try:
        yield
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def search_node(url: str, home: Path) -> Iterator[str]:
    """The address of a search node with a name for indexes that nobody else has: the one given, or one that is started for the block.

    The indexes are removed at the end. Raises JobFailed where none can be started.
    """
    name = f"carestore-benchmark-{secrets.token_hex(4)}"
    if url:
        yield from _named(url, name)
        return
    tool = _node_tool()
    try:
        node = tool.start(home, memory=NODE_MEMORY)
    except (tool.Missing, RuntimeError) as reason:
        raise JobFailed(str(reason)) from reason
    try:
        yield f"{node.url}?index={name}"
    finally:
        tool.stop(node.pid)


def _named(url: str, name: str) -> Iterator[str]:
    from search.engines.opensearch.node import connect

    address = f"{url.partition('?')[0].rstrip('/')}?index={name}"
    try:
        yield address
    finally:
        client, _ = connect(address)
        for index in client.indices.get(index=f"{name}*"):
            client.indices.delete(index=index)
        client.close()


def _node_tool() -> ModuleType:
    """tools/opensearch/node.py of the checkout. Raises JobFailed where there is none."""
    file = Path(settings.ROOT) / "tools" / "opensearch" / "node.py"
    spec = importlib.util.spec_from_file_location("opensearch_node", file)
    if not file.exists() or spec is None or spec.loader is None:
        raise JobFailed("There is no tools/opensearch here: give the address of a search node with --url.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
