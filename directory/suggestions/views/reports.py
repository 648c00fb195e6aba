"""What visitors say is wrong, for the group whose page it is; who said it is shown to nobody here."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from directory.accounts.doors import door
from directory.accounts.roles import Permission
from directory.freshness import how_long_ago
from directory.models import Service
from directory.suggestions.models import Suggestion


@door(Permission.EDIT_LISTINGS)
@never_cache
@require_safe
def reports(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every report on one of the user's own listings that nobody has settled."""
    own = get_object_or_404(Service.objects.for_member(request.user), pk=pk)
    told = [
        {"part": each.get_part_display(), "words": each.words, "right": each.right, "ago": how_long_ago(each.told_at)}
        for each in Suggestion.objects.waiting().filter(service=own)
    ]
    return render(request, "suggestions/reports.html", {"service": own, "reports": told})
