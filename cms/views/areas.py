"""/areas/…: outlines that maps fetch once and keep. Their addresses change with what they hold."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from cms.presenting.maps import short_name
from directory.accounts.doors import PUBLIC, door
from directory.geodata.locating import installed_set
from directory.geodata.outlines import outlines_digest, simplified, simplified_outlines
from directory.models import Service
from directory.served import extent_digest, outlines_of

KEPT_SECONDS = 7 * 24 * 60 * 60


@door(PUBLIC)
@require_safe
def ground(request: HttpRequest, slug: str, digest: str) -> HttpResponse:
    """The installed areas with their names: the ground of every map."""
    area_set = installed_set()
    if area_set is None or area_set.slug != slug:
        raise Http404
    if outlines_digest(area_set) != digest:
        return redirect("area-ground", slug, outlines_digest(area_set))
    collection = simplified_outlines(area_set)
    features = [{**each, "properties": {"name": short_name(each["properties"]["name"])}} for each in collection["features"]]
    return _kept({**collection, "features": features})


@door(PUBLIC)
@require_safe
def served(request: HttpRequest, pk: UUID, digest: str) -> HttpResponse:
    """The area that one service covers, as far as it has an outline."""
    import json

    import shapely

    service = Service.objects.public().prefetch_related("areas__area", "at_locations__location").filter(pk=pk).first()
    now = extent_digest(service) if service is not None else ""
    if service is None or not now:
        raise Http404
    if now != digest:
        return redirect("area-served", pk, now)
    shapes = [each.shape for each in outlines_of(service)]
    simple = [simplified(shape, shape.bounds) for shape in shapes]
    features = [{"type": "Feature", "properties": {}, "geometry": json.loads(shapely.to_geojson(shape))} for shape in simple]
    return _kept({"type": "FeatureCollection", "features": features})


def _kept(collection: dict[str, Any]) -> HttpResponse:
    response = JsonResponse(collection, content_type="application/geo+json", json_dumps_params={"separators": (",", ":")})
    response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return response
