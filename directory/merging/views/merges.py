"""/admin/listings/merges/: what was merged, and how to take it back."""

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
from directory.listing_fields import FIELDS
from directory.merging import merges
from directory.merging.models import Merge
from directory.states import WrongState

PER_PAGE = 20


@door(Permission.MODERATE)
@require_safe
def merged(request: HttpRequest) -> HttpResponse:
    """The newest first."""
    rows = Merge.objects.select_related("kept__organisation", "dropped__organisation", "merged_by", "parted_by")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "header_title": "Merged listings",
        "header_icon": "copy",
        "breadcrumbs_items": [{"url": reverse("wagtailadmin_home"), "label": "Home"}, {"url": "", "label": "Merged listings"}],
        "rows": [(row, ", ".join(FIELDS[name].label for name in row.after if name in FIELDS)) for row in page],
        "page": page,
    }
    return render(request, "merging/merges.html", context)


@door(Permission.MODERATE)
@require_POST
def part(request: HttpRequest, pk: UUID) -> HttpResponse:
    """They are two after all."""
    merge = get_object_or_404(Merge.objects.select_related("dropped"), pk=pk)
    try:
        merges.part(merge, by=user_of(request))
    except WrongState as error:
        messages.error(request, str(error))
    except ValidationError as error:
        messages.error(request, f"This could not be taken back. {' '.join(error.messages)}")
    else:
        messages.success(request, f"“{merge.dropped.name}” is a listing of its own again.")
    return redirect("merges")
