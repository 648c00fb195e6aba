"""The finder's addresses for programs; its pages belong to cms."""

from django.urls import path

from search.api import MapView, SearchView

urlpatterns = [
    path("api/v1/search/", SearchView.as_view(), name="api-search"),
    path("api/v1/map/", MapView.as_view(), name="api-map"),
]
