"""What merging adds to the editors' admin."""

from django.urls import URLPattern, path
from wagtail import hooks

from directory.merging.views import by_hand, merge, merges, organisations


@hooks.register("register_admin_urls")
def merging_urls() -> list[URLPattern]:
    return [
        path("listings/doubles/any/", by_hand.any_two, name="merge-any"),
        path("listings/doubles/<uuid:pk>/merge/", merge.merge, name="pair-merge"),
        path("listings/merge/<uuid:one>/<uuid:other>/", merge.merge_two, name="listings-merge"),
        path("listings/merges/", merges.merged, name="merges"),
        path("listings/merges/<uuid:pk>/part/", merges.part, name="merge-part"),
        path("organisations/doubles/", organisations.pairs, name="organisation-pairs"),
        path("organisations/doubles/<uuid:pk>/", organisations.different, name="organisation-pair-different"),
        path("organisations/merge/<uuid:one>/<uuid:other>/", organisations.merge, name="organisation-merge"),
        path("organisations/merges/", organisations.merged, name="organisation-merges"),
        path("organisations/merges/<uuid:pk>/part/", organisations.part, name="organisation-merge-part"),
    ]
