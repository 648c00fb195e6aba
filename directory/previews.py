"""A listing as its page would show it, for rooms that cannot draw that page: whoever has the page says here how it is drawn."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

# Draws the page of a service with these values in place of its own; nothing of them is kept.
Draw = Callable[[HttpRequest, UUID, Mapping[str, Any]], HttpResponse]

_draw: list[Draw] = []


def drawn_by(draw: Draw) -> None:
    """Register who draws the page. Called in AppConfig.ready() of the room that has it."""
    _draw[:] = [draw]


def page_of(request: HttpRequest, service: UUID, values: Mapping[str, Any]) -> HttpResponse:
    """The page of a service as it would be with these values of its fields. Raises LookupError where no room has such a page."""
    if not _draw:
        raise LookupError("No room draws the page of a service.")
    return _draw[0](request, service, values)
