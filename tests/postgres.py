"""A throw-away PostgreSQL server from the machine's own packages: the fixture `postgres_url`.

One server for a whole run, also under pytest-xdist: the first worker that asks starts it, the last one that ends stops it. Where the
packages are missing, tests that need it skip with the reason; with CI set they fail.
"""

import contextlib
import fcntl
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

USER = "carestore"
FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin")


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server's empty database; its user may make more of them."""
    programs = programs_folder()
    if programs is None:
        reason = "PostgreSQL's server programs (initdb, pg_ctl) are not installed: apt-get install postgresql"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "postgres.json"
    with locked(shared) as state:
        if not state.get("users"):
            state.update(start(programs))
        state["users"] = state.get("users", 0) + 1
    yield state["url"]
    with locked(shared) as state:
        state["users"] -= 1
        if not state["users"]:
            stop(programs, Path(state["home"]))


def programs_folder() -> Path | None:
    """Where initdb and pg_ctl are; the newest version where there are several."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else []
    for pattern in FOLDERS:
        found += sorted(Path("/").glob(pattern.lstrip("/")), key=version)
    return next((folder for folder in reversed(found) if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)


def version(folder: Path) -> list[int]:
    """The numbers in the name of the folder above bin."""
    return [int(number) for number in re.findall("[0-9]+", folder.parent.name)]


def start(programs: Path) -> dict[str, Any]:
    """Make a server in a folder of its own and start it on a free loopback port."""
    home = Path(tempfile.mkdtemp(prefix="carestore-pg-"))
    password = secrets.token_urlsafe(16)
    (home / "password").write_text(password)
    if os.geteuid() == 0:
        owner = server_account()
        shutil.chown(home, owner, None)
        shutil.chown(home / "password", owner, None)
    run(home, programs / "initdb", "-D", home / "data", "-U", USER, "-A", "scram-sha-256", "--pwfile", home / "password")
    for attempt in range(5):
        port = free_port()
        # Nothing here outlives the run, so nothing needs to reach the disk.
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={home} -c fsync=off -c full_page_writes=off"
        try:
            run(home, programs / "pg_ctl", "-D", home / "data", "-l", home / "log", "-w", "-t", "60", "-o", options, "start")
            break
        except subprocess.CalledProcessError:
            if attempt == 4:
                raise RuntimeError((home / "log").read_text()) from None
    return {"url": f"postgresql://{USER}:{password}@127.0.0.1:{port}/postgres", "home": str(home)}


def stop(programs: Path, home: Path) -> None:
    """Stop the server and remove its folder."""
    run(home, programs / "pg_ctl", "-D", home / "data", "-m", "immediate", "-w", "stop")
    shutil.rmtree(home)


def run(home: Path, *command: str | Path) -> None:
    """Run one of PostgreSQL's programs; not as root, which they refuse."""
    account = {"user": server_account(), "extra_groups": []} if os.geteuid() == 0 else {}
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    with (home / "output").open("ab") as output:
        subprocess.run(command, check=True, cwd=home, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, **account)


def server_account() -> str:
    """The account under which root lets the server run."""
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def free_port() -> int:
    """A port of the loopback address that nobody listens on at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextlib.contextmanager
def locked(path: Path) -> Iterator[dict[str, Any]]:
    """The content of a small file that the run's workers share, one at a time."""
    with path.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        state = json.loads(file.read() or "{}")
        yield state
        file.seek(0)
        file.truncate()
        json.dump(state, file)
        file.flush()
