"""Listings on paper: a group's own sheet, the letters of staff, and what comes back by post."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from directory import clock
from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.freshness import checked_words, paper
from directory.freshness.models import Letter
from directory.freshness.views.furniture import furniture
from directory.models import Service
from directory.views.partner import own_service

# One pile that a person folds and stamps.
PER_PILE = 20


class BackForm(forms.Form):
    """What came back: whether all is right, and when it was signed."""

    signed_on = forms.DateField(label="Signed on", widget=forms.DateInput(attrs={"type": "date"}))
    says = forms.ChoiceField(choices=[("right", "right"), ("change", "change")])


@door(Permission.EDIT_LISTINGS)
@require_safe
def own_sheet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A group's listing to print, correct by hand and post."""
    service = own_service(request, pk)
    context = {"sheets": [paper.sheet(service)], "back": reverse("partner-service", args=[service.pk]), **_where_to()}
    return render(request, "freshness/sheets.html", context)


@door(Permission.MODERATE)
@require_safe
def to_post(request: HttpRequest) -> HttpResponse:
    """Whom to write a letter; `?paper=1` is the pile for the printer, `?reference=` finds what came back."""
    page = Paginator(paper.to_post(), PER_PILE).get_page(request.GET.get("page"))
    services = Service.objects.with_everything().in_bulk(list(page))
    listed = [services[pk] for pk in page if pk in services]
    if request.GET.get("paper") == "1":
        context = {"sheets": [paper.sheet(service) for service in listed], "back": reverse("to-post"), **_where_to()}
        return render(request, "freshness/sheets.html", context)
    reference = request.GET.get("reference", "").replace("\0", "").strip()[:20]
    context = {
        "page": page,
        "rows": [{"service": service, "checked": checked_words(service), "reference": paper.reference(service.pk)} for service in listed],
        "asked": reference,
        "found": [_found(service) for service in paper.find(reference)],
        "today": clock.today().isoformat(),
        "weeks": paper.PATIENCE.days // 7,
        **furniture("to-post"),
    }
    return render(request, "freshness/to_post.html", context)


@door(Permission.MODERATE)
@require_POST
def posted(request: HttpRequest) -> HttpResponse:
    """These went out."""
    ids = [pk for pk in map(_uuid, request.POST.getlist("service")) if pk is not None]
    number = paper.posted(ids[:PER_PILE], by=user_of(request))
    messages.success(request, f"Noted: {number} letter{'' if number == 1 else 's'} posted today.")
    return redirect("to-post")


@door(Permission.MODERATE)
@require_POST
def came_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A sheet came back; one with changes leads on to the form."""
    service = get_object_or_404(Service, pk=pk)
    form, right = BackForm(request.POST), request.POST.get("says") == "right"
    again = f"{reverse('to-post')}?reference={paper.reference(service.pk).replace(' ', '')}"
    if not form.is_valid():
        messages.error(request, "Write the day on which it was signed, and press one of the two buttons.")
        return redirect(again)
    try:
        paper.came_back(service, signed_on=form.cleaned_data["signed_on"], right=right, by=user_of(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(again)
    if right:
        messages.success(request, f"{service.name}: noted as right, by the group's own word.")
        return redirect("to-post")
    messages.info(request, "Write in what stands on the sheet. Then find it by its reference once more and press “All is right”.")
    return redirect("wagtailsnippets_directory_service:edit", service.pk)


def _found(service: Service) -> dict[str, Any]:
    letter = Letter.objects.filter(service=service).order_by("-posted_on").first()
    return {
        "service": service,
        "reference": paper.reference(service.pk),
        "checked": checked_words(service),
        "posted_on": letter.posted_on if letter else None,
        "back_on": letter.back_on if letter else None,
        "edit_url": reverse("wagtailsnippets_directory_service:edit", args=[service.pk]),
    }


def _where_to() -> dict[str, Any]:
    return {
        "us": settings.SITE_NAME,
        "address": [part.strip() for part in settings.SITE_ADDRESS.split(",")],
        "phone": settings.SITE_PHONE,
        "phone_hours": settings.SITE_PHONE_HOURS,
        "today": clock.today(),
    }


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
