"""The small form of /partner/: what goes onto the page at once, and taking it back."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from directory import listings, moderation, terms
from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.drafts import keeping
from directory.drafts.models import Draft
from directory.listing_fields import SAFE
from directory.models import Change, ChangeField, Service
from directory.sections import NOW
from directory.states import WrongState
from directory.views import drafted
from directory.views.now_form import ClosuresForm, NowForm, TimesForm
from directory.views.partner import own_service
from directory.views.proposing import STALE, propose, say
from directory.views.seen import Seen, seal_values, what_was_seen


@door(Permission.EDIT_LISTINGS)
@require_http_methods(["GET", "POST"])
def now(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The small form: what changes from week to week goes onto the page at once. `?closed=2026-12-19` writes the school holidays from that day in."""
    service, do = own_service(request, pk), request.POST.get("do", "")
    if do == "drop":
        return drafted.drop(request, service, NOW)
    draft = drafted.begun(request, service, NOW, SAFE) if request.method != "POST" else None
    if draft is not None and not {"go-on", "closed"} & request.GET.keys():
        return drafted.offer(request, service, NOW, draft, _typed(draft))
    seen = Seen(seal_values(service, draft.seen), draft.seen, True) if draft else what_was_seen(request, service, SAFE)
    posted = request.POST if request.method == "POST" and seen.told else None
    form = NowForm(posted, seen=seen.values)
    holiday = _holiday(request)
    times, closures = TimesForm(posted, seen.values), ClosuresForm(posted, seen.values, holiday)
    asked = [form, *times.forms, *closures.forms]
    if draft is not None:
        # The holidays that somebody just asked for stand in the last row.
        drafted.refill(asked[:-1] if holiday else asked, draft)
    if do == "keep" and (answer := drafted.keep(request, service, NOW, asked, seen)):
        return answer
    if request.method == "POST" and not seen.told:
        messages.warning(request, STALE)
    elif request.method == "POST" and do != "keep" and all([form.is_valid(), times.is_valid(), closures.is_valid()]):
        values = {**form.listing, "times": times.listing, "closures": closures.listing}
        change = propose(request, service, form, values, seen=seen.values)
        if not form.errors:
            keeping.throw_away(service, NOW.slug, by=user_of(request))
            say(request, change)
            return redirect("partner-service", pk=service.pk)
    faults = _faults(times, closures) if posted else []
    wrong = bool(form.errors or faults)
    context = {"service": service, "form": form, "times": times, "closures": closures, "seal": seen.text, "faults": faults}
    context |= {"wrong": wrong, **_school()}
    context |= drafted.gone_on(draft, service) if draft else {}
    return render(request, "directory/partner/now.html", context, status=400 if wrong else 200)


def _typed(draft: Draft) -> dict[str, Any]:
    """The fields that the answers of a draft make, as far as they are without a fault."""
    answers = drafted.answers_of(draft)
    form, times, closures = NowForm(answers, seen=draft.seen), TimesForm(answers, draft.seen), ClosuresForm(answers, draft.seen)
    form.is_valid()
    listing = dict(form.listing)
    if times.is_valid():
        listing["times"] = times.listing
    if closures.is_valid():
        listing["closures"] = closures.listing
    return listing


def _faults(times: TimesForm, closures: ClosuresForm) -> list[dict[str, str]]:
    """What is wrong with the rows, each with where it is, for components/errors.html."""
    faults = [{"text": each.error, "field_id": at} for each, at in ((closures, "closed"), (times, "times")) if each.error]
    rows = [*zip(closures.names, closures.forms, strict=True), *zip(times.names, times.forms, strict=True)]
    asked = [(f"{name}, {question.label}:", question) for name, row in rows for question in row]
    return faults + [{"about": about, "text": str(text), "field_id": each.id_for_label} for about, each in asked for text in each.errors]


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


def _holiday(request: HttpRequest) -> tuple[date, date] | None:
    return next((each for each in terms.holidays() if each[0].isoformat() == request.GET.get("closed")), None)


def _school() -> dict[str, list[dict[str, str]]]:
    """What "in term time" means, and the holidays that are offered as closures."""
    return {
        "terms": [{"words": terms.words(*each)} for each in terms.coming()],
        "holidays": [{"words": terms.words(*each), "first": each[0].isoformat()} for each in terms.holidays()],
    }
