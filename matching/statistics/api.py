"""GET /api/v1/statistics/ and /api/v1/statistics/table/: releases and their tables, nothing live, nothing beyond the menu."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, inline_serializer
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from directory.accounts.doors import PUBLIC, door
from directory.accounts.policy import allowed
from directory.accounts.roles import Permission
from directory.spreadsheets import csv_lines
from matching.models import Release
from matching.states import ReleaseState
from matching.statistics.counting import parse_period
from matching.statistics.menu import MEASURES, order_dims
from matching.statistics.releases import menu_for, table_of, visible_to

ERRORS = inline_serializer("Errors", {"errors": serializers.DictField(child=serializers.ListField(child=serializers.CharField()))})
_RELEASE = inline_serializer(
    "Release",
    {
        "id": serializers.UUIDField(),
        "period": serializers.CharField(),
        "published_at": serializers.DateTimeField(),
        "revision": serializers.IntegerField(),
    },
)
_MENU = inline_serializer(
    "MenuLine",
    {
        "measure": serializers.CharField(),
        "dims": serializers.ListField(child=serializers.CharField()),
        "periods": serializers.ListField(child=serializers.CharField()),
    },
)
_INDEX = inline_serializer("Statistics", {"releases": serializers.ListField(child=_RELEASE), "menu": serializers.ListField(child=_MENU)})
_TABLE = inline_serializer(
    "Table",
    {
        "release": _RELEASE,
        "measure": serializers.CharField(),
        "dims": serializers.ListField(child=serializers.CharField()),
        "period": serializers.CharField(),
        "results": serializers.ListField(child=serializers.DictField()),
    },
)


def _refuse_unknown(request: Request, known: set[str]) -> None:
    unknown = {name: ["There is no such filter: figures come by the menu only."] for name in request.query_params if name not in known}
    twice = {name: ["Give this once."] for name in known if len(request.query_params.getlist(name)) > 1}
    if unknown or twice:
        raise exceptions.ValidationError({**unknown, **twice})


def _release_json(release: Release) -> dict[str, Any]:
    return {"id": str(release.pk), "period": release.period, "published_at": release.published_at, "revision": release.revision}


@door(PUBLIC)
class Statistics(APIView):
    """The releases that the caller may see, and the menu of their tables."""

    @extend_schema(responses={200: _INDEX, 400: ERRORS, 401: ERRORS})
    def get(self, request: Request) -> Response:
        _refuse_unknown(request, set())
        releases = visible_to(request.user)
        return Response({"releases": [_release_json(release) for release in releases], "menu": menu_for(releases)})


@door(PUBLIC)
class StatisticsTable(APIView):
    """One table of one release, as JSON or CSV."""

    @extend_schema(
        parameters=[
            OpenApiParameter("measure", enum=list(MEASURES), required=True),
            OpenApiParameter("dims", description="Up to two of element, need, area, with a comma between them; empty: the total."),
            OpenApiParameter("period", required=True, description="2026-Q3, 2026-07 or 2026."),
            OpenApiParameter("format", enum=["json", "csv"]),
        ],
        responses={
            200: OpenApiResponse(_TABLE),
            (200, "text/csv"): OpenApiTypes.STR,
            400: ERRORS,
            401: ERRORS,
            403: ERRORS,
            404: ERRORS,
        },
    )
    def get(self, request: Request) -> Response | HttpResponse:
        _refuse_unknown(request, {"measure", "dims", "period", "format"})
        measure, dims, period = _asked_for(request)
        release = _released(request, period)
        table = table_of(release, measure, dims)
        if table is None:
            hint = "This table is not in the release: too few of its numbers could be shown. Ask for fewer dimensions, or for element."
            raise exceptions.NotFound({"dims": [hint]})
        if request.query_params.get("format") == "csv":
            return _as_csv(release, table)
        answer = {"release": _release_json(release), "measure": measure, "dims": list(dims), "period": period, "results": table["rows"]}
        return Response(answer)


def _asked_for(request: Request) -> tuple[str, tuple[str, ...], str]:
    """Measure, dimensions and period, or every error at once."""
    errors: dict[str, list[str]] = {}
    params = request.query_params
    measure, period = params.get("measure", ""), params.get("period", "")
    if measure not in MEASURES:
        errors["measure"] = [f"Choose one of {', '.join(MEASURES)}."]
    dims = order_dims(tuple(name.strip() for name in params.get("dims", "").split(",") if name.strip()))
    if dims is None:
        errors["dims"] = ["Choose up to two of element, need and area; element and need do not go together."]
    try:
        parse_period(period)
    except ValueError as error:
        errors["period"] = [str(error)]
    if params.get("format", "json") not in ("json", "csv"):
        errors["format"] = ["Choose json or csv."]
    if errors:
        raise exceptions.ValidationError(errors)
    return measure, dims or (), period


def _released(request: Request, period: str) -> Release:
    """The release of a period for this caller. Without a log-in and before the release is public: 401, with the wrong log-in 403."""
    found = next((release for release in visible_to(request.user) if release.period == period), None)
    if found is not None:
        return found
    if not allowed(request.user, Permission.SEE_FIGURES):
        if not request.user.is_authenticated:
            raise exceptions.NotAuthenticated("These figures are not public. Sign in, or use an API key.")
        if not Release.objects.filter(period=period, state=ReleaseState.PUBLIC).exists():
            raise PermissionDenied("These figures are not open to this account.")
    raise exceptions.NotFound({"period": ["There is no release of this period."]})


def _as_csv(release: Release, table: dict[str, Any]) -> HttpResponse:
    """The same rows as a file."""
    rows = ([*(row[dim] for dim in table["dims"]), "" if row["count"] is None else row["count"], row["shown"]] for row in table["rows"])
    text = "".join(csv_lines([[*table["dims"], "count", "shown"], *rows])).removeprefix("\ufeff")
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    name = "-".join([table["measure"], *table["dims"], release.period])
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
