"""What handing in files adds to the editors' admin."""

from typing import Any

from django.urls import URLPattern, path, reverse
from wagtail import hooks

from directory.admin_menu import ModeratorsItem
from directory.uploads.views import handing_in, one_file


@hooks.register("register_admin_urls")
def upload_urls() -> list[URLPattern]:
    return [
        path("listings/import/", handing_in.files, name="uploads"),
        path("listings/import/<uuid:pk>/", one_file.one, name="upload"),
        path("listings/import/<uuid:pk>/state/", one_file.state, name="upload-state"),
        path("listings/import/<uuid:pk>/bad-rows/", one_file.bad_rows, name="upload-bad-rows"),
    ]


@hooks.register("register_admin_menu_item")
def import_item() -> Any:
    return ModeratorsItem("Import listings", reverse("uploads"), name="import", icon_name="upload", order=158)
