"""/admin/listings/doubles/: two listings side by side that may be the same service, for a person to decide."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.harvest import duplicates
from directory.harvest.models import DuplicatePair
from directory.listing_fields import FIELDS
from directory.models import Service
from directory.states import WrongState

PER_PAGE = 10
SHOWN = ("summary", "places", "times", "phone", "email", "url")


@door(Permission.MODERATE)
@require_safe
def pairs(request: HttpRequest) -> HttpResponse:
    """Those that nobody has decided, the likeliest first; `?which=same` those found to be the same, which are still to be merged."""
    same = request.GET.get("which") == "same"
    state = DuplicatePair.State.SAME if same else DuplicatePair.State.PROPOSED
    page = Paginator(duplicates.standing(state), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "header_title": "Possible doubles",
        "header_icon": "copy",
        "breadcrumbs_items": [{"url": reverse("wagtailadmin_home"), "label": "Home"}, {"url": "", "label": "Possible doubles"}],
        "rows": _rows(list(page)),
        "page": page,
        "same": same,
    }
    return render(request, "harvest/pairs.html", context)


@door(Permission.MODERATE)
@require_POST
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same service, or two."""
    pair = get_object_or_404(DuplicatePair, pk=pk)
    word = request.POST.get("do")
    if word in ("same", "different"):
        try:
            duplicates.decide(pair, same=word == "same", by=user_of(request))
        except WrongState as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Noted as the same service." if word == "same" else "Noted as two services. We do not ask again.")
    return redirect("pairs")


def _rows(listed: list[DuplicatePair]) -> list[dict[str, Any]]:
    ids = {pk for pair in listed for pk in (pair.first_id, pair.second_id)}
    services = Service.objects.with_everything().in_bulk(ids)
    return [{"pair": pair, "reasons": ", ".join(pair.reasons), "sides": _sides(pair, services)} for pair in listed]


def _sides(pair: DuplicatePair, services: dict[UUID, Service]) -> list[dict[str, Any]]:
    return [_side(services[pk]) for pk in (pair.first_id, pair.second_id)]


def _side(service: Service) -> dict[str, Any]:
    facts = [(FIELDS[name].label, FIELDS[name].words(FIELDS[name].read(service))) for name in SHOWN]
    return {"service": service, "facts": facts}
