"""/partner/: all listings of somebody's groups, each with the buttons of the week and what there is to do."""

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from directory.accounts.doors import door
from directory.accounts.roles import Permission
from directory.freshness.looked import looked_words
from directory.models import Organisation, Service
from directory.told import waiting_values
from directory.views.partner import fresh_words, tasks_of
from directory.views.week_panel import panels

# So many listings stand open; where there are more, each is folded and one press opens it.
STAND_OPEN = 3


@door(Permission.EDIT_LISTINGS)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All listings of the user's groups, group by group. A constant number of queries."""
    services = Service.objects.for_member(request.user).exclude(status=Service.Status.CLOSED).with_everything()
    listed = list(services.order_by("organisation__name", "organisation_id", "name", "id"))
    waiting, weeks = waiting_values(listed), panels(listed)
    looks = looked_words(service.pk for service in listed)
    cards = [
        {
            "service": service,
            "tasks": tasks_of(service, waiting.get(service.pk, {})),
            "week": weeks[service.pk],
            "looks": looks.get(service.pk, ""),
            **fresh_words(service),
        }
        for service in listed
    ]
    groups = [_group(list(some)) for _, some in groupby(cards, key=lambda card: card["service"].organisation_id)]
    return render(request, "directory/partner/home.html", {"groups": groups, "open": len(cards) <= STAND_OPEN})


def _group(cards: list[dict[str, Any]]) -> dict[str, Any]:
    organisation: Organisation = cards[0]["service"].organisation
    return {"organisation": organisation, "cards": cards, "url": reverse("partner-group", args=[organisation.pk])}
