"""Pages for what went wrong: each says what to do next. Addresses of the API get the API's own shape."""

import logging
import sys
import traceback
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from carestore.context import site_facts

log = logging.getLogger("carestore.errors")

SENTENCES = {
    400: "This request cannot be read.",
    403: "This is not open to you.",
    404: "There is nothing at this address.",
    405: "This address takes no request of this kind.",
    429: "That was too many times in a row. Wait a little, then try again.",
    500: "Something went wrong on our side.",
}


def page(request: HttpRequest, code: int) -> HttpResponse:
    """The page of an error, or its JSON below /api/ and /oruk/."""
    if request.path.startswith(("/api/", "/oruk/", "/fhir/")):
        return JsonResponse({"errors": {"request": [SENTENCES[code]]}}, status=code)
    return render(request, f"{code}.html", status=code)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 400)


def not_open(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 403)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the token that its page carried: opened long ago, or not ours."""
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 404)


class WrongMethod:
    """Middleware: whoever opens the address of a button, by the back button or a bookmark, gets a page and not an empty one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or response.content:
            return response
        told = page(request, 405)
        told["Allow"] = response["Allow"]
        return told


def broken(request: HttpRequest) -> HttpResponse:
    """Without context processors: whatever broke may be one of them."""
    _note(request)
    if request.path.startswith(("/api/", "/oruk/", "/fhir/")):
        return JsonResponse({"errors": {"request": [SENTENCES[500]]}}, status=500)
    return HttpResponse(render_to_string("500.html", site_facts()), status=500)


def _note(request: HttpRequest) -> None:
    """What broke and where, into the log; never the error's own words, which may hold what somebody wrote, nor the token of a link."""
    kind, _, trace = sys.exc_info()
    if kind is not None:
        frames = traceback.extract_tb(trace)
        own = [frame for frame in frames if frame.filename.startswith(str(settings.ROOT)) and "site-packages" not in frame.filename]
        where = (own or frames)[-1]
        match = getattr(request, "resolver_match", None)
        path = f"/{match.route}" if match is not None else request.path
        log.error("page.broken path=%s error=%s at=%s:%s", path, kind.__name__, where.filename, where.lineno)
