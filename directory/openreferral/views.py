"""/open-data/: what anybody may take away, in words for people and in words for those who write programs."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from rest_framework.request import Request

from directory import clock
from directory.accounts.doors import PUBLIC, door
from directory.models import Service
from directory.openreferral import answers, licences, parameters, wording
from directory.openreferral.api import OPENAPI, OpenView
from directory.openreferral.modified import newest
from directory.openreferral.table import rows
from directory.spreadsheets import csv_lines


@door(PUBLIC)
@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    """What there is to take, and on what terms."""
    return render(
        request,
        "openreferral/open_data.html",
        {"listings": Service.objects.public().count(), "base": settings.BASE_URL, "licence": licences.chosen()},
    )


@door(PUBLIC)
@require_safe
def developers(request: HttpRequest) -> HttpResponse:
    """How other sites read the directory."""
    context = {
        "base": settings.BASE_URL,
        "openapi": OPENAPI,
        "crumbs": [{"label": "Open data", "url": reverse("open-data")}, {"label": "For developers"}],
        "list_columns": ["List below /oruk/", "What it holds"],
        "list_rows": wording.LISTS,
        "filter_columns": ["Parameter", "What it asks for", "For example"],
        "filter_rows": wording.FILTERS,
        "key_columns": ["Key", "What it says"],
        "key_rows": wording.OWN_KEYS,
        "page_size": parameters.PAGE_SIZE,
        "page_size_most": parameters.PAGE_SIZE_MOST,
        "a_minute": settings.API_REQUESTS_PER_MINUTE,
        "licence": licences.chosen(),
    }
    return render(request, "openreferral/developers.html", context)


@door(PUBLIC)
class Table(OpenView):
    """Every listing in one CSV file, sent as it is read."""

    def get(self, request: Request) -> HttpResponseBase:
        changed = newest()
        body = () if request.method == "HEAD" else csv_lines(rows())
        response = StreamingHttpResponse(body, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="listings-{clock.today()}.csv"'
        return answers.conditional(request._request, response, changed)
