"""One web server and one worker, started together and watched: what a single small machine needs."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from django.conf import settings

RESTART_SECONDS = 5.0


def port_is_free(port: int) -> bool:
    """Can a server listen on this port of this machine?"""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _start_worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, str(Path(settings.ROOT) / "manage.py"), "worker"])  # noqa: S603


def _start_server(port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gunicorn", "carestore.wsgi:application", "--chdir", str(Path(settings.ROOT) / "site")]
    options = [
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "2",
        "--threads",
        "4",
        "--preload",
        "--log-level",
        "warning",
        "--no-control-socket",
    ]
    return subprocess.Popen(command + options)  # noqa: S603


def _answers(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def serve(port: int, *, when_up: Callable[[], None]) -> int:
    """Serve until a signal or the end of the server; a worker that ends is started again. Returns the server's exit code."""
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    stopping = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    server, worker, begun = _start_server(port), _start_worker(), time.monotonic()
    up = False
    try:
        while not stopping and server.poll() is None:
            if not up and _answers(port):
                up = True
                when_up()
            # One that cannot start at all is not tried five times a second.
            if worker.poll() is not None and time.monotonic() - begun > RESTART_SECONDS:
                worker, begun = _start_worker(), time.monotonic()
            time.sleep(0.2)
    finally:
        for process in (server, worker):
            if process.poll() is None:
                process.terminate()
        for process in (server, worker):
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    return 0 if stopping else server.returncode or 0
