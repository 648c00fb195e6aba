"""The history of a listing inside /admin/: what changed when and by whom, two versions beside each other, and any of it brought back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.models import Revision

from directory import listings, versions
from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.listing_fields import FIELDS, read_values
from directory.models import Service
from directory.states import WrongState
from directory.views.moderation import furniture

PER_PAGE = 20
LARGEST = 2**31
# Python does not even read a number of many thousand digits.
DIGITS = 10


@door(Permission.MODERATE)
@require_http_methods(["GET", "HEAD", "POST"])
def history(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every version, the newest first. A POST brings one back, whole or one `field` of it."""
    service = get_object_or_404(Service.objects.select_related("organisation"), pk=pk)
    if request.method == "POST":
        _bring_back(request, service)
        return redirect("listing-history", service.pk)
    rows = versions.revisions_of(service)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    # One more than is shown: what changed in the last of the page shows beside the one before it.
    shown = versions.versions(rows[page.start_index() - 1 : page.end_index() + 1])[: len(page)] if page else []
    context = {
        "service": service,
        "versions": shown,
        "page": page,
        "query": "",
        "latest": service.latest_revision_id,
        **furniture(service.name, inside=True),
    }
    return render(request, "directory/moderation/history.html", context)


@door(Permission.MODERATE)
@require_safe
def compare(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Two versions beside each other (?v= twice; the older stands left); of one alone, what is different on the page now."""
    service = get_object_or_404(Service.objects.with_everything(), pk=pk)
    chosen = [_revision(service, key) for key in request.GET.getlist("v")[:3]]
    if len(chosen) not in (1, 2):
        messages.error(request, "Tick one version, or two.")
        return redirect("listing-history", service.pk)
    older, *rest = sorted(chosen, key=lambda row: (row.created_at, row.pk))
    newer = versions.kept_in(rest[0]) if rest else read_values(service)
    context = {
        "service": service,
        "older": versions.versions([older])[0],
        "newer": versions.versions(rest)[0] if rest else None,
        "differences": versions.differences(versions.kept_in(older), newer),
        **furniture(service.name, inside=True),
    }
    return render(request, "directory/moderation/compare.html", context)


def _revision(service: Service, key: str) -> Revision:
    if not (key.isascii() and key.isdigit() and len(key) <= DIGITS and int(key) < LARGEST):
        raise Http404
    return get_object_or_404(versions.revisions_of(service), pk=int(key))


def _bring_back(request: HttpRequest, service: Service) -> None:
    revision, name = _revision(service, request.POST.get("revision", "")), request.POST.get("field", "")
    before = service.version
    try:
        if name:
            versions.bring_back(service, revision, name, by=user_of(request))
        else:
            listings.restore(service, revision, by=user_of(request))
    except ValidationError as error:
        messages.error(request, f"This could not be brought back. {_words(error)}")
        return
    except WrongState as error:
        messages.error(request, str(error))
        return
    service.refresh_from_db()
    what = FIELDS[name].label if name else "The whole listing"
    if service.version == before:
        messages.warning(request, f"{what} is so already.")
    else:
        messages.success(request, f"{what} is as it was then.")


def _words(error: ValidationError) -> str:
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    told: dict[str, Any] = error.message_dict
    return " ".join(f"{FIELDS[name].label if name in FIELDS else name}: {' '.join(texts)}" for name, texts in told.items())
