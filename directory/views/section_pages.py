"""/partner/services/<pk>/<section>/: one section of a listing. What is sent waits for a moderator; what is not sent yet is kept as a draft.

One address does it all, by the button: "Send these changes", "Keep for later" (`do=keep`, which the script presses every few seconds) and
"Throw it away" (`do=drop`).
"""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from directory import contacts
from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.drafts import keeping
from directory.listing_contact import own_contact
from directory.models import Service
from directory.sections import BY_SLUG, GETTING_IN, REACH, WHERE, Section
from directory.told import waiting_values
from directory.venues import named_places
from directory.views import area_questions, drafted
from directory.views.listing_form import ListingForm
from directory.views.partner import own_service
from directory.views.proposing import STALE, propose, say
from directory.views.seen import Seen, seal_values, what_was_seen


@door(Permission.EDIT_LISTINGS)
@require_http_methods(["GET", "POST"])
def section(request: HttpRequest, pk: UUID, section: str) -> HttpResponse:
    """The section's form; before it, where something was begun, whether to go on with that."""
    service, part = own_service(request, pk), BY_SLUG[section]
    if request.method == "POST":
        act = {"keep": _keep, "drop": drafted.drop}.get(request.POST.get("do", ""), _send)
        return act(request, service, part)
    places = named_places(service)
    draft = drafted.begun(request, service, part, part.fields)
    if draft is not None and "go-on" not in request.GET:
        typed = ListingForm(part, drafted.answers_of(draft), seen=draft.seen, places=places)
        typed.is_valid()
        return drafted.offer(request, service, part, draft, typed.listing)
    if draft is not None:
        form = ListingForm(part, seen=draft.seen, places=places)
        drafted.refill([form], draft)
        return _page(request, service, part, form, seal_values(service, draft.seen), drafted.gone_on(draft, service))
    seen = what_was_seen(request, service, part.fields)
    return _page(request, service, part, ListingForm(part, seen=seen.values, places=places), seen.text)


def _send(request: HttpRequest, service: Service, part: Section) -> HttpResponse:
    seen = what_was_seen(request, service, part.fields)
    form = _form(request, service, part, seen)
    if not seen.told:
        messages.warning(request, STALE)
    elif form.is_valid():
        change = propose(request, service, form, form.listing, seen=seen.values, note=form.cleaned_data["note"])
        if not form.errors:
            keeping.throw_away(service, part.slug, by=user_of(request))
            say(request, change)
            return redirect("partner-service", pk=service.pk)
    return _page(request, service, part, form, seen.text)


def _keep(request: HttpRequest, service: Service, part: Section) -> HttpResponse:
    seen = what_was_seen(request, service, part.fields)
    form = _form(request, service, part, seen)
    return drafted.keep(request, service, part, [form], seen) or _page(request, service, part, form, seen.text)


def _form(request: HttpRequest, service: Service, part: Section, seen: Seen) -> ListingForm:
    return ListingForm(part, request.POST if seen.told else None, seen=seen.values, places=named_places(service))


def _page(
    request: HttpRequest, service: Service, part: Section, form: ListingForm, seal: str, gone_on: dict[str, Any] | None = None
) -> HttpResponse:
    waiting = waiting_values([service]).get(service.pk, {})
    lacks_place = part is GETTING_IN and not service.at_locations.all() and not waiting.get("places")
    context = {
        "service": service,
        "section": part,
        "form": form,
        "groups": form.groups(),
        "seal": seal,
        "waiting": [drafted.row(name, waiting[name]) for name in part.fields if name in waiting],
        "draw": area_questions.map_data() if part is WHERE else None,
        "place_first": WHERE if lacks_place else None,
        "reach": part is REACH,
        "numbers": contacts.further(service) if part is REACH else [],
        "own_number": own_contact(service) if part is REACH else None,
        **(gone_on or {}),
    }
    return render(request, "directory/partner/section.html", context, status=400 if form.errors else 200)
