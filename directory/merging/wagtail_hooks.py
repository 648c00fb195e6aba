"""What merging adds to the editors' admin."""

from django.urls import URLPattern, path
from wagtail import hooks

from directory.merging.views import merge, merges


@hooks.register("register_admin_urls")
def merging_urls() -> list[URLPattern]:
    return [
        path("listings/doubles/<uuid:pk>/merge/", merge.merge, name="pair-merge"),
        path("listings/merges/", merges.merged, name="merges"),
        path("listings/merges/<uuid:pk>/part/", merges.part, name="merge-part"),
    ]
