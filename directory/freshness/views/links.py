"""/admin/listings/links/: web addresses that seem dead, and those that have moved."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.freshness import dead_links
from directory.freshness.models import LinkCheck
from directory.freshness.views.furniture import furniture
from directory.models import Organisation, Service
from directory.states import WrongState

PER_PAGE = 30


@door(Permission.MODERATE)
@require_safe
def links(request: HttpRequest) -> HttpResponse:
    """Those that seem dead; `?which=moved`: those that lead somewhere else for good."""
    moved = request.GET.get("which") == "moved"
    found = dead_links.have_moved() if moved else dead_links.seem_dead()
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": _rows(list(page)),
        "page": page,
        "moved": moved,
        "query": f"which={'moved' if moved else 'dead'}",
        **furniture("links"),
    }
    return render(request, "freshness/links.html", context)


@door(Permission.MODERATE)
@require_POST
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take the new address everywhere, or leave the old one as it is."""
    link = get_object_or_404(LinkCheck, pk=pk)
    back = f"{reverse('links')}{'?which=moved' if link.moved_to else ''}"
    if request.POST.get("do") == "take":
        try:
            number = dead_links.take_new_address(link, by=user_of(request))
        except ValidationError as error:
            messages.error(request, f"{link.moved_to}: {' '.join(error.messages)}")
        except WrongState as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"The new address stands in {number} place{'' if number == 1 else 's'} now.")
    elif request.POST.get("do") == "leave":
        dead_links.leave(link, by=user_of(request))
        messages.success(request, "Left as it is. We look again in a month.")
    return redirect(back)


def _rows(listed: list[LinkCheck]) -> list[dict[str, Any]]:
    urls = [link.url for link in listed]
    used: dict[str, list[dict[str, str]]] = {}
    for service in Service.objects.public().filter(url__in=urls).only("id", "name", "url"):
        edit = reverse("wagtailsnippets_directory_service:edit", args=[service.pk])
        used.setdefault(service.url, []).append({"name": service.name, "url": edit})
    for group in Organisation.objects.filter(url__in=urls, replaced_by=None).only("id", "name", "url"):
        edit = reverse("wagtailsnippets_directory_organisation:edit", args=[group.pk])
        used.setdefault(group.url, []).append({"name": f"{group.name} (the group)", "url": edit})
    return [{"link": link, "since": dead_links.day_words(link.failed_since), "used": used.get(link.url, [])} for link in listed]
