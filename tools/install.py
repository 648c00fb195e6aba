"""Makes the virtual environment and installs the pinned packages, once per change of the pins. Runs on a bare Python 3.11 or newer.

usage: python3 tools/install.py base|search|dev
search is base with the client of OpenSearch and Elasticsearch; dev is everything.
uv does the work where it can be had, pip otherwise. What is missing on the machine gets one plain sentence.
"""

import hashlib
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NEEDED_MB = 1_200
# Each holds all that stands before it.
SETS = ("base", "search", "dev")


def fail(sentence: str) -> None:
    sys.exit(f"\n{sentence}\n")


def make_environment() -> None:
    if PYTHON.exists():
        return
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        fail("Python's venv module is missing. On Debian and Ubuntu: apt install python3-venv")
    if shutil.disk_usage(ROOT).free < NEEDED_MB * 1_000_000:
        fail(f"The disk is nearly full: {NEEDED_MB} MB are needed for the packages.")
    print("Making the Python environment …", flush=True)
    if subprocess.run([sys.executable, "-m", "venv", str(VENV)]).returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        fail("The Python environment could not be made. On Debian and Ubuntu: apt install python3-venv")


def install(which: str) -> None:
    pins = ROOT / "requirements" / f"{which}.txt"
    if any(_installed(name) == _digest(name) for name in SETS[SETS.index(which) :]):
        return
    print("Installing the packages (a minute or so with an empty cache) …", flush=True)
    if not (with_uv(pins) or with_pip(pins)):
        fail("The packages could not be installed. Is the package registry reached? Try again: what was loaded is kept.")
    (VENV / f".installed-{which}").write_text(_digest(which))


def with_uv(pins: Path) -> bool:
    """With uv from this machine, or fetched for the occasion: it needs seconds where pip needs half a minute."""
    uv = shutil.which("uv") or str(VENV / "bin" / "uv")
    if not Path(uv).exists() and not with_pip(ROOT / "requirements" / "installer.txt", "--no-deps"):
        return False
    command = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(PYTHON), "--require-hashes", "-r", str(pins)]
    return subprocess.run(command).returncode == 0


def with_pip(pins: Path, *options: str) -> bool:
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    command = [str(PYTHON), "-m", "pip", "install", *quiet, *options, "--require-hashes", "--only-binary", ":all:", "-r", str(pins)]
    return subprocess.run(command).returncode == 0


def _installed(which: str) -> str:
    mark = VENV / f".installed-{which}"
    return mark.read_text() if mark.exists() else ""


def _digest(which: str) -> str:
    return hashlib.sha256((ROOT / "requirements" / f"{which}.txt").read_bytes()).hexdigest()


if __name__ == "__main__":
    if sys.version_info < (3, 11):
        fail(f"This is Python {sys.version.split()[0]}; 3.11 or newer is needed. Where you have another: make demo PYTHON=python3.12")
    if len(sys.argv) != 2 or sys.argv[1] not in SETS:
        fail(f"usage: python3 tools/install.py {'|'.join(SETS)}")
    make_environment()
    install(sys.argv[1])
