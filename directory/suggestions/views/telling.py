"""The forms behind /suggest/, open to everybody and without an account."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from directory import throttle
from directory.accounts.doors import PUBLIC, door
from directory.models import Service
from directory.suggestions import telling
from directory.suggestions.forms import HONEYPOT, ListingForm, ProblemForm
from directory.suggestions.keeping import KEPT

TELLS = 10
SECONDS = 60 * 60


@door(PUBLIC)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def missing(request: HttpRequest) -> HttpResponse:
    """A group that is not in the lists."""
    return _ask(request, ListingForm, lambda data: telling.suggest_listing(**data), None)


@door(PUBLIC)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def wrong(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Something is wrong on the page of a service that visitors see."""
    service = get_object_or_404(Service.objects.public().select_related("organisation"), pk=pk)
    return _ask(request, ProblemForm, lambda data: telling.report(service, **data), service)


@door(PUBLIC)
@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """What happens next; nothing of who it is."""
    return render(request, "suggestions/thanks.html", {"hear": "hear" in request.GET})


def _ask(
    request: HttpRequest, form_class: type[ListingForm | ProblemForm], tell: Callable[[dict[str, Any]], object], service: Service | None
) -> HttpResponse:
    if request.method != "POST":
        return _page(request, form_class(initial={"once": uuid4()}), service)
    if request.POST.get(HONEYPOT):
        return redirect("suggest-thanks")
    form = form_class(request.POST)
    if not form.is_valid():
        return _page(request, form, service)
    if throttle.count("suggest", throttle.address_of(request), seconds=SECONDS) > TELLS:
        return render(request, "429.html", status=429)
    try:
        tell(form.cleaned_data)
    except ValidationError as error:
        form.show(error)
        return _page(request, form, service)
    return redirect(reverse("suggest-thanks") + ("?hear=1" if form.cleaned_data["email"] else ""))


def _page(request: HttpRequest, form: ListingForm | ProblemForm, service: Service | None) -> HttpResponse:
    context = {
        "form": form,
        "about": service,
        "title": f"What is wrong with “{service.name}”?" if service else "Tell us about a group",
        "honeypot": HONEYPOT,
        "days": KEPT.days,
        "ring_url": _ring_url(service),
    }
    return render(request, "suggestions/tell.html", context, status=400 if form.errors else 200)


def _ring_url(service: Service | None) -> str:
    """Where one asks to be rung instead, if the room that rings is on."""
    try:
        return reverse("ring-me-suggest") + (f"?service={service.pk}" if service else "")
    except NoReverseMatch:
        return ""
