"""/admin/listings/feeds/<id>/: what became of a feed the last times, and what was put right or left out."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from directory.accounts.doors import door
from directory.accounts.roles import Permission
from directory.harvest import report
from directory.harvest.models import Feed, Record
from directory.models import Service

MOST_RUNS = 20
MOST_UNCLEAR = 50


@door(Permission.MODERATE)
@require_safe
def runs(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The last times, the newest first; and the services that are hidden until somebody has looked."""
    feed = get_object_or_404(Feed, pk=pk)
    unclear = Record.objects.filter(feed=feed, outcome=Record.Outcome.UNCLEAR).select_related("service")[:MOST_UNCLEAR]
    context = {
        "header_title": feed.name,
        "header_icon": "download",
        "breadcrumbs_items": [{"url": reverse("wagtailadmin_home"), "label": "Home"}, {"url": "", "label": feed.name}],
        "feed": feed,
        "runs": [{"run": run, "lines": list(report.lines(run))} for run in feed.runs.select_related("feed")[:MOST_RUNS]],
        "unclear": [
            {"name": row.service.name, "url": reverse(Service.snippet_viewset.get_url_name("edit"), args=[row.service.pk])}
            for row in unclear
            if row.service
        ],
    }
    return render(request, "harvest/runs.html", context)
