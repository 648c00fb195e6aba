"""/admin/listings/doubles/<pair>/merge/ and /admin/listings/merge/<one>/<other>/: both listings side by side, field by field which words
stay, and one button."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.claimed import is_claimed
from directory.harvest import duplicates
from directory.harvest.models import DuplicatePair
from directory.listing_fields import FIELDS, read_values
from directory.merging import merges
from directory.merging.choosing import BOTH, CHOSEN, DROP, JOINED, KEEP, joined, offered, rather_kept
from directory.merging.places import led_over
from directory.models import Service
from directory.states import WrongState

SAME = DuplicatePair.State.SAME


@door(Permission.MODERATE)
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Choose, then merge. `?keep=` an id turns the two round. A listing that was merged meanwhile is not here any more."""
    pair = get_object_or_404(duplicates.standing(SAME), pk=pk)
    return _page(request, pair, pair.first_id, pair.second_id)


@door(Permission.MODERATE)
@require_http_methods(["GET", "HEAD", "POST"])
def merge_two(request: HttpRequest, one: UUID, other: UUID) -> HttpResponse:
    """The same for any two, whether or not they were found as a pair."""
    if one == other or Service.objects.filter(pk__in=[one, other], replaced_by=None).count() != 2:
        raise Http404
    return _page(request, None, one, other)


def _page(request: HttpRequest, pair: DuplicatePair | None, one: UUID, other: UUID) -> HttpResponse:
    both = Service.objects.with_everything().in_bulk([one, other])
    keep, drop = _turned(request, both[one], both[other])
    errors: list[str] = []
    if request.method == "POST":
        if request.POST.get("do") == "different" and pair is not None:
            duplicates.decide(pair, same=False, by=user_of(request))
            messages.success(request, "Noted as two services. We do not ask again.")
            return redirect(f"{reverse('pairs')}?which=same")
        try:
            _merge(request, keep, drop)
        except (ValidationError, WrongState) as error:
            errors = _words(error)
            keep, drop = (Service.objects.with_everything().get(pk=row.pk) for row in (keep, drop))
        else:
            messages.success(request, f"They are one listing now. Addresses of the other one lead to “{keep.name}”.")
            return redirect("merges")
    return render(request, "merging/merge.html", _context(request, pair, keep, drop, errors), status=400 if errors else 200)


def _turned(request: HttpRequest, first: Service, second: Service) -> tuple[Service, Service]:
    wish = request.POST.get("keep") or request.GET.get("keep")
    if wish in (str(first.pk), str(second.pk)):
        return (first, second) if wish == str(first.pk) else (second, first)
    return rather_kept(first, second)


def _merge(request: HttpRequest, keep: Service, drop: Service) -> None:
    choices = {name: request.POST[f"choice-{name}"] for name in CHOSEN if f"choice-{name}" in request.POST}
    try:
        seen = int(request.POST["keep-version"]), int(request.POST["drop-version"])
    except (KeyError, ValueError):
        raise ValidationError("This page was not whole. Please try again.") from None
    merges.merge(keep, drop, choices, by=user_of(request), seen=seen, groups_agreed=request.POST.get("groups_agreed") == "on")


def _words(error: ValidationError | WrongState) -> list[str]:
    if isinstance(error, WrongState):
        return [str(error)]
    if not hasattr(error, "error_dict"):
        return list(error.messages)
    told: dict[str, list[str]] = error.message_dict
    return [f"{FIELDS[name].label}: {' '.join(texts)}" if name in FIELDS else " ".join(texts) for name, texts in told.items()]


def _context(request: HttpRequest, pair: DuplicatePair | None, keep: Service, drop: Service, errors: list[str]) -> dict[str, Any]:
    ours, theirs = read_values(keep), led_over(keep, drop, read_values(drop))
    choices = offered(ours, theirs)
    doubles = reverse("pairs")
    crumbs = [
        {"url": reverse("wagtailadmin_home"), "label": "Home"},
        {"url": f"{doubles}?which=same", "label": "Possible doubles"},
        {"url": "", "label": "Merge"},
    ]
    return {
        "header_title": "Make one listing out of two",
        "header_icon": "copy",
        "breadcrumbs_items": crumbs,
        "pair": pair,
        "keep": keep,
        "drop": drop,
        "sides": [_side(keep), _side(drop)],
        "fields": [_field(request, name, ours, theirs, first) for name, first in choices.items()],
        "same": [FIELDS[name].label for name in CHOSEN if name not in choices and ours[name]],
        "errors": errors,
        "two_groups": merges.two_groups(keep, drop),
        "waiting": merges.waiting_of_others(keep, drop),
        "people": drop.contacts.filter(withdrawn_on=None).count() > 1 or drop.contacts.filter(is_personal=True, withdrawn_on=None).exists(),
    }


def _side(service: Service) -> dict[str, Any]:
    return {
        "service": service,
        "claimed": is_claimed(service.organisation_id),
        "status": service.get_status_display(),
        "source": service.source,
        "licence": service.licence,
    }


def _field(request: HttpRequest, name: str, ours: dict[str, Any], theirs: dict[str, Any], first: str) -> dict[str, Any]:
    field = FIELDS[name]
    told = request.POST.get(f"choice-{name}", first)
    options = [(KEEP, "Keep", field.words(ours[name])), (DROP, "Take the other one’s", field.words(theirs[name]))]
    if name in JOINED:
        options.append((BOTH, "Both together", field.words(joined(name, ours, theirs))))
    return {"name": name, "label": field.label, "risky": field.risky, "options": options, "chosen": told}
