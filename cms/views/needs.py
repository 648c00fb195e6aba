"""/needs/: every need under its element, and a page for each."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cms.models import FixedAddress
from cms.needs import doors
from cms.page_life import may_be_kept
from cms.presenting.addresses import Address
from cms.presenting.lists import listed_services
from cms.presenting.place_errors import place_sentence
from cms.presenting.words import inside, sentence
from cms.public_state import public_state
from cms.standing import standing_words
from directory.accounts.doors import PUBLIC, door
from directory.models import Need
from search.points import sees_points

PLACE_MAX = 100
LISTED = 10


@door(PUBLIC)
@require_safe
def needs(request: HttpRequest) -> HttpResponse:
    """All needs, by element."""
    context = {"doors": doors(public_state()), "words": standing_words(FixedAddress.NEEDS)}
    return may_be_kept(render(request, "cms/needs.html", context))


@door(PUBLIC)
@require_safe
def need(request: HttpRequest, slug: str) -> HttpResponse:
    """One need with the services near a place; or the needs of one element."""
    state = public_state()
    elements = doors(state)
    element = next((each for each in elements if each.slug == slug), None)
    ways = [{"label": "Every kind of help", "url": reverse("needs")}]
    if element is not None:
        others = [each for each in elements if each is not element]
        context = {"element": element, "others": others, "crumbs": [*ways, {"label": element.name}]}
        return may_be_kept(render(request, "cms/element.html", context))
    found = get_object_or_404(Need.every.select_related("element"), slug=slug)
    if found.replaced_by_id:
        asked = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(reverse("need", args=[found.replaced_by_id]) + asked)
    place = " ".join(request.GET.get("place", "").replace("\0", " ").split())[:PLACE_MAX]
    home = next(each for each in elements if each.slug == found.element_id)
    listed = listed_services(Address().replace(need=slug, place=place), state=state, most=LISTED, points=sees_points(request.user))
    place_error = place_sentence(place, listed.place_error) if listed.place_error else ""
    context = {
        "crumbs": [*ways, {"label": home.name, "url": home.url}, {"label": found.name}],
        "need": found,
        "in_sentence": inside(found.name),
        "what_counts": sentence(found.what_counts),
        "place": place,
        "place_error": place_error,
        "errors": [{"text": place_error, "field_id": "near-place"}] if place_error else [],
        "listed": listed,
        "siblings": [line for line in home.needs if line.slug != slug],
    }
    response = render(request, "cms/need.html", context)
    return response if place_error else may_be_kept(response, listed.until)
