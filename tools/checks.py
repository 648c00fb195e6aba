"""Format, lint, types, layers, migrations: the first part of `make test`, and exactly what CI runs. Stops at the end, not at the first fault."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
SOURCES = ["directory", "search", "matching", "cms", "site/carestore", "tools", "manage.py"]

CHECKS = [
    ("format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]),
    ("lint", [str(BIN / "ruff"), "check", "--quiet", "."]),
    ("layers", [str(BIN / "lint-imports"), "--no-cache"]),
    ("system", [sys.executable, "manage.py", "check", "--fail-level", "WARNING"]),
    ("migrations", [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run", "--verbosity", "0"]),
    (
        "types",
        [str(BIN / "mypy"), "--no-error-summary", "-p", "carestore", "-p", "cms", "-p", "matching", "-p", "search", "-p", "directory"],
    ),
]


def main() -> int:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}", "DJANGO_SETTINGS_MODULE": "tests.settings"}
    failed = []
    for name, command in CHECKS:
        start = time.monotonic()
        result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        print(f"{'ok  ' if result.returncode == 0 else 'FAIL'} {name} ({time.monotonic() - start:.0f} s)", flush=True)
        if result.returncode:
            failed.append(name)
            print(result.stdout + result.stderr, flush=True)
    if failed:
        print(f"Failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
