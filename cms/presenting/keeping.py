"""The ways from a page to what visitors keep: links only, the same for everybody, so that the page may be answered from a cache."""

from functools import lru_cache
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from cms.presenting.addresses import WAYS_OF_LOOKING, Address


def keep_url(service: UUID | str) -> str:
    """The page with the one button that puts a service on the visitor's list, and leads back to where they came from."""
    return f"{_keep_page()}?service={service}"


@lru_cache(maxsize=1)
def _keep_page() -> str:
    return reverse("saved-keep")


def save_search_url(address: Address) -> str:
    """The form for "Tell me when something new fits"; empty where nothing was asked."""
    pairs = address.pairs(leave_out=tuple(WAYS_OF_LOOKING))
    return f"{reverse('search-save')}?{urlencode(pairs)}" if address else ""


def came_from(request: HttpRequest) -> str:
    """The page of ours that a link was followed on, as the browser tells it; empty where it does not."""
    told = urlsplit(request.headers.get("Referer", ""))
    ours = told.netloc == request.get_host()
    return (told.path + (f"?{told.query}" if told.query else "")) if ours else ""


def safe_back(text: str, otherwise: str) -> str:
    """An address of ours to go back to, or `otherwise`."""
    fine = text.startswith("/") and not any(ord(char) < 33 for char in text)
    return text if fine and url_has_allowed_host_and_scheme(text, allowed_hosts=None) else otherwise
