"""The cookie that holds the mark of a form: sent to /ask/ only, signed, gone after a day. Nothing of it stands in an address."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from matching.asking import keeping
from matching.desk_states import EnquiryState
from matching.models import Enquiry

COOKIE, PATH, SALT = "asking", "/ask/", "matching.asking"
# A field that nobody sees: only programs fill it in.
HONEYPOT = "website"


def form_of(request: HttpRequest) -> Enquiry | None:
    """The form that this browser holds. One that asks for somebody on our records is there for who is signed in for them only."""
    mark = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=int(keeping.KEPT.total_seconds()))
    found = keeping.held_under(mark or "")
    if found is None or found.person_id is None or found.state != EnquiryState.BEGUN:
        return found
    return found if found.person_id in people_ids(request) else None


def half_filled(request: HttpRequest) -> Enquiry | None:
    """The same, where it was not sent yet."""
    found = form_of(request)
    return found if found is not None and found.state == EnquiryState.BEGUN else None


def people_ids(request: HttpRequest) -> set[UUID]:
    """For whom who is signed in may ask at once."""
    return {person.pk for person, _ in keeping.people_of(request.user)}


def hold(response: HttpResponse, mark: str) -> HttpResponse:
    """Give the mark to the browser."""
    options: dict[str, Any] = {"path": PATH, "secure": settings.SESSION_COOKIE_SECURE, "httponly": True, "samesite": "Lax"}
    response.set_signed_cookie(COOKIE, mark, salt=SALT, max_age=int(keeping.KEPT.total_seconds()), **options)
    return response


def let_go(response: HttpResponse) -> HttpResponse:
    """Take it back."""
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")
    return response
