"""At the desk: family and the main contact of a person."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.states import WrongState
from matching.casework.family import add_family, change_family, remove_family, version_of_family
from matching.models import FamilyLink, Person
from matching.people import keep_look
from matching.views.persons.forms import date_input
from matching.views.persons.record import of_a_person
from matching.views.persons.saving import put_right
from matching.views.referrals.steps import show_errors
from matching.views.typed import key_or_404


class FamilyForm(forms.Form):
    """Who they are, how they are reached, and what they may see."""

    name = forms.CharField(label="Name", max_length=200, required=False)
    relation = forms.CharField(
        label="What are they to the person?", max_length=100, required=False, help_text="Such as daughter, husband, neighbour."
    )
    phone = forms.CharField(label="Phone", max_length=40, required=False)
    email = forms.EmailField(label="E-mail", required=False)
    is_main = forms.BooleanField(
        label="Main contact",
        required=False,
        help_text="We ring them where the person cannot be reached. There is one; the one before is family then.",
    )
    sees = forms.ChoiceField(label="What may they see?", choices=FamilyLink.Sees.choices, help_text="The person decides it. Ask them.")
    authority = forms.ChoiceField(
        label="Do they decide for the person?",
        choices=FamilyLink.Authority.choices,
        help_text="Only where it is in force, because the person cannot decide this themselves. Then they see the requests too.",
    )
    authority_seen_on = forms.DateField(
        label="When was the document seen?",
        required=False,
        widget=date_input(),
        help_text="For attorney and deputy.",
    )
    account = forms.EmailField(
        label="The e-mail address they sign in with", required=False, help_text="Only where they have an account of family."
    )

    once = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    version = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, corrects: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("account", "once") if corrects else ("version",):
            del self.fields[name]

    def as_written(self, link: FamilyLink, name: str) -> dict[str, str]:
        """What stands in a field now, for the one who wrote something else at the same time."""
        shown = getattr(link, f"get_{name}_display", None)
        value = shown() if shown is not None else getattr(link, name)
        words = {True: "yes", False: "no", None: "nothing", "": "nothing"}.get(value, str(value))
        return {"label": str(self.fields[name].label), "value": words}


@door(Permission.KEEP_RECORDS)
@never_cache
@require_http_methods(["GET", "POST"])
@of_a_person
def new_family(request: HttpRequest, found: Person) -> HttpResponse:
    """Write down somebody of the family, or another main contact."""
    keep_look(found, by=user_of(request), where="desk-person-family")
    form = FamilyForm(request.POST or None, initial={"once": uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            add_family(found, by=user_of(request), **form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        except WrongState as error:
            messages.error(request, str(error))
            return redirect("desk-person", found.pk)
        else:
            messages.success(request, "Written down.")
            return redirect("desk-person", found.pk)
    return _page(request, form, found)


@door(Permission.KEEP_RECORDS)
@never_cache
@require_http_methods(["GET", "POST"])
def family(request: HttpRequest, link_id: UUID) -> HttpResponse:
    """Put right what is written about them, or take them off the record."""
    link = FamilyLink.objects.select_related("person", "user").filter(pk=link_id).first()
    if link is None:
        return _gone(request)
    if request.method == "POST" and request.POST.get("do") == "remove":
        remove_family(link, by=user_of(request))
        messages.success(request, "Taken off the record.")
        return redirect("desk-person", link.person_id)
    keep_look(link.person, by=user_of(request), where="desk-person-family")
    initial = {name: getattr(link, name) for name in FamilyForm.base_fields if hasattr(link, name)}
    form = FamilyForm(request.POST or None, corrects=True, initial={**initial, "version": version_of_family(link)})
    theirs: list[dict[str, str]] = []

    def anew(changed: Iterable[str]) -> FamilyForm:
        link.refresh_from_db()
        theirs.extend(form.as_written(link, name) for name in changed)
        return FamilyForm({**request.POST.dict(), "version": version_of_family(link)}, corrects=True)

    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        saved = put_right(request, form, link.person_id, lambda: change_family(link, by=user_of(request), **told), anew=anew)
        if isinstance(saved, HttpResponse):
            return saved
        form = saved
    return _page(request, form, link.person, link=link, theirs=theirs)


def _gone(request: HttpRequest) -> HttpResponse:
    """Taken off the record already: by a second click, or by a colleague."""
    person = get_object_or_404(Person, pk=key_or_404(request.POST.get("person", "")))
    messages.info(request, "They have been taken off the record.")
    return redirect("desk-person", person.pk)


def _page(request: HttpRequest, form: FamilyForm, person: Person, **more: Any) -> HttpResponse:
    status = 400 if form.is_bound and form.errors else 200
    return render(request, "matching/family_form.html", {"form": form, "person": person, **more}, status=status)
