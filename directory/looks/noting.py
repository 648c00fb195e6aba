"""Noting a look while a page is answered: one line in a file, and no word to the database, also where the page comes out of memory.

A file holds the looks of one minute, of all web servers of this machine; the worker takes in those that are over. A crash loses a minute.
"""

import contextlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from directory import clock
from directory.looks.robots import is_robot

FOLDER = "looks"
NAME = "%Y%m%dT%H%M"
SEEN = frozenset({200, 304})
LINE = 33
# In one minute, of all listings: more is no neighbour who looks for a lunch club, and would fill the disk.
MOST_BYTES = 10_000 * LINE
_PAGE = re.compile(r"/services/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/[-\w]+/")


class CountLooks:
    """Stands before the memory of pages, so that a page given again counts like one that was made."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        service = looked_at(request, response)
        if service is not None:
            note(service)
        return response


def looked_at(request: HttpRequest, response: HttpResponse) -> UUID | None:
    """The listing whose public page somebody opened; None for anything else, for robots, and for whoever has signed in: groups look at their own."""
    page = _PAGE.fullmatch(request.path)
    if page is None or request.method != "GET" or response.status_code not in SEEN or getattr(request, "is_dummy", False):
        return None
    if is_robot(request.headers.get("User-Agent", "")) or _is_ahead(request) or _has_signed_in(request):
        return None
    return UUID(page[1])


def note(service: UUID) -> None:
    """Write a look down. A disk that is full or shut loses it; the visitor has their page all the same."""
    path = folder() / f"{clock.now():{NAME}}"
    with contextlib.suppress(OSError):
        try:
            _add(path, service)
        except FileNotFoundError:
            path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            _add(path, service)


def folder() -> Path:
    """Where the files are."""
    return Path(settings.CARESTORE_HOME) / FOLDER


def _add(path: Path, service: UUID) -> None:
    # One write to a file opened for appending: lines of several processes never mix.
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        if os.fstat(file).st_size < MOST_BYTES:
            os.write(file, f"{service.hex}\n".encode())
    finally:
        os.close(file)


def _is_ahead(request: HttpRequest) -> bool:
    """Did the browser fetch it before anybody asked for it?"""
    return "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))


def _has_signed_in(request: HttpRequest) -> bool:
    """A session is not opened where there is none: the page may have come without one."""
    user = getattr(request, "user", None) if settings.SESSION_COOKIE_NAME in request.COOKIES else None
    return user is not None and user.is_authenticated
