"""/partner/: all listings of somebody's groups, each with what there is to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from directory.accounts.doors import door
from directory.accounts.roles import Permission
from directory.models import Service
from directory.told import waiting_values
from directory.views.partner import fresh_words, tasks_of


@door(Permission.EDIT_LISTINGS)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All listings of the user's groups, each with what there is to do."""
    services = Service.objects.for_member(request.user).exclude(status=Service.Status.CLOSED).with_everything()
    services = services.order_by("organisation__name", "name", "id")
    waiting = waiting_values(services)
    cards = [{"service": service, "tasks": tasks_of(service, waiting.get(service.pk, {})), **fresh_words(service)} for service in services]
    return render(request, "directory/partner/home.html", {"cards": cards})
