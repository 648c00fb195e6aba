"""The seal of a row: an HMAC over the row and the seal before it, with a key that is not in the database."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings


class Sealed(Protocol):
    """What the seal covers."""

    seq: int
    at: datetime
    kind: str
    object_type: str
    object_id: UUID
    by_id: UUID | None
    by_role: str
    codes: Any
    prev_mac: str


def seal(row: Sealed) -> str:
    """HMAC-SHA256 of the row in one fixed spelling, as 64 hexadecimal characters."""
    parts = [
        row.seq,
        row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        row.kind,
        row.object_type,
        str(row.object_id),
        None if row.by_id is None else str(row.by_id),
        row.by_role,
        row.codes,
        row.prev_mac,
    ]
    spelled = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)
    return hmac.new(settings.JOURNAL_KEY.encode(), spelled.encode(), hashlib.sha256).hexdigest()
