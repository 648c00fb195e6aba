"""Whole pages for visitors who have not signed in, kept in each process until anything on them changes (docs/adr/0013-page-cache.md)."""

from collections.abc import Callable
from hashlib import blake2b

from django.conf import settings
from django.contrib.messages import get_messages
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers

from cms.page_life import kept_until
from cms.public_state import public_state
from directory import clock

ROOMS = ("/find/", "/services/", "/needs/")
# Who has signed in, or is about to be told something, gets a page of their own.
OWN_COOKIES = frozenset((settings.SESSION_COOKIE_NAME,))
QUERY_MOST = 600
# What others on the way keep cannot be called back, so they ask again soon.
OTHERS_SECONDS = 60


class PageCache:
    """Answers out of memory where it can, and remembers what may be given to others. Stands before all other middleware, so that what is
    kept has all their headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.PAGE_CACHE_SECONDS or not _may_be_shared(request):
            return self.get_response(request)
        pages = caches["pages"]
        key = _key(request)
        now = clock.now().timestamp()
        kept = pages.get(key)
        if kept is None or kept[0] <= now:
            response = self.get_response(request)
            kept = None if _is_for_one(request) else _kept(response)
            if kept is None:
                return response
            pages.set(key, kept, min(settings.PAGE_CACHE_SECONDS, max(1, kept[0] - now)))
        return _answer(request, kept, now)


Kept = tuple[float, list[tuple[str, str]], bytes]


def _may_be_shared(request: HttpRequest) -> bool:
    """Is this a plain question of somebody who has not signed in, to a room that may be kept?"""
    path = request.path
    # An editor's preview comes through here as a request for the page's own address.
    if getattr(request, "is_dummy", False):
        return False
    if request.method != "GET" or not (path == "/" or path.startswith(ROOMS)) or len(request.META.get("QUERY_STRING", "")) > QUERY_MOST:
        return False
    request.get_host()
    return OWN_COOKIES.isdisjoint(request.COOKIES) and "Authorization" not in request.headers


def _key(request: HttpRequest) -> str:
    """What is asked, as the pages read it, and what they are made from.

    Names are in one order, the values of one name keep theirs, and a name that holds nothing says nothing. It is never taken from the
    address as it was written: two that look alike may ask different things, and one visitor would be given the answer to another.
    """
    asked = sorted((name, values) for name, values in request.GET.lists() if any(values))
    return blake2b(repr((request.scheme, request.path, asked, public_state())).encode(), digest_size=20).hexdigest()


def _is_for_one(request: HttpRequest) -> bool:
    """Did it turn out, while the answer was made, that somebody has signed in, has a session, or is told something?"""
    user, session = getattr(request, "user", None), getattr(request, "session", None)
    known = (user is not None and user.is_authenticated) or (session is not None and not session.is_empty())
    return known or len(get_messages(request)) > 0


def _kept(response: HttpResponse) -> Kept | None:
    """What is remembered of an answer; None where it is nobody else's: not marked, with a cookie, with a word of its own on how it is to
    be kept, or made by more of a request than stands in the key."""
    until = kept_until(response)
    if until is None or response.status_code != 200 or response.streaming or response.cookies:
        return None
    if response.has_header("Cache-Control") or response.has_header("Set-Cookie") or not _varies_by_cookie_alone(response):
        return None
    content = response.content
    patch_vary_headers(response, ["Cookie"])
    headers = [(name, value) for name, value in response.items() if name != "ETag"]
    headers.append(("ETag", f'"{blake2b(content, digest_size=12).hexdigest()}"'))
    return until.timestamp(), headers, content


def _varies_by_cookie_alone(response: HttpResponse) -> bool:
    return {name.strip().lower() for name in response.get("Vary", "").split(",")} <= {"", "cookie"}


def _answer(request: HttpRequest, kept: Kept, now: float) -> HttpResponse:
    until, headers, content = kept
    same = dict(headers)["ETag"] in request.headers.get("If-None-Match", "")
    response = HttpResponseNotModified() if same else HttpResponse(content)
    for name, value in headers:
        if not same or name not in ("Content-Length", "Content-Type"):
            response[name] = value
    response["Cache-Control"] = f"public, max-age={max(0, min(OTHERS_SECONDS, int(until - now)))}"
    return response
