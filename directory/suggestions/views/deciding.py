"""One suggestion inside /admin/: what was told, and a form that is filled in already."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from directory.accounts.doors import door, user_of
from directory.accounts.models import User
from directory.accounts.roles import Permission
from directory.freshness import how_long_ago
from directory.listing_fields import FIELDS
from directory.models import Need, Organisation, Service
from directory.opening_text import format_times
from directory.reasons import WHY_NOT_SUGGESTED, Reason
from directory.states import WrongState
from directory.suggestions import deciding
from directory.suggestions.models import Suggestion
from directory.suggestions.states import SUGGESTION_OPEN
from directory.suggestions.waiting import NAME
from directory.times import times_from_json
from directory.views.moderation import furniture, hand_context

MOST_ALIKE = 5


class MakeListing(forms.Form):
    """What a new listing needs; the rest is for the editor behind it."""

    organisation = forms.CharField(
        label="Whose is it", max_length=200, help_text="A group with this name is used if there is one, else made."
    )
    name = forms.CharField(label="Name", max_length=200)
    summary = forms.CharField(label="In one plain sentence", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    address = forms.CharField(label="Where", max_length=300, required=False)
    postcode = forms.CharField(label="Postcode", max_length=10, required=False)
    phone = forms.CharField(label="Phone", max_length=60, required=False)
    url = forms.CharField(label="Web page", max_length=500, required=False)
    needs = forms.ModelMultipleChoiceField(
        label="What it helps with", queryset=Need.objects.order_by("name"), required=False, widget=forms.CheckboxSelectMultiple
    )
    rang = forms.BooleanField(label="I have asked them, and it is right", required=False)

    def values(self) -> dict[str, Any]:
        """The listing's fields as the verb takes them; empty ones are left out."""
        data = self.cleaned_data
        place = {"address": data["address"], "postcode": data["postcode"]}
        values: dict[str, Any] = {name: data[name] for name in ("name", "summary", "phone", "url") if data[name]}
        if any(place.values()):
            values |= {"places": [place], "delivery": ["place"]}
        return values | ({"needs": sorted(need.slug for need in data["needs"])} if data["needs"] else {})


class PutRight(forms.Form):
    """One field of the listing, with what the reporter says is right."""

    value = forms.CharField(required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, field: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].label = FIELDS[field].label
        if field == "status":
            self.fields["value"] = forms.ChoiceField(label=FIELDS[field].label, choices=Service.Status.choices)
        elif field == "times":
            self.fields["value"].help_text = "As in the editor: Tu 10:00-12:00; Th[1] 13:00-15:30"


class Words(Reason):
    """For the reporter, who reads them in a mail."""

    ready_made = WHY_NOT_SUGGESTED


@door(Permission.MODERATE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def suggestion(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was told; make it a listing, put it up as a change, settle or decline it."""
    told = get_object_or_404(Suggestion.objects.select_related("service__organisation", "moderator", "became", "change"), pk=pk)
    field = deciding.FIELD_OF.get(Suggestion.Part(told.part), "") if told.part else ""
    do = request.POST.get("do", "") if request.method == "POST" else ""
    make = MakeListing(request.POST if do == "make" else None, initial=deciding.prefilled(told))
    right = PutRight(field, request.POST if do == "propose" else None, initial={"value": _says(told, field)}) if field else None
    if request.method == "POST":
        answer = _carry_out(request, do, told, make, right, field)
        if answer is not None:
            return answer
        told.refresh_from_db()
    return render(request, "suggestions/decide.html", _context(request, told, make, right, field))


def _carry_out(
    request: HttpRequest, do: str, told: Suggestion, make: MakeListing, right: PutRight | None, field: str
) -> HttpResponse | None:
    """Where to go on; None where the page is shown again."""
    by = user_of(request)
    try:
        if do == "make" and make.is_valid():
            return _made(request, told, make, by)
        if do == "propose" and right is not None and right.is_valid():
            return _proposed(request, told, {field: deciding.field_value(field, right.cleaned_data["value"])}, by)
        if do in ("done", "decline"):
            words = Words.words_of(request.POST)
            deciding.settle(told, by=by, words=words) if do == "done" else deciding.decline(told, by=by, reason=words)
            messages.success(request, "Settled. If they left an address, they hear of it.")
            return redirect("moderation")
    except ValidationError as error:
        _show(request, error, make if do == "make" else right)
    except WrongState as error:
        messages.error(request, str(error))
    return None


def _made(request: HttpRequest, told: Suggestion, make: MakeListing, by: User) -> HttpResponse:
    data = make.cleaned_data
    service = deciding.make_listing(told, organisation=data["organisation"], values=make.values(), by=by, rang=data["rang"])
    messages.success(request, "The listing is made, and visitors see it. Write the rest in here.")
    return redirect("wagtailsnippets_directory_service:edit", service.pk)


def _proposed(request: HttpRequest, told: Suggestion, values: dict[str, Any], by: User) -> HttpResponse | None:
    change = deciding.propose_change(told, values, by=by)
    if change is None:
        messages.warning(request, "That is what stands there already, or it waits already. Settle this instead.")
        return None
    if told.state not in SUGGESTION_OPEN:
        messages.success(request, "It is on the page now. If they left an address, they hear of it.")
        return redirect("moderation")
    messages.success(request, "It waits as a change. Decide on it here; who told us hears of it then.")
    return redirect("moderation-change", change.pk)


def _show(request: HttpRequest, error: ValidationError, form: forms.Form | None) -> None:
    """Each error at its field, where the form has it; else above the page."""
    for name, texts in error.message_dict.items():
        place = {"places": "address"}.get(name, name)
        if form is not None and (place in form.fields or isinstance(form, PutRight)):
            form.add_error("value" if isinstance(form, PutRight) else place, texts)  # type: ignore[arg-type]
        else:
            messages.error(request, "Say why; they read it." if name == "reason" else " ".join(texts))


def _says(told: Suggestion, field: str) -> str:
    return str(Service.Status.CLOSED) if field == "status" else told.right


def _context(request: HttpRequest, told: Suggestion, make: MakeListing, right: PutRight | None, field: str) -> dict[str, Any]:
    is_listing = told.kind == Suggestion.Kind.LISTING
    title = told.name if is_listing else told.service.name if told.service else ""
    return {
        "told": told,
        "age": how_long_ago(told.told_at),
        "open": told.state in SUGGESTION_OPEN,
        "mine": told.moderator_id in (None, request.user.pk),
        "make": make if is_listing else None,
        "right": right,
        "live": _live(told, field),
        "alike": _alike(told) if is_listing else [],
        "words": Words(),
        **hand_context(NAME, told.pk, told.moderator),
        **furniture(title, inside=True),
    }


def _live(told: Suggestion, field: str) -> dict[str, str] | None:
    """What stands on the page now, in words, and as one types it."""
    if told.service is None or not field:
        return None
    value = FIELDS[field].read(told.service)
    typed = format_times(times_from_json(value)) if field == "times" else ""
    return {"label": FIELDS[field].label, "words": FIELDS[field].words(value), "typed": typed}


def _alike(told: Suggestion) -> list[Service]:
    """Listings of that name, or of a group of that name: perhaps it is there already."""
    groups = Organisation.objects.filter(name__icontains=told.name, replaced_by=None)
    found = Service.objects.filter(name__icontains=told.name) | Service.objects.filter(organisation__in=groups)
    return list(found.select_related("organisation").order_by("name", "id")[:MOST_ALIKE])
