"""/partner/: all listings of somebody's groups, each with what there is to do."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from directory.accounts.doors import door
from directory.accounts.roles import Permission
from directory.change_states import FIELD_UNDECIDED
from directory.models import ChangeField, Service
from directory.views.partner import fresh_words, tasks_of


@door(Permission.EDIT_LISTINGS)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All listings of the user's groups, each with what there is to do."""
    services = Service.objects.for_member(request.user).exclude(status=Service.Status.CLOSED).with_everything()
    services = services.order_by("organisation__name", "name", "id")
    waiting = ChangeField.objects.filter(change__service__in=services, state__in=FIELD_UNDECIDED)
    counts: dict[UUID, int] = {}
    for service_id in waiting.values_list("change__service_id", flat=True):
        counts[service_id] = counts.get(service_id, 0) + 1
    cards = [{"service": service, "tasks": tasks_of(service, counts.get(service.pk, 0)), **fresh_words(service)} for service in services]
    return render(request, "directory/partner/home.html", {"cards": cards})
