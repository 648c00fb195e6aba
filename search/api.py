"""The finder's doors for programs: GET /api/v1/search/, GET /api/v1/map/ and GET /api/v1/suggest/."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from directory.accounts.doors import PUBLIC, door
from directory.throttle import address_of
from search import unanswered
from search.engines.base import Map
from search.find import find, map_of
from search.query import BadQuery, parse_query, parse_typed, parse_zoom
from search.schema import (
    BOX_PARAMETER,
    FILTER_PARAMETERS,
    PAGE_PARAMETERS,
    SUGGEST_PARAMETER,
    ZOOM_PARAMETER,
    FinderErrorsSerializer,
    FoundSerializer,
    MapSerializer,
    SuggestionsSerializer,
)
from search.suggesting import suggest

SUGGESTIONS_SECONDS = 60


@door(PUBLIC)
class SearchView(APIView):
    """Services that fit a question, each with the reasons why."""

    @extend_schema(
        operation_id="search",
        parameters=[*FILTER_PARAMETERS, BOX_PARAMETER, *PAGE_PARAMETERS],
        responses={200: FoundSerializer, 400: FinderErrorsSerializer},
    )
    def get(self, request: Request) -> Response:
        """Find services."""
        try:
            found = find(parse_query(request.query_params))
        except BadQuery as error:
            raise ValidationError(error.errors) from error
        unanswered.note(found, visitor=address_of(request), agent=request.headers.get("User-Agent", ""))
        return Response(found.as_json())


@door(PUBLIC)
class MapView(APIView):
    """The same services on a map: clusters where there are many, points where there are few."""

    @extend_schema(
        operation_id="map",
        parameters=[*FILTER_PARAMETERS, BOX_PARAMETER, ZOOM_PARAMETER],
        responses={200: MapSerializer, 400: FinderErrorsSerializer},
    )
    def get(self, request: Request) -> Response:
        """Draw services."""
        try:
            query = parse_query(request.query_params)
            drawn = map_of(query.bbox, parse_zoom(request.query_params), query)
        except BadQuery as error:
            raise ValidationError(error.errors) from error
        return Response(map_json(drawn))


@door(PUBLIC)
class SuggestView(APIView):
    """Names that go on as typed. It knows nobody, so its answers may be kept by whoever passes them on."""

    authentication_classes = ()

    @extend_schema(
        operation_id="suggest",
        parameters=[SUGGEST_PARAMETER],
        auth=[],
        responses={200: SuggestionsSerializer, 400: FinderErrorsSerializer},
    )
    def get(self, request: Request) -> Response:
        """Suggest while somebody types."""
        try:
            typed = parse_typed(request.query_params)
        except BadQuery as error:
            raise ValidationError(error.errors) from error
        finder = reverse("find")
        response = Response({"suggestions": [each.as_json(finder) for each in suggest(typed)]})
        response["Cache-Control"] = f"public, max-age={SUGGESTIONS_SECONDS}"
        return response


def map_json(drawn: Map) -> dict[str, Any]:
    """The shape of the API's map."""
    return {
        "clusters": [
            {"lat": each.lat, "lon": each.lon, "count": each.count, "bbox": [each.box.west, each.box.south, each.box.east, each.box.north]}
            for each in drawn.clusters
        ],
        "points": [{"id": each.service, "name": each.name, "lat": each.lat, "lon": each.lon} for each in drawn.points],
        "without_place": drawn.without_place,
    }
