"""A list of services that a visitor keeps without an account: ids only, signed, in a cookie of their own or in a link for others.

The cookie goes to the pages of the list and to no others, so that no answer of the finder can depend on it (docs/adr/0011).
"""

import base64
import binascii
from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse

MOST = 50
COOKIE = "shortlist"
# How many, for the link in the header: a script reads it. It says nothing of what they are.
COUNT_COOKIE = "shortlist_count"
PATH = "/saved/"
AGE_SECONDS = 60 * 60 * 24 * 90

_BYTES = 16
# Fifty ids in base64, the point and the signature.
_LONGEST = MOST * 22 + 64

Ids = tuple[UUID, ...]


class BadList(ValueError):
    """A signed list that is cut, changed, or was never ours."""


class FullList(ValueError):
    """MOST services are on the list already."""


def signed(ids: Sequence[UUID]) -> str:
    """The ids as a text for a cookie or a link: 22 characters each and a signature. It holds for ever, as ids do."""
    packed = base64.urlsafe_b64encode(b"".join(pk.bytes for pk in ids[:MOST])).decode().rstrip("=")
    return _signer().sign(packed)


def unsigned(text: str) -> Ids:
    """The ids of a signed text, in their order. Raises BadList."""
    try:
        packed = _signer().unsign(text[: _LONGEST + 1])
        raw = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
    except (BadSignature, binascii.Error, ValueError):
        raise BadList("This list is not whole.") from None
    if len(raw) % _BYTES:
        raise BadList("This list is not whole.")
    return tuple(UUID(bytes=raw[start : start + _BYTES]) for start in range(0, len(raw), _BYTES))


def kept(request: HttpRequest) -> Ids:
    """What this visitor keeps; nothing where the cookie is missing or not ours."""
    try:
        return unsigned(request.COOKIES.get(COOKIE, ""))
    except BadList:
        return ()


def with_more(ids: Ids, more: Sequence[UUID]) -> Ids:
    """The list with these at its end, each once. Raises FullList where they do not all fit."""
    longer = tuple(dict.fromkeys((*ids, *more)))
    if len(longer) > MOST:
        raise FullList("The list is full.")
    return longer


def without(ids: Ids, gone: UUID) -> Ids:
    """The list without one."""
    return tuple(pk for pk in ids if pk != gone)


def remember(response: HttpResponse, ids: Ids) -> None:
    """Put the list into the visitor's browser; an empty one leaves nothing there."""
    if not ids:
        response.delete_cookie(COOKIE, path=PATH, samesite="Lax")
        response.delete_cookie(COUNT_COOKIE, samesite="Lax")
        return
    secure = bool(settings.SESSION_COOKIE_SECURE)
    response.set_cookie(COOKIE, signed(ids), max_age=AGE_SECONDS, path=PATH, secure=secure, httponly=True, samesite="Lax")
    response.set_cookie(COUNT_COOKIE, str(len(ids)), max_age=AGE_SECONDS, secure=secure, samesite="Lax")


def _signer() -> Signer:
    # A point ends no base64 text; a colon would be written as %3A in a link.
    return Signer(sep=".", salt="search.saved.shortlist")
