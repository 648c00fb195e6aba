"""/: one question, one place, four doors, a telephone number."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cms.models import HomePage
from cms.needs import doors
from cms.page_life import may_be_kept
from cms.previewing import previews
from cms.public_state import public_state
from cms.standing import home_words
from directory.accounts.doors import PUBLIC, door


@door(PUBLIC)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page."""
    return may_be_kept(answer(request, home_words(public_state())))


@previews(HomePage)
def answer(request: HttpRequest, words: HomePage | None) -> HttpResponse:
    """The first page with these words of the editors, or with the product's own."""
    worried = [{"label": "Say what worries you", "url": reverse("worried"), "kind": "second"}]
    return render(request, "cms/home.html", {"words": words, "doors": doors(public_state()), "worried_actions": worried})
