"""/admin/listings/to-ring/: listings that no mail reaches, on the screen and on paper."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.freshness import checked_words, how_long_ago, ringing
from directory.freshness.kept import kept, now
from directory.freshness.looked import looked_at
from directory.freshness.models import Ringing
from directory.freshness.ringing import ToRing, Why
from directory.freshness.views.furniture import furniture
from directory.models import Service

PER_PAGE = 30
PER_PAPER = 60


class OutcomeForm(forms.Form):
    """What came of a call, and the list from which it was made."""

    outcome = forms.ChoiceField(choices=Ringing.Outcome.choices)
    why = forms.ChoiceField(choices=[(str(why), str(why)) for why in Why], required=False)
    page = forms.IntegerField(min_value=1, required=False)


@door(Permission.MODERATE)
@require_safe
def to_ring(request: HttpRequest) -> HttpResponse:
    """What is to be rung today, the most overdue first; `?paper=1` for the printer."""
    why, paper = _why(request.GET.get("why", "")), request.GET.get("paper") == "1"
    listed = kept(now(), f"ring-{why}", lambda: ringing.to_ring(why))
    page = Paginator(listed, PER_PAPER if paper else PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": _rows(list(page)),
        "page": page,
        "why": str(why),
        "query": urlencode({"why": str(why)}),
        "days": ringing.AGAIN_AFTER.days,
        "weeks": ringing.PATIENCE.days // 7,
        **furniture("to-ring"),
    }
    return render(request, f"freshness/to_ring{'_paper' if paper else ''}.html", context)


@door(Permission.MODERATE)
@require_POST
def rang(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What came of a call; "needs a change" leads on to the form."""
    service = get_object_or_404(Service, pk=pk)
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        messages.error(request, "That was not an answer we can read. Please try again.")
        return redirect("to-ring")
    outcome = Ringing.Outcome(form.cleaned_data["outcome"])
    ringing.rang(service, outcome, by=user_of(request))
    if outcome == Ringing.Outcome.CHANGE:
        messages.info(request, "Change what the group told you. Then come back to the list and press “Still right”.")
        return redirect("wagtailsnippets_directory_service:edit", service.pk)
    if outcome == Ringing.Outcome.RIGHT:
        messages.success(request, f"{service.name}: noted as right today.")
    else:
        messages.success(request, f"{service.name} comes back in {ringing.AGAIN_AFTER.days} days.")
    query = {"why": _why(form.cleaned_data["why"]), "page": form.cleaned_data["page"] or 1}
    return redirect(f"{reverse('to-ring')}?{urlencode(query)}")


def _why(text: str) -> Why:
    return Why.NO_ANSWER if text == Why.NO_ANSWER else Why.NO_MAIL


def _rows(listed: list[ToRing]) -> list[dict[str, Any]]:
    services = ringing.told(each.service for each in listed)
    return [_row(each, services[each.service]) for each in listed if each.service in services]


def _row(listed: ToRing, service: Any) -> dict[str, Any]:
    numbers = [{"phone": service.phone, "whose": service.whose}] if service.phone else []
    group = service.organisation
    if group.phone and group.phone != service.phone:
        numbers.append({"phone": group.phone, "whose": group.name})
    last = f"Rang {how_long_ago(service.rang_at)}: {Ringing.Outcome(service.rang_outcome).label}" if service.rang_at else ""
    return {
        "service": service,
        "numbers": numbers,
        "checked": checked_words(service),
        "looks": listed.looks,
        "looked": "" if listed.looks is None else looked_at(listed.looks, "lately").rstrip("."),
        "last": last,
    }
