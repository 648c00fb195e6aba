"""Addresses of /open-data/ and /oruk/. The latter stand with and without a slash at their end: many ask without, and not all follow."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from directory.openreferral import api, reading, views


def _both(route: str, view: Callable[..., Any], name: str) -> list[URLPattern]:
    return [path(route, view), path(f"{route}/", view, name=name)]


urlpatterns = [
    path("open-data/", views.open_data, name="open-data"),
    path("open-data/developers/", views.developers, name="open-data-developers"),
    path("open-data/listings.csv", views.Table.as_view(), name="open-data-table"),
    *_both("oruk", api.Root.as_view(), "oruk"),
    *_both("oruk/services", api.ListView.as_view(kind=reading.SERVICES), "oruk-services"),
    *_both("oruk/services/<str:pk>", api.RecordView.as_view(kind=reading.SERVICES), "oruk-service"),
    *_both("oruk/service_at_locations", api.ListView.as_view(kind=reading.AT_LOCATIONS), "oruk-at-locations"),
    *_both("oruk/service_at_locations/<str:pk>", api.RecordView.as_view(kind=reading.AT_LOCATIONS), "oruk-at-location"),
    *_both("oruk/organizations", api.ListView.as_view(kind=reading.ORGANISATIONS), "oruk-organisations"),
    *_both("oruk/organizations/<str:pk>", api.RecordView.as_view(kind=reading.ORGANISATIONS), "oruk-organisation"),
    *_both("oruk/taxonomies", api.Taxonomies.as_view(), "oruk-taxonomies"),
    *_both("oruk/taxonomies/<str:pk>", api.Taxonomy.as_view(), "oruk-taxonomy"),
    *_both("oruk/taxonomy_terms", api.Terms.as_view(), "oruk-terms"),
    *_both("oruk/taxonomy_terms/<str:pk>", api.Term.as_view(), "oruk-term"),
    path("oruk/<path:rest>", api.Nothing.as_view()),
]
