"""Readers of environment variables. A value that makes no sense raises, with a sentence that says what would."""

import json
import os
import secrets
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

KEY_NAMES = ("SECRET_KEY", "FIELD_KEYS", "LOOKUP_KEY", "JOURNAL_KEY")


def text(name: str, default: str | None = None) -> str:
    """The variable's value; where it is missing or empty the default, and without that an error that names the variable."""
    value = os.environ.get(name, "").strip() or default
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set. Set it in the environment, or run 'manage.py setup', which makes the keys.")
    return value


def boolean(name: str, default: bool = False) -> bool:
    """1, true, yes, on or 0, false, no, off (any case)."""
    value = os.environ.get(name, "").strip().lower()
    if value in ("", None):
        return default
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}: write 1 or 0.")


def integer(name: str, default: int, low: int, high: int) -> int:
    """A whole number from low to high."""
    value = os.environ.get(name, "").strip() or str(default)
    if not (value.isascii() and value.isdigit()) or not low <= int(value) <= high:
        raise ImproperlyConfigured(f"{name} is {value!r}: write a whole number from {low} to {high}.")
    return int(value)


def words(name: str, allowed: frozenset[str], default: tuple[str, ...]) -> tuple[str, ...]:
    """A comma list of known words, in the order given; empty means the default."""
    found = tuple(word.strip() for word in os.environ.get(name, "").split(",") if word.strip())
    unknown = [word for word in found if word not in allowed]
    if unknown:
        raise ImproperlyConfigured(f"{name} names {', '.join(unknown)}; known are {', '.join(sorted(allowed))}.")
    return found or default


def choice(name: str, allowed: tuple[str, ...]) -> str:
    """One of these words, or empty."""
    value = os.environ.get(name, "").strip()
    if value and value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}; known are {', '.join(allowed)}. Empty means none.")
    return value


def web_address(name: str, default: str) -> str:
    """An http or https address without a trailing slash, or the empty default."""
    value = (os.environ.get(name, "").strip() or default).rstrip("/")
    parts = _parts(value)
    if value and (parts is None or parts.scheme not in ("http", "https") or not parts.hostname):
        raise ImproperlyConfigured(f"{name} is {value!r}: write an address such as https://store.example.org.")
    return value


def email_settings(url: str) -> dict[str, str | int | bool]:
    """Django's mail settings from one address: smtp://user:password@host:587?tls=1, file:///folder or console:."""
    parts = _parts(url) or urlsplit("")
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if parts.scheme == "file":
        return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": parts.path}
    if parts.scheme in ("smtp", "smtps") and parts.hostname:
        query = parse_qs(parts.query)
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": parts.hostname,
            "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            "EMAIL_USE_SSL": parts.scheme == "smtps",
            "EMAIL_USE_TLS": parts.scheme == "smtp" and query.get("tls", ["1"]) == ["1"],
            "EMAIL_TIMEOUT": 20,
        }
    raise ImproperlyConfigured("EMAIL_URL: write smtp://user:password@host:587, file:///folder or console:.")


def _parts(address: str) -> SplitResult | None:
    """The parts of an address; None where Python cannot take it apart, whose own error would show what stands in it."""
    try:
        parts = urlsplit(address)
        return parts if parts.port != 0 else None
    except ValueError:
        return None


def new_keys() -> dict[str, str]:
    """Fresh keys for every purpose; each is used for one thing only."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": Fernet.generate_key().decode(),
        "LOOKUP_KEY": secrets.token_urlsafe(32),
        "JOURNAL_KEY": secrets.token_urlsafe(32),
    }


def load_keys(home: Path, make: bool) -> None:
    """Put the keys kept in home/keys.json into the environment, where it does not name them already.

    make: write the file with fresh keys when it is missing (the demo, and `manage.py setup`). The file is readable by its owner only.
    """
    path = home / "keys.json"
    if make and not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(new_keys(), file, indent=1)
    if path.exists():
        for name, value in json.loads(path.read_text()).items():
            if name in KEY_NAMES:
                os.environ[name] = os.environ.get(name, "").strip() or value
