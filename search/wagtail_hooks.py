"""What the finder adds to the editors' admin: the everyday words and their test bench."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from directory.accounts.policy import allowed
from directory.accounts.roles import Permission
from search.views import bench, words
from search.views.furniture import ICON, TITLE


class WordsItem(MenuItem):
    """Shown to those who may change them."""

    def is_shown(self, request: HttpRequest) -> bool:
        return allowed(request.user, Permission.MODERATE)


@hooks.register("register_admin_urls")
def words_urls() -> list[URLPattern]:
    return [
        path("words/", words.words, name="words"),
        path("words/bench/", bench.bench, name="words-bench"),
        path("words/needs/<slug:slug>/", words.need, name="words-need"),
    ]


@hooks.register("register_admin_menu_item")
def words_item() -> Any:
    return WordsItem(TITLE, reverse("words"), name="words", icon_name=ICON, order=130)
