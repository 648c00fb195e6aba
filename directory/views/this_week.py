"""One press for what changes from week to week; the page it comes from says what the listing shows now."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from directory import this_week
from directory.accounts.doors import door, user_of
from directory.accounts.models import User
from directory.accounts.roles import Permission
from directory.locks import WAITS, is_locked
from directory.models import Change, Service
from directory.states import WrongState
from directory.views.partner import own_service

# Of a number of places. Whatever is longer is no number of places, and may be too long to be read as a number at all.
MOST_FIGURES = 4


@door(Permission.EDIT_LISTINGS)
@require_POST
def say(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One press: `do` says which."""
    service = own_service(request, pk)
    wrong = False
    try:
        words = _do(request, service, user_of(request))
    except ValidationError as error:
        messages.error(request, f"{service.name}: {' '.join(error.messages)}")
        wrong = True
    except WrongState as error:
        messages.warning(request, f"{service.name}: {error}")
    else:
        messages.success(request, f"{service.name}: {words}")
    if request.POST.get("back") == "service":
        return redirect("partner-service", pk=service.pk)
    # What is not right is said at the top of the page: to lead past it would hide it.
    return redirect(reverse("partner") if wrong else f"{reverse('partner')}#listing-{service.pk}")


def _do(request: HttpRequest, service: Service, by: User) -> str:
    """Do it, and say what the page shows now. Raises ValidationError, WrongState."""
    does = request.POST.get("do", "")
    if does == "back":
        own = Change.objects.for_member(by).filter(service=service)
        this_week.take_back(get_object_or_404(own, pk=_uuid(request.POST.get("change", ""))), by=by)
        return "taken back. Your page shows again what it showed before."
    change = _say(does, request, service, by)
    fresh = Service.objects.with_everything().get(pk=service.pk)
    if is_locked(fresh, by):
        return f"{WAITS}."
    now = ". ".join(line.rstrip(".") for line in this_week.on_the_page(fresh)) or "your usual times, and nothing else about this week"
    return f"{'your page now says' if change else 'your page says so already'}: {now}."


def _say(does: str, request: HttpRequest, service: Service, by: User) -> Change | None:
    if does == "full":
        return this_week.say_places(service, 0, by=by)
    if does == "places":
        return this_week.say_places(service, number_of_places(request.POST.get("left", "")), by=by)
    if does == "closed":
        return this_week.say_closed(service, days_posted(request), by=by)
    if does == "open":
        return this_week.say_open(service, by=by)
    if does == "notice":
        return this_week.put_notice(service, request.POST.get("notice", ""), by=by)
    if does == "no-notice":
        return this_week.take_notice_down(service, by=by)
    raise ValidationError("Nothing was changed. Please press one of the buttons.")


def number_of_places(text: str) -> int:
    """How many places are left, as typed. Raises ValidationError."""
    figures = text.strip().lstrip("0")
    if not (figures.isascii() and figures.isdigit() and len(figures) <= MOST_FIGURES):
        raise ValidationError("Write how many places are left: 1, 2, 3 or more. If there are none, press “We are full”.")
    return int(figures)


def days_posted(request: HttpRequest) -> list[date]:
    """The days of a press or of ticks. Raises ValidationError: a page that was left open overnight closes no day that is over."""
    try:
        return sorted({date.fromisoformat(text) for text in " ".join(request.POST.getlist("day")).split()})
    except ValueError as error:
        raise ValidationError("Say which days.") from error


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
