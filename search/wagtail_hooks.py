"""What the finder adds to the editors' admin: the everyday words and their test bench."""

from typing import Any

from django.urls import URLPattern, path, reverse
from wagtail import hooks

from directory.admin_menu import ModeratorsItem
from search.views import bench, words
from search.views.furniture import ICON, TITLE


@hooks.register("register_admin_urls")
def words_urls() -> list[URLPattern]:
    return [
        path("words/", words.words, name="words"),
        path("words/bench/", bench.bench, name="words-bench"),
        path("words/needs/<slug:slug>/", words.need, name="words-need"),
    ]


@hooks.register("register_admin_menu_item")
def words_item() -> Any:
    return ModeratorsItem(TITLE, reverse("words"), name="words", icon_name=ICON, order=130)
