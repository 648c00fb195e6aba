"""One organisation inside /admin/: what stands here and what a source says, field by field."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.claimed import is_claimed
from directory.conflicts import deciding
from directory.conflicts.models import Conflict
from directory.conflicts.states import ConflictState
from directory.conflicts.waiting import NAME
from directory.freshness import how_long_ago
from directory.models import Organisation
from directory.states import WrongState
from directory.views.moderation import furniture, hand_context
from directory.waiting import hands


@door(Permission.MODERATE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Each field with both words; take the source's, or keep what stands here."""
    group = get_object_or_404(Organisation, pk=pk)
    if request.method == "POST":
        _decide(request, group)
        left = group.conflicts.filter(state=ConflictState.WAITING).exists()
        return redirect("moderation-organisation" if left else "moderation", *([pk] if left else []))
    rows = group.conflicts.filter(state=ConflictState.WAITING)
    fields = [
        {
            "row": row,
            "live": str(getattr(group, row.column)),
            "changed": str(getattr(group, row.column)) != row.ours,
            "age": how_long_ago(row.found_at),
        }
        for row in rows
    ]
    context = {
        "group": group,
        "fields": fields,
        "kept": is_claimed(group.pk),
        **(hand_context(NAME, group.pk, hands.holder(NAME, group.pk)) if fields else {}),
        **furniture(group.name, inside=True),
    }
    return render(request, "conflicts/decide.html", context)


def _decide(request: HttpRequest, group: Organisation) -> None:
    do, by = request.POST.get("do", ""), user_of(request)
    try:
        row = get_object_or_404(Conflict, pk=UUID(request.POST.get("conflict", "")), organisation=group)
    except ValueError:
        messages.error(request, "That was not a decision we can read. Please try again.")
        return
    try:
        if do == "take":
            deciding.take(row, by=by, seen=request.POST.get("seen", ""))
            messages.success(request, f"{row.label}: the source's word stands here now.")
        elif do == "keep":
            deciding.keep(row, by=by)
            messages.success(request, f"{row.label}: what stands here stays.")
    except ValidationError as error:
        messages.error(request, f"{row.label}: {' '.join(error.messages)}")
    except WrongState as error:
        messages.error(request, f"{row.label}: {error}")
