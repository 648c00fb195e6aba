"""/embed/list/ and /embed/map/: the finder's answer inside other sites' pages; and the page that makes the line to put there.

They are the only pages that others may frame. They know nobody: no session is opened, nothing can be done in them but to follow a link, and
they show what open data shows: no contact, and of a place that must stay secret not even the area that is covered from it.
"""

from urllib.parse import urlencode

from csp.decorators import csp_replace
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from cms.needs import all_needs
from cms.presenting.addresses import address_of
from cms.presenting.cards import cards_of
from cms.presenting.filters import RADII
from cms.presenting.finding import map_of_results
from cms.presenting.words import counted
from cms.public_state import public_state
from directory.accounts.doors import PUBLIC, door
from search.find import find
from search.query import BadQuery, parse_query

SHOWN = 10
OTHERS_SECONDS = 60
HEIGHT = 640
open_to_frames = csp_replace({"frame-ancestors": ["*"]})


@door(PUBLIC)
@require_safe
@xframe_options_exempt
@open_to_frames
def as_list(request: HttpRequest) -> HttpResponse:
    """What fits, as a list."""
    return _embed(request, with_map=False)


@door(PUBLIC)
@require_safe
@xframe_options_exempt
@open_to_frames
def as_map(request: HttpRequest) -> HttpResponse:
    """What fits, on a map with the list below it."""
    return _embed(request, with_map=True)


def _embed(request: HttpRequest, *, with_map: bool) -> HttpResponse:
    """Drawn without the request: whoever looks, it is the same page."""
    address = address_of(request.GET).without("page_size", "view")
    params = request.GET.copy()
    params.pop("page", None)
    params["page_size"] = str(SHOWN)
    context: dict[str, object] = {"site_name": settings.SITE_NAME, "more_url": address.url()}
    try:
        found = find(parse_query(params))
    except BadQuery as error:
        wrong = [text for texts in error.errors.values() for text in texts]
        return HttpResponse(render_to_string("cms/embed.html", {**context, "wrong": wrong}), status=400)
    state = public_state()
    cards = cards_of(found.results, state=state, first=1)
    context |= {
        "headline": f"{counted(found.total, 'service')} on {settings.SITE_NAME}",
        "results": [{"card": card, "miles": result.miles} for card in cards for result in found.results if result.id == card.id],
        "more": found.total - len(cards),
        "map": map_of_results(found, cards, address, state) if with_map else None,
    }
    response = HttpResponse(render_to_string("cms/embed.html", context))
    response["Cache-Control"] = f"public, max-age={OTHERS_SECONDS}"
    return response


class EmbedForm(forms.Form):
    """What to show on another site. Nothing is kept of it: it makes an address."""

    look = forms.ChoiceField(label="What shall it look like?", choices=[("list", "A list"), ("map", "A map with a list below it")])
    q = forms.CharField(label="What is it about, in your own words?", required=False, max_length=200)
    need = forms.ChoiceField(label="Or one kind of help", required=False)
    place = forms.CharField(label="Around which village or postcode?", required=False, max_length=100)
    radius = forms.ChoiceField(label="How far around it?", required=False)

    def __init__(self, *args: object, state: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        needs = [("", "Any kind of help"), *((need.slug, need.name) for need in all_needs(state))]
        radii = [("", "As far as it takes"), *((str(miles), f"Within {counted(miles, 'mile')}") for miles in RADII)]
        self.fields["need"].choices = needs  # type: ignore[attr-defined]
        self.fields["radius"].choices = radii  # type: ignore[attr-defined]


@door(PUBLIC)
@require_safe
def make(request: HttpRequest) -> HttpResponse:
    """The page on which a parish or a surgery makes its own line."""
    form = EmbedForm(request.GET or None, state=public_state())
    crumbs = [{"label": "Open data", "url": reverse("open-data")}, {"label": "On your own website"}]
    context: dict[str, object] = {"form": form, "crumbs": crumbs}
    if form.is_bound and form.is_valid():
        context |= _line(form.cleaned_data)
    return render(request, "cms/embed_make.html", context, status=400 if form.errors else 200)


def _line(asked: dict[str, str]) -> dict[str, str]:
    """The address, and the line of HTML that shows it."""
    params = {name: asked[name] for name in ("q", "need", "place", "radius") if asked[name]}
    path = reverse("embed-map" if asked["look"] == "map" else "embed-list")
    path = f"{path}?{urlencode(params)}" if params else path
    return {"path": path, "address": f"{settings.BASE_URL}{path}", "height": str(HEIGHT), "title": f"Local help, from {settings.SITE_NAME}"}
