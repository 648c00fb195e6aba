"""/admin/organisations/doubles/ and /admin/organisations/merge/: organisations that may be the same, side by side, and what was merged."""

from collections import Counter
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.merging import hands, organisation_doubles, organisation_merges
from directory.merging.choosing import BOTH, DROP, KEEP
from directory.merging.models import OrganisationMerge, OrganisationPair
from directory.merging.organisation_fields import FIELDS, JOINED, RISKY, joined, offered, rather_kept, read_values, words
from directory.models import Membership, Organisation, Service
from directory.states import WrongState

PER_PAGE = 10
MERGES_PER_PAGE = 20
MOST_LISTINGS = 10
SHOWN = ("name", "other_names", "kind", "url", "phone", "email", "charity_number", "company_number", "coop_number", "cqc_provider")
PARTS = Membership.Part


@door(Permission.MODERATE)
@require_safe
def pairs(request: HttpRequest) -> HttpResponse:
    """Pairs that nobody has decided, the likeliest first."""
    rows = organisation_doubles.standing(OrganisationPair.State.PROPOSED).select_related("first", "second")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    both = {pk for pair in page for pk in (pair.first_id, pair.second_id)}
    many = Counter(Service.objects.public().filter(organisation__in=both).values_list("organisation", flat=True))
    shown = [
        {
            "pair": pair,
            "reasons": ", ".join(pair.reasons),
            "sides": [_facts(each, many[each.pk]) for each in (pair.first, pair.second)],
            "url": reverse("organisation-merge", args=[pair.first_id, pair.second_id]),
        }
        for pair in page
    ]
    return render(request, "merging/organisation_pairs.html", {"rows": shown, "page": page, **_furniture("Possible doubles")})


@door(Permission.MODERATE)
@require_POST
def different(request: HttpRequest, pk: UUID) -> HttpResponse:
    """They are two organisations."""
    try:
        organisation_doubles.say_different(get_object_or_404(OrganisationPair, pk=pk), by=user_of(request))
    except WrongState as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Noted as two organisations. We do not ask again.")
    return redirect("organisation-pairs")


@door(Permission.MODERATE)
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, one: UUID, other: UUID) -> HttpResponse:
    """Choose, then merge. `?keep=` an id turns the two round. One that was merged meanwhile is not here any more."""
    keep, drop = _turned(request, *_both(one, other))
    errors: list[str] = []
    if request.method == "POST":
        try:
            _merge(request, keep, drop)
        except (ValidationError, WrongState) as error:
            errors = _words(error)
            keep, drop = Organisation.objects.get(pk=keep.pk), Organisation.objects.get(pk=drop.pk)
        else:
            messages.success(request, f"They are one organisation now: “{keep.name}”. Whoever keeps it hears of it.")
            return redirect("organisation-merges")
    return render(request, "merging/organisation_merge.html", _context(request, keep, drop, errors), status=400 if errors else 200)


@door(Permission.MODERATE)
@require_safe
def merged(request: HttpRequest) -> HttpResponse:
    """What was merged, the newest first."""
    rows = OrganisationMerge.objects.select_related("kept", "dropped", "merged_by", "parted_by")
    page = Paginator(rows, MERGES_PER_PAGE).get_page(request.GET.get("page"))
    shown = [
        {
            "merge": row,
            "fields": ", ".join(FIELDS[name].label for name in row.after if name in FIELDS),
            "listings": len(row.moved.get(organisation_merges.SERVICES, [])),
            "people": len(row.joined),
        }
        for row in page
    ]
    return render(request, "merging/organisation_merges.html", {"rows": shown, "page": page, **_furniture("Merged organisations")})


@door(Permission.MODERATE)
@require_POST
def part(request: HttpRequest, pk: UUID) -> HttpResponse:
    """They are two after all."""
    row = get_object_or_404(OrganisationMerge.objects.select_related("dropped", "kept"), pk=pk)
    try:
        organisation_merges.part(row, by=user_of(request))
    except WrongState as error:
        messages.error(request, str(error))
    except ValidationError as error:
        messages.error(request, f"This could not be taken back. {' '.join(error.messages)}")
    else:
        messages.success(request, f"“{row.dropped.name}” is an organisation of its own again.")
    return redirect("organisation-merges")


def _both(one: UUID, other: UUID) -> tuple[Organisation, Organisation]:
    found = Organisation.objects.filter(pk__in=[one, other], replaced_by=None).in_bulk()
    if len(found) != 2:
        raise Http404
    return found[one], found[other]


