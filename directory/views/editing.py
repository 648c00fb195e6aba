"""The forms of /partner/: what goes onto the page at once, what waits, and taking a safe edit back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from directory import listings, moderation
from directory.accounts.doors import door
from directory.accounts.roles import Permission
from directory.change_states import FIELD_UNDECIDED, FieldState
from directory.listing_fields import FOR_PARTNERS, SAFE
from directory.models import Change, ChangeField, Service
from directory.states import WrongState
from directory.venues import named_places
from directory.views import area_questions
from directory.views.listing_form import ListingForm
from directory.views.now_form import ClosuresForm, NowForm, TimesForm, closed_this_week
from directory.views.partner import own_service
from directory.views.seen import seal, unseal

STALE = "This page was open for too long, or it was opened in another way. Please look at it once more and save again."


@door(Permission.EDIT_LISTINGS)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The large form: each field that really changed waits for a moderator."""
    service = own_service(request, pk)
    seen = _seen(request, service, FOR_PARTNERS - SAFE)
    form = ListingForm(request.POST if request.method == "POST" and seen.told else None, seen=seen.values, places=named_places(service))
    if request.method == "POST" and not seen.told:
        messages.warning(request, STALE)
    elif request.method == "POST" and form.is_valid():
        change = _propose(request, service, form, form.listing, seen.values, note=form.cleaned_data["note"])
        if not form.errors:
            _say(request, change)
            return redirect("partner-service", pk=service.pk)
    context = {"service": service, "form": form, "seal": seen.text, "waiting": _waiting(service), "draw": area_questions.map_data()}
    return render(request, "directory/partner/edit.html", context, status=400 if form.errors else 200)


@door(Permission.EDIT_LISTINGS)
@require_http_methods(["GET", "POST"])
def now(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The small form: what changes from week to week goes onto the page at once. `?closed=week` writes the notice for this week in."""
    service = own_service(request, pk)
    seen = _seen(request, service, SAFE)
    posted = request.POST if request.method == "POST" and seen.told else None
    form = NowForm(posted, seen=seen.values, initial=_closed_initial(request))
    times, closures = TimesForm(posted, seen.values), ClosuresForm(posted, seen.values)
    if request.method == "POST" and not seen.told:
        messages.warning(request, STALE)
    elif request.method == "POST" and all([form.is_valid(), times.is_valid(), closures.is_valid()]):
        values = {**form.listing, "times": times.listing, "closures": closures.listing}
        change = _propose(request, service, form, values, seen.values)
        if not form.errors:
            _say(request, change)
            return redirect("partner-service", pk=service.pk)
    rows = [*times.forms, *closures.forms] if posted else []
    wrong = bool(form.errors or times.error or closures.error or any(row.errors for row in rows))
    context = {"service": service, "form": form, "times": times, "closures": closures, "seal": seen.text, "wrong": wrong}
    return render(request, "directory/partner/now.html", context, status=400 if wrong else 200)


@door(Permission.EDIT_LISTINGS)
@require_POST
def still_right(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The group's own word that its listing is right."""
    service = own_service(request, pk)
    listings.mark_checked(service, by=request.user, how=Service.CheckedHow.OWNER)  # type: ignore[arg-type]
    messages.success(request, "Thank you. Your page now says that it was checked today.")
    return redirect("partner-service", pk=service.pk)


@door(Permission.EDIT_LISTINGS)
@require_POST
def undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take back one safe edit of an own listing."""
    own = Change.objects.for_member(request.user)
    field = get_object_or_404(ChangeField.objects.filter(change__in=own).select_related("change"), pk=pk)
    try:
        moderation.undo(field, by=request.user)  # type: ignore[arg-type]
        messages.success(request, "Taken back. Your page shows again what it showed before.")
    except WrongState as error:
        messages.warning(request, str(error))
    return redirect("partner-service", pk=field.change.service_id)


class _Seen:
    """The values before the person's eyes: out of the posted seal, or as they are now. `told` is false for a broken seal."""

    def __init__(self, text: str, values: Mapping[str, Any], told: bool) -> None:
        self.text, self.values, self.told = text, values, told


def _seen(request: HttpRequest, service: Service, names: frozenset[str]) -> _Seen:
    text = request.POST.get("seen", "") if request.method == "POST" else ""
    told = unseal(text, service) if text else None
    if told is not None and told.keys() == names:
        return _Seen(text, told, True)
    fresh = seal(service, names)
    return _Seen(fresh, unseal(fresh, service) or {}, request.method != "POST")


def _propose(
    request: HttpRequest, service: Service, form: Any, values: Mapping[str, Any], seen: Mapping[str, Any], note: str = ""
) -> Change | None:
    """The verb, with its faults shown at their questions."""
    try:
        return moderation.propose(service, values, by=request.user, note=note, seen=seen)  # type: ignore[arg-type]
    except ValidationError as error:
        for name, texts in error.message_dict.items():
            form.add_error(name if name in form.fields else None, texts)
        return None


def _say(request: HttpRequest, change: Change | None) -> None:
    """What became of it and what happens next, in words."""
    states = {field.state for field in change.fields.all()} if change else set()
    if FieldState.LIVE in states:
        messages.success(request, "It is on your page now. You can take it back below.")
    if states & FIELD_UNDECIDED:
        messages.info(
            request, "Thank you. We look at your changes within three working days and write to you. Until then your page stays as it is."
        )
    if not states:
        messages.info(request, "Nothing has changed, or the same change waits already.")


def _waiting(service: Service) -> set[str]:
    return set(ChangeField.objects.filter(change__service=service, state__in=FIELD_UNDECIDED).values_list("name", flat=True))


def _closed_initial(request: HttpRequest) -> dict[str, Any]:
    if request.GET.get("closed") != "week":
        return {}
    notice = closed_this_week()
    return {"notice": notice["text"], "notice_until": notice["until"]}
