"""How /oruk/ answers: JSON, open to every site, with a mark by which a reader sees that nothing changed."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from directory import clock
from directory.openreferral import licences
from directory.openreferral.modified import SECOND
from directory.openreferral.paging import Page
from directory.openreferral.values import Record

NDJSON = "application/x-ndjson"


def as_json(body: Any) -> bytes:
    """Compact JSON in UTF-8."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def answer(request: HttpRequest, body: Record, changed: datetime, *, link: str = "") -> HttpResponseBase:
    """A body, or 304 where the reader has it already. `changed`: `newest()` from before anything was read."""
    content = as_json(body)
    response = HttpResponse(content, content_type="application/json")
    response["ETag"] = f'"{blake2b(content, digest_size=12).hexdigest()}"'
    if link:
        response["Link"] = link
    return conditional(request, response, changed)


def stream(request: HttpRequest, records: Iterable[Record], changed: datetime) -> HttpResponseBase:
    """One record in a line, sent as they are read."""
    body = () if request.method == "HEAD" else _lines(records)
    return conditional(request, StreamingHttpResponse(body, content_type=NDJSON), changed)


def links(request: HttpRequest, page: Page) -> str:
    """The neighbours of a page for the header Link."""
    wanted = {"first": 1, "prev": page.number - 1, "next": page.number + 1, "last": page.pages}
    return ", ".join(f'<{_address(request, number)}>; rel="{name}"' for name, number in wanted.items() if 1 <= number <= page.pages)


def open_to_all(response: HttpResponseBase) -> HttpResponseBase:
    """Scripts of any site may read it, and whoever keeps it asks again before showing it: contacts are withdrawn."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Link, Retry-After"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    if licence := licences.link():
        response["Link"] = ", ".join(filter(None, (response.headers.get("Link"), licence)))
    if not response.has_header("Cache-Control"):
        response["Cache-Control"] = "public, no-cache"
    return response


def preflight() -> HttpResponse:
    """What a browser asks before a script may ask."""
    response = HttpResponse(status=204)
    response["Allow"] = response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    response["Access-Control-Allow-Headers"] = "*"
    response["Access-Control-Max-Age"] = "86400"
    return response


def conditional(request: HttpRequest, response: HttpResponseBase, changed: datetime) -> HttpResponseBase:
    """The response with Last-Modified, or 304 where the reader has it already."""
    # A second is long: what changed later in the same one must not pass for known. So it is rounded up, unless that lies ahead.
    whole = changed.replace(microsecond=0)
    known = whole if whole == changed else whole + SECOND
    response["Last-Modified"] = http_date((known if known <= clock.now() else whole).timestamp())
    etag = response.headers.get("ETag")
    found = get_conditional_response(request, etag=etag, last_modified=int(known.timestamp()), response=response)  # type: ignore[arg-type]
    assert found is not None
    return found


def _address(request: HttpRequest, number: int) -> str:
    params = {**request.GET.dict(), "page": str(number)}
    return f"{settings.BASE_URL}{request.path}?{urlencode(params)}"


def _lines(records: Iterable[Record]) -> Iterator[bytes]:
    for record in records:
        yield as_json(record) + b"\n"
