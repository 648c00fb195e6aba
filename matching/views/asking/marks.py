"""What a browser holds of a form at /ask/: a mark in a cookie for /ask/ alone, which ends with the browser, with the log-out and with sending.

Somebody asks on the shared computer of a library. Nothing of what they wrote stands in an address, a cookie or a session.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from directory import clock
from matching.asking import keeping
from matching.desk_states import EnquiryState
from matching.models import Enquiry

COOKIE, PATH, SALT = "asking", "/ask/", "matching.asking"
# In the session: the form of somebody who is signed in, and what was sent a moment ago.
HELD, SENT = "asking_held", "asking_sent"
SHOWN_FOR = timedelta(minutes=30)


def form_of(request: HttpRequest) -> Enquiry | None:
    """The form that this browser holds. One that asks for somebody on our records is there for who is signed in for them only."""
    found = keeping.held_under(_mark_of(request))
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


def hold(request: HttpRequest, response: HttpResponse, enquiry: Enquiry, mark: str = "") -> HttpResponse:
    """Give the mark to the browser until it is closed; what somebody writes who is signed in is theirs alone. mark: a new one."""
    if request.user.is_authenticated:
        request.session[HELD] = str(enquiry.pk)
    options: dict[str, Any] = {"path": PATH, "secure": settings.SESSION_COOKIE_SECURE, "httponly": True, "samesite": "Lax"}
    response.set_signed_cookie(COOKIE, mark or _mark_of(request), salt=_salts(request)[0], **options)
    return response


def let_go(response: HttpResponse) -> HttpResponse:
    """Take it back."""
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")
    return response


def forget_at_log_out(request: HttpRequest) -> None:
    """Delete what somebody who signs out has half-filled here; called before the session ends. The cookie is taken back with the answer."""
    held = request.session.get(HELD)
    found = Enquiry.objects.filter(pk=held, state=EnquiryState.BEGUN).first() if held else None
    if found is not None:
        keeping.forget(found)


def thank(request: HttpRequest, enquiry: Enquiry) -> HttpResponse:
    """To the page with the number. The form is let go; the number can be read again for a while."""
    request.session.pop(HELD, None)
    request.session[SENT] = {"enquiry": str(enquiry.pk), "until": (clock.now() + SHOWN_FOR).isoformat()}
    return let_go(redirect("ask-sent"))


def just_sent(request: HttpRequest) -> Enquiry | None:
    """What was sent from this browser a moment ago."""
    held: dict[str, Any] | None = request.session.get(SENT)
    if not held or datetime.fromisoformat(held["until"]) < clock.now():
        request.session.pop(SENT, None)
        return None
    return Enquiry.objects.exclude(state=EnquiryState.BEGUN).filter(pk=UUID(held["enquiry"])).first()


def _mark_of(request: HttpRequest) -> str:
    # How long it lasts is counted from the last answer, by the form itself.
    marks = (request.get_signed_cookie(COOKIE, default="", salt=salt) for salt in _salts(request))
    return next((mark for mark in marks if mark), "")


def _salts(request: HttpRequest) -> list[str]:
    """What was begun before signing in goes on; what was written signed in is opened by nobody who is not."""
    return [f"{SALT}.{request.user.pk}", SALT] if request.user.is_authenticated else [SALT]
