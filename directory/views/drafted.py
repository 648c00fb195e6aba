"""What the forms of a listing share that keep what is typed: the answer to a keep, the offer on return, the form as it was left."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.datastructures import MultiValueDict

from directory import clock
from directory.accounts.doors import user_of
from directory.drafts import keeping
from directory.drafts.models import Draft
from directory.listing_fields import FIELDS
from directory.models import Service
from directory.sections import Section
from directory.views.day_words import day_words
from directory.views.proposing import STALE
from directory.views.seen import Seen

TOO_LONG = "This is too long to keep. Please send it, or make it shorter."


def keep(request: HttpRequest, service: Service, part: Section, asked: Iterable[forms.Form], seen: Seen) -> HttpResponse | None:
    """Keep the answers to what these forms ask. A script is told so in a few words; None where the page has to be shown once more."""
    as_json = "application/json" in request.headers.get("Accept", "")
    if not seen.told:
        return _not_kept(request, "" if as_json else STALE, as_json, status=409)
    names = [form.add_prefix(name) for form in asked for name in form.fields]
    answers = {name: request.POST.getlist(name) for name in names if name in request.POST}
    try:
        draft = keeping.keep(service, part.slug, by=user_of(request), answers=answers, seen=seen.values)
    except keeping.TooLong:
        return _not_kept(request, TOO_LONG, as_json, status=413)
    if as_json:
        return JsonResponse({"said": f"Kept at {clock.local(draft.kept_at):%H:%M}"})
    messages.success(request, f"Kept for you under “{part.title}”. Nobody else sees it, and nothing has been sent yet.")
    return redirect("partner-service", pk=service.pk)


def _not_kept(request: HttpRequest, why: str, as_json: bool, *, status: int) -> HttpResponse | None:
    if as_json:
        return JsonResponse({"said": why}, status=status)
    messages.warning(request, why)
    return None


def drop(request: HttpRequest, service: Service, part: Section) -> HttpResponse:
    """Throw it away, and show the form as the page is now."""
    keeping.throw_away(service, part.slug, by=user_of(request))
    messages.success(request, "Thrown away. Below is what is on your page now.")
    return redirect(part.url_name, pk=service.pk)


def begun(request: HttpRequest, service: Service, part: Section, names: Iterable[str]) -> Draft | None:
    """What was kept of a form that asks about the same fields as today: of other fields, nothing would seem to have been answered."""
    draft = keeping.begun(service, part.slug, by=user_of(request))
    return draft if draft is not None and draft.seen.keys() == set(names) else None


def answers_of(draft: Draft) -> MultiValueDict[str, str]:
    """What was typed, as a form takes it."""
    return MultiValueDict(draft.answers)


def refill(asked: Iterable[forms.Form], draft: Draft) -> None:
    """Let fresh forms show what was typed, without faults before anybody sent it."""
    typed = answers_of(draft)
    for form in asked:
        shown = {
            name: field.widget.value_from_datadict(typed, MultiValueDict(), form.add_prefix(name)) for name, field in form.fields.items()
        }
        form.initial = {**form.initial, **shown}


def offer(request: HttpRequest, service: Service, part: Section, draft: Draft, listing: Mapping[str, Any]) -> HttpResponse:
    """Go on, or throw away? `listing`: the fields that the answers make, as far as they are without a fault."""
    new = [FIELDS[name].label for name, before in draft.seen.items() if listing.get(name, ...) != before]
    context = {"service": service, "section": part, "new": new, **gone_on(draft, service)}
    return render(request, "directory/partner/draft.html", context)


def gone_on(draft: Draft, service: Service) -> dict[str, Any]:
    """When it was begun, in words, and what has changed on the page since."""
    return {
        "began": day_words(draft.began_at),
        "changed": [row(name, FIELDS[name].read(service)) for name in keeping.changed_since(draft, service)],
    }


def row(name: str, value: Any) -> dict[str, Any]:
    """A field as a line of components/summary.html."""
    return {"label": FIELDS[name].label, "value": FIELDS[name].words(value).split("\n")}
