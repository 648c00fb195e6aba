"""/partner/services/<pk>/preview/: a listing on its public page, as it will be when what waits for a moderator is taken over.

It stands here and not with the partners' other pages because it is drawn by the public page's own template.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cms.presenting.keeping import keep_url
from cms.presenting.services import Shown, shown
from directory.accounts.doors import door
from directory.accounts.roles import Permission
from directory.listing_fields import FIELDS, write_columns, write_rows
from directory.models import Service
from directory.told import waiting_values


@door(Permission.EDIT_LISTINGS)
@require_safe
def preview(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One of the user's own listings as visitors would read it; `?now`: as they read it today."""
    own = get_object_or_404(Service.objects.for_member(request.user).with_everything(), pk=pk)
    waiting = {} if "now" in request.GET else waiting_values([own]).get(own.pk, {})
    page, left_out = (shown(own, request.user), []) if not waiting else _as_it_will_be(own, request.user, waiting)
    context = {
        "service": replace(page, edit_url=""),
        "listing": own,
        "keep_url": keep_url(own.pk),
        "changed": [FIELDS[name].label for name in waiting if name not in left_out],
        "left_out": [FIELDS[name].label for name in left_out],
        "as_now": "now" in request.GET,
    }
    return render(request, "cms/service_preview.html", context)


def for_editors(request: HttpRequest, pk: UUID, values: Mapping[str, Any]) -> HttpResponse:
    """A listing as visitors would read it with what an editor has typed so far; the editors' admin shows it beside the form."""
    page, _ = _as_it_will_be(get_object_or_404(Service, pk=pk), request.user, values)
    return render(request, "cms/service.html", {"service": replace(page, edit_url=""), "keep_url": keep_url(pk)})


def _as_it_will_be(service: Service, user: Any, waiting: Mapping[str, Any]) -> tuple[Shown, list[str]]:
    """The page with these values, and the names of those that cannot be taken over as things stand.

    The values are written and taken back again: only so are rows of several tables read exactly as they would be.
    """
    with transaction.atomic():
        left_out = [] if _write(service, waiting) else [name for name in waiting if not _write(service, {name: waiting[name]})]
        page = shown(Service.objects.with_everything().get(pk=service.pk), user)
        transaction.set_rollback(True)
    return page, left_out


def _write(service: Service, values: Mapping[str, Any]) -> bool:
    """Write them without any history; False, and nothing written, where one is not possible."""
    try:
        with transaction.atomic():
            fresh = Service.objects.get(pk=service.pk)
            write_columns(fresh, values)
            fresh.save()
            write_rows(fresh, values)
    except ValidationError:
        return False
    return True
