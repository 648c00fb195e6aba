"""/partner/services/<pk>/<section>/: one section of a listing. What is sent waits for a moderator; what is not sent yet is kept as a draft.

One address does it all, by the button: "Send these changes", "Keep for later" (`do=keep`, which the script presses every few seconds) and
"Throw it away" (`do=drop`).
"""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_http_methods

from directory import clock, contacts
from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.drafts import keeping
from directory.drafts.models import Draft
from directory.listing_contact import own_contact
from directory.listing_fields import FIELDS
from directory.models import Service
from directory.sections import BY_SLUG, GETTING_IN, REACH, WHERE, Section
from directory.told import waiting_values
from directory.venues import named_places
from directory.views import area_questions
from directory.views.day_words import day_words
from directory.views.listing_form import ListingForm
from directory.views.partner import own_service
from directory.views.proposing import STALE, propose, say
from directory.views.seen import Seen, seal_values, what_was_seen

TOO_LONG = "This is too long to keep. Please send it, or make it shorter."


@door(Permission.EDIT_LISTINGS)
@require_http_methods(["GET", "POST"])
def section(request: HttpRequest, pk: UUID, section: str) -> HttpResponse:
    """The section's form; before it, where something was begun, whether to go on with that."""
    service, part = own_service(request, pk), BY_SLUG[section]
    if request.method == "POST":
        act = {"keep": _keep, "drop": _drop}.get(request.POST.get("do", ""), _send)
        return act(request, service, part)
    draft = _begun(request, service, part)
    if draft is not None and "go-on" not in request.GET:
        return render(request, "directory/partner/draft.html", _offer(service, part, draft))
    if draft is not None:
        return _page(request, service, part, _gone_on(service, part, draft), seal_values(service, draft.seen), draft)
    seen = what_was_seen(request, service, part.fields)
    return _page(request, service, part, ListingForm(part, seen=seen.values, places=named_places(service)), seen.text)


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
    as_json = "application/json" in request.headers.get("Accept", "")
    if not seen.told and as_json:
        return JsonResponse({"said": ""}, status=409)
    if not seen.told:
        messages.warning(request, STALE)
        return _page(request, service, part, form, seen.text)
    answers = {name: request.POST.getlist(name) for name in form.fields if name in request.POST}
    try:
        draft = keeping.keep(service, part.slug, by=user_of(request), answers=answers, seen=seen.values)
    except keeping.TooLong:
        if as_json:
            return JsonResponse({"said": TOO_LONG}, status=413)
        form.add_error(None, TOO_LONG)
        return _page(request, service, part, form, seen.text)
    if as_json:
        return JsonResponse({"said": f"Kept at {clock.local(draft.kept_at):%H:%M}"})
    messages.success(request, f"Kept for you under “{part.title}”. Nobody else sees it, and nothing has been sent yet.")
    return redirect("partner-service", pk=service.pk)


def _drop(request: HttpRequest, service: Service, part: Section) -> HttpResponse:
    keeping.throw_away(service, part.slug, by=user_of(request))
    messages.success(request, "Thrown away. Below is what is on your page now.")
    return redirect(part.url_name, pk=service.pk)


def _form(request: HttpRequest, service: Service, part: Section, seen: Seen) -> ListingForm:
    return ListingForm(part, request.POST if seen.told else None, seen=seen.values, places=named_places(service))


def _page(request: HttpRequest, service: Service, part: Section, form: ListingForm, seal: str, draft: Draft | None = None) -> HttpResponse:
    waiting = waiting_values([service]).get(service.pk, {})
    lacks_place = part is GETTING_IN and not service.at_locations.all() and not waiting.get("places")
    context = {
        "service": service,
        "section": part,
        "form": form,
        "groups": form.groups(),
        "seal": seal,
        "waiting": [_row(name, waiting[name]) for name in part.fields if name in waiting],
        "began": day_words(draft.began_at) if draft else "",
        "changed": _changed(draft, service) if draft else [],
        "draw": area_questions.map_data() if part is WHERE else None,
        "place_first": WHERE if lacks_place else None,
        "reach": part is REACH,
        "numbers": contacts.further(service) if part is REACH else [],
        "own_number": own_contact(service) if part is REACH else None,
    }
    return render(request, "directory/partner/section.html", context, status=400 if form.errors else 200)


def _begun(request: HttpRequest, service: Service, part: Section) -> Draft | None:
    draft = keeping.begun(service, part.slug, by=user_of(request))
    # A form that asks about other fields than it did then would take those for emptied.
    return draft if draft is not None and draft.seen.keys() == set(part.fields) else None


def _gone_on(service: Service, part: Section, draft: Draft) -> ListingForm:
    """The form as they left it, without faults before anybody sent it."""
    form = ListingForm(part, seen=draft.seen, places=named_places(service))
    typed = MultiValueDict(draft.answers)
    form.initial.update({name: field.widget.value_from_datadict(typed, {}, name) for name, field in form.fields.items()})
    return form


def _offer(service: Service, part: Section, draft: Draft) -> dict[str, Any]:
    form = ListingForm(part, MultiValueDict(draft.answers), seen=draft.seen, places=named_places(service))
    form.is_valid()
    new = [FIELDS[name].label for name in part.fields if form.listing.get(name, ...) != draft.seen[name]]
    return {"service": service, "section": part, "began": day_words(draft.began_at), "new": new, "changed": _changed(draft, service)}


def _changed(draft: Draft, service: Service) -> list[dict[str, Any]]:
    return [_row(name, FIELDS[name].read(service)) for name in keeping.changed_since(draft, service)]


def _row(name: str, value: Any) -> dict[str, Any]:
    return {"label": FIELDS[name].label, "value": FIELDS[name].words(value).split("\n")}
