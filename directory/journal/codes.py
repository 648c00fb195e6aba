"""What may stand in the journal beside ids: codes, small numbers, days. Free text and whatever looks like personal data is refused.

This is a net, not a proof: a name in small letters looks like a code. Callers pass codes from their own lists.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

Code = str | int | bool | None | UUID | date | datetime | Enum
Codes = Mapping[str, "Code | list[Any] | tuple[Any, ...]"]

MOST_KEYS = 40
MOST_ITEMS = 500
MOST_CHARACTERS = 80
# Telephone numbers without their first nought have ten digits.
LARGEST_NUMBER = 999_999_999

_KIND = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_ROLE = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,31}")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/+-]*", re.ASCII)
_PHONE = re.compile(r"\+?[0-9./:-]+", re.ASCII)
_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[-+_.]?[0-9][A-Z]{2}", re.ASCII | re.IGNORECASE)
_NAME = re.compile(r"[A-Z][a-z]+([-.+_/][A-Z][a-z]+)*", re.ASCII)


def clean_codes(codes: Codes | None) -> dict[str, Any]:
    """The codes as they are stored. Raises ValueError, naming the key and never the value."""
    codes = codes or {}
    if len(codes) > MOST_KEYS:
        raise ValueError(f"codes: at most {MOST_KEYS} keys.")
    return {clean_key(key): _clean_value(key, value) for key, value in codes.items()}


def clean_key(key: str) -> str:
    """A key of codes: small letters, digits and underscores."""
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise ValueError("codes: a key is a word of small letters, digits and underscores, 40 at most.")
    return key


def clean_kind(kind: str) -> str:
    """A kind of event, such as referral.moved. Raises ValueError."""
    if len(kind) > 64 or not _KIND.fullmatch(kind):
        raise ValueError("kind: write room and verb, such as 'referral.moved', in small letters.")
    return str(kind)


def clean_role(role: str | Enum) -> str:
    """The role or relation in which somebody acted, or an empty string. Raises ValueError."""
    text = role.value if isinstance(role, Enum) else role
    if text and not _ROLE.fullmatch(text):
        raise ValueError("role: a code such as 'coordinator' or 'PROV'.")
    return str(text)


def _clean_value(key: str, value: Any) -> Any:
    if isinstance(value, list | tuple):
        if len(value) > MOST_ITEMS:
            raise ValueError(f"codes[{key!r}]: at most {MOST_ITEMS} items.")
        return [_clean_one(key, item) for item in value]
    return _clean_one(key, value)


def _clean_one(key: str, value: Any) -> Any:
    if isinstance(value, Enum):
        value = value.value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > LARGEST_NUMBER:
            raise ValueError(f"codes[{key!r}]: the number is too large for a count.")
        return int(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"codes[{key!r}]: a moment needs its time zone.")
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return _clean_word(key, str(value))
    raise ValueError(f"codes[{key!r}]: a {type(value).__name__} cannot stand in the journal.")


def _clean_word(key: str, word: str) -> str:
    if len(word) > MOST_CHARACTERS or not _CODE.fullmatch(word):
        raise ValueError(
            f"codes[{key!r}]: a code has at most {MOST_CHARACTERS} characters and no blanks. Words of people never go in here."
        )
    if _POSTCODE.fullmatch(word):
        raise ValueError(f"codes[{key!r}]: this looks like a postcode.")
    if _NAME.fullmatch(word):
        raise ValueError(f"codes[{key!r}]: this looks like a name; codes are written in small letters or in capitals.")
    if _PHONE.fullmatch(word) and sum(character.isdigit() for character in word) >= 9:
        raise ValueError(f"codes[{key!r}]: this looks like a telephone number.")
    return word
