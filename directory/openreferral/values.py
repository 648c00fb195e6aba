"""Single values as the standard wants them. What cannot be written rightly is left out: a key is there with a value, or it is not there."""

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.encoding import iri_to_uri

Record = dict[str, Any]

_web = URLValidator(schemes=["http", "https"])
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_TO_QUOTE = str.maketrans({"[": "%5B", "]": "%5D", "|": "%7C", "^": "%5E", "`": "%60", "{": "%7B", "}": "%7D", "\\": "%5C"})


def told(**values: Any) -> Record:
    """The values that say something: without None, empty text and empty lists. No and nought say something."""
    return {name: value for name, value in values.items() if value is not None and value != "" and value != [] and value != {}}


def text(value: str) -> str:
    """Without blanks around it."""
    return value.strip()


def lines(value: str) -> list[str]:
    """The lines of a text that hold something."""
    return [line.strip() for line in value.splitlines() if line.strip()]


def parts(value: str) -> list[str]:
    """What stands between semicolons, each once."""
    return list(dict.fromkeys(part.strip() for part in value.split(";") if part.strip()))


def uri(value: str) -> str | None:
    """A web address as a URI in ASCII; None for what is none."""
    value = value.strip()
    try:
        _web(value)
        if urlsplit(value).hostname is None:
            return None
    except (ValidationError, ValueError):
        return None
    scheme, _, rest = _BARE_PERCENT.sub("%25", value).partition("://")
    host, slash, path = rest.partition("/")
    try:
        host = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return None
    return str(iri_to_uri(f"{scheme}://{host}{slash}{path.translate(_TO_QUOTE)}"))


def email(value: str) -> str | None:
    """An e-mail address in ASCII; None for what is none."""
    value = value.strip()
    try:
        validate_email(value)
    except ValidationError:
        return None
    return value if value.isascii() else None


def number(value: Decimal | None) -> int | float | None:
    """A decimal as JSON has it: 60, not 60.00."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def wall_time(value: time) -> str:
    """A time on the clock on the wall: 10:00."""
    return f"{value:%H:%M}"


def moment(value: datetime) -> str:
    """A moment in UTC with milliseconds: 2026-03-15T10:30:45.123Z."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def key(value: UUID | None) -> str | None:
    return str(value) if value else None
