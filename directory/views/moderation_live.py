"""Safe edits that groups put onto their pages at once, for moderators to look over; each can be taken back."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from directory import clock, moderation
from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.change_states import FieldState
from directory.freshness import how_long_ago
from directory.listing_fields import FIELDS
from directory.models import ChangeField
from directory.states import WrongState
from directory.views.moderation import PER_PAGE, furniture
from directory.waiting import changes

SHOWN = timedelta(days=30)


@door(Permission.MODERATE)
@require_http_methods(["GET", "HEAD", "POST"])
def live(request: HttpRequest) -> HttpResponse:
    """What went live at once in the last weeks, the newest first, with undo."""
    if request.method == "POST":
        _undo(request)
        return redirect("moderation-live")
    rows = ChangeField.objects.filter(state=FieldState.LIVE, change__made_at__gte=clock.now() - SHOWN)
    rows = rows.select_related("change__service__organisation", "change__made_by").order_by("-change__made_at", "name", "id")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"rows": [_row(field) for field in page], "page": page, "query": "", **furniture("Moderation", tab="moderation-live")}
    return render(request, "directory/moderation/live.html", context)


def _undo(request: HttpRequest) -> None:
    try:
        field = get_object_or_404(ChangeField, pk=request.POST.get("field", ""))
        moderation.undo(field, by=user_of(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except WrongState as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{FIELDS[field.name].label}: what stood there before is on the page again.")


def _row(field: ChangeField) -> dict[str, Any]:
    of = FIELDS[field.name]
    return {
        "field": field,
        "label": of.label,
        "old": of.words(field.old_value),
        "new": of.words(field.new_value),
        "by": changes.made_by(field.change),
        "age": how_long_ago(field.change.made_at),
    }