def _turned(request: HttpRequest, first: Organisation, second: Organisation) -> tuple[Organisation, Organisation]:
    wish = request.POST.get("keep") or request.GET.get("keep")
    if wish in (str(first.pk), str(second.pk)):
        return (first, second) if wish == str(first.pk) else (second, first)
    return rather_kept(first, second)


def _merge(request: HttpRequest, keep: Organisation, drop: Organisation) -> None:
    choices = {name: request.POST[f"choice-{name}"] for name in FIELDS if f"choice-{name}" in request.POST}
    seen = request.POST.get("keep-mark", ""), request.POST.get("drop-mark", "")
    agreed = request.POST.get("groups_agreed") == "on"
    organisation_merges.merge(keep, drop, choices, by=user_of(request), seen=seen, groups_agreed=agreed)


def _words(error: ValidationError | WrongState) -> list[str]:
    if isinstance(error, WrongState):
        return [str(error)]
    if not hasattr(error, "error_dict"):
        return list(error.messages)
    told: dict[str, list[str]] = error.message_dict
    return [f"{FIELDS[name].label}: {' '.join(texts)}" if name in FIELDS else " ".join(texts) for name, texts in told.items()]


def _context(request: HttpRequest, keep: Organisation, drop: Organisation, errors: list[str]) -> dict[str, Any]:
    ours, theirs = read_values(keep), read_values(drop)
    choices, would_read = offered(keep, drop), hands.would_read(keep, drop)
    return {
        "keep": keep,
        "drop": drop,
        "keep_mark": organisation_merges.mark_of(keep),
        "drop_mark": organisation_merges.mark_of(drop),
        "sides": [_side(keep), _side(drop)],
        "fields": [_field(request, name, ours, theirs, first) for name, first in choices.items()],
        "same": [FIELDS[name].label for name in FIELDS if name not in choices and ours[name] == theirs[name] and any(ours[name])],
        "errors": errors,
        "never": organisation_merges.never(keep, drop),
        "asks_groups": organisation_merges.asks_groups(keep, drop, would_read),
        "would_read": would_read,
        "vetting_lost": drop.is_vetted and not keep.is_vetted,
        "pair": OrganisationPair.objects.filter(first=min(keep.pk, drop.pk), second=max(keep.pk, drop.pk)).first(),
        **_furniture("Make one organisation out of two"),
    }


def _side(organisation: Organisation) -> dict[str, Any]:
    rows = Service.objects.filter(organisation=organisation).exclude(status=Service.Status.CLOSED).order_by("name", "id")
    listings = list(rows[: MOST_LISTINGS + 1])
    members = sorted(organisation.memberships.select_related("user"), key=lambda row: (list(PARTS).index(PARTS(row.part)), row.since))
    return {
        "organisation": organisation,
        "listings": listings[:MOST_LISTINGS],
        "more": rows.count() - MOST_LISTINGS if len(listings) > MOST_LISTINGS else 0,
        "keepers": [f"{row.user.get_full_name() or row.user.email} ({row.get_part_display().lower()})" for row in members],
    }


def _facts(organisation: Organisation, listings: int) -> dict[str, Any]:
    values = read_values(organisation)
    facts = [(FIELDS[name].label, words(name, values[name])) for name in SHOWN if any(values[name])]
    return {"organisation": organisation, "facts": facts, "listings": listings}


def _field(request: HttpRequest, name: str, ours: dict[str, Any], theirs: dict[str, Any], first: str) -> dict[str, Any]:
    options = [(KEEP, "Keep", words(name, ours[name])), (DROP, "Take the other one’s", words(name, theirs[name]))]
    if name in JOINED:
        options.append((BOTH, "Both together", words(name, joined(name, ours, theirs))))
    told = request.POST.get(f"choice-{name}", first)
    return {"name": name, "label": FIELDS[name].label, "risky": name in RISKY, "options": options, "chosen": told}


def _furniture(title: str) -> dict[str, Any]:
    crumbs = [
        {"url": reverse("wagtailadmin_home"), "label": "Home"},
        {"url": reverse("organisation-pairs"), "label": "Possible doubles"},
        {"url": "", "label": title},
    ]
    return {
        "header_title": title,
        "header_icon": "copy",
        "breadcrumbs_items": crumbs[:1] + crumbs[2:] if title == "Possible doubles" else crumbs,
    }
