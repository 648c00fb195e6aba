"""Pages of words at fixed addresses: the editors' own where there are any, else the product's."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cms.models import FixedAddress, StandardPage
from cms.own_words import OWN_WORDS
from cms.presenting.asking import carried, carried_need
from cms.previewing import previews
from cms.standing import standing_words
from directory.accounts.doors import PUBLIC, door
from directory.models import Service

# What these pages are for must never hang on an editor's page: the telephone, 999, and what happens next come from code.
ALWAYS_BELOW = {
    FixedAddress.ASK: "cms/parts/ask.html",
    FixedAddress.SUGGEST: "cms/parts/suggest.html",
    FixedAddress.WORRIED: "cms/parts/worried.html",
}


@door(PUBLIC)
@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """How to ask the co-op."""
    need = carried_need(request.GET)
    return _page(request, FixedAddress.ASK, standing_words(FixedAddress.ASK), carried=carried(request.GET), carried_need=need)


@door(PUBLIC)
@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """How to tell us about a service, or that something about one is wrong (?service=<uuid>)."""
    return _page(request, FixedAddress.SUGGEST, standing_words(FixedAddress.SUGGEST), about=_named(request.GET.get("service", "")))


@door(PUBLIC)
@require_safe
def worried(request: HttpRequest) -> HttpResponse:
    """What to do when worried about somebody."""
    return _page(request, FixedAddress.WORRIED, standing_words(FixedAddress.WORRIED))


@door(PUBLIC)
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What works for whom, and what does not yet."""
    return _page(request, FixedAddress.ACCESSIBILITY, standing_words(FixedAddress.ACCESSIBILITY))


@door(PUBLIC)
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What we know about visitors, and what not."""
    return _page(request, FixedAddress.PRIVACY, standing_words(FixedAddress.PRIVACY))


@previews(StandardPage)
def answer(request: HttpRequest, words: StandardPage) -> HttpResponse:
    """The preview of a page whose words stand at a fixed address, or of any other."""
    if words.stands_at == FixedAddress.NEEDS or not words.stands_at:
        return render(request, "cms/standard_page.html", {"page": words})
    return _page(request, FixedAddress(words.stands_at), words)


def _page(
    request: HttpRequest, address: FixedAddress, words: StandardPage | None, *, about: Service | None = None, **more: str
) -> HttpResponse:
    context = {"words": words, "own": OWN_WORDS[address], "below": ALWAYS_BELOW.get(address, ""), "about": about, **more}
    return render(request, "cms/standing.html", context)


def _named(pk: str) -> Service | None:
    """The service that a visitor wants to tell us about, if visitors see it."""
    try:
        return Service.objects.public().filter(pk=UUID(pk)).first()
    except ValueError:
        return None
