"""`make audit`: secrets in tracked files, and known weaknesses in the pinned packages where an advisory service is reached. Not part of CI."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SECRETS = {
    "a private key": re.compile(rb"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"),
    "an access key": re.compile(rb"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    "a token": re.compile(rb"\b(?:ghp|gho|ghs|glpat|xox[abp])[-_][A-Za-z0-9_-]{20,}\b"),
    "a field key": re.compile(rb"\bFIELD_KEYS\s*=\s*[\"']?[A-Za-z0-9_-]{43}="),
}
ALLOWED = {"tests/settings.py"}


def secrets() -> list[str]:
    """One line for each tracked file in which something looks like a secret; the secret itself is not shown."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    found = []
    for name in filter(None, names):
        text = (ROOT / name).read_bytes() if (ROOT / name).is_file() else b""
        found += [f"{name}: this looks like {what}" for what, pattern in SECRETS.items() if name not in ALLOWED and pattern.search(text)]
    return found


def weaknesses() -> int:
    """The exit code of pip-audit over what a site installs, in an environment of its own."""
    home = ROOT / ".venv" / "audit"
    python = home / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        pins = str(ROOT / "requirements" / "audit.txt")
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", pins], check=True)
    command = [str(python), "-m", "pip_audit", "--require-hashes", "--disable-pip", "-r", str(ROOT / "requirements" / "base.txt")]
    return subprocess.run(command).returncode


def main() -> int:
    found = secrets()
    print("\n".join(found) or "No secrets in tracked files.")
    code = weaknesses()
    if code:
        print("The packages were found weak, or no advisory service was reached: read above which.")
    return 1 if found or code else 0


if __name__ == "__main__":
    sys.exit(main())
