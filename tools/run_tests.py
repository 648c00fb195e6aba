"""All tests, on every core; those of one group, such as the browser's, on the same one. Extra arguments go to pytest."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    environment = {**os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE": "true"}
    command = [sys.executable, "-m", "pytest", "-n", str(os.cpu_count() or 2), "--dist", "loadgroup", *sys.argv[1:]]
    return subprocess.run(command, cwd=ROOT, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
