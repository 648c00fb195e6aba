"""The finder's addresses for programs; its pages belong to cms."""

from django.urls import path

from search.api import MapView, SearchView, SuggestView

urlpatterns = [
    path("api/v1/search/", SearchView.as_view(), name="api-search"),
    path("api/v1/map/", MapView.as_view(), name="api-map"),
    path("api/v1/suggest/", SuggestView.as_view(), name="api-suggest"),
]
