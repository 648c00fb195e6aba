"""/partner/…/contacts/: people and numbers behind a listing: who they are, where they agreed to be shown, and away with them."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from directory import contacts
from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.contacts import Where
from directory.listing_contact import own_contact
from directory.models import Contact, Service
from directory.sections import REACH
from directory.states import WrongState
from directory.views.partner import own_service

PLACES = {
    Where.SITE: "On this site, for everybody who looks",
    Where.PRINT: "On paper lists",
    Where.OPEN_DATA: "In the open data, where other sites copy it and keep it",
}
WHOSE = [("group", "The group’s own, such as the hall or the office"), ("person", "A person’s own, at home or in their pocket")]


class WhereForm(forms.Form):
    """Where a contact may be shown."""

    where = forms.MultipleChoiceField(
        label="Where may we show it?",
        choices=[(str(place), words) for place, words in PLACES.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick only what was agreed. Without a tick it is shown nowhere.",
    )

    def places(self) -> list[Where]:
        """What was ticked."""
        return [Where(value) for value in self.cleaned_data["where"]]


class ContactForm(WhereForm):
    """Somebody to reach. A person's own number asks for the day on which that person agreed."""

    phone = forms.CharField(max_length=60)
    name = forms.CharField(label="Who answers?", required=False, max_length=100, help_text="A first name is enough.")
    role = forms.CharField(label="What do they do there?", required=False, max_length=100, help_text="For example: secretary; hall keys.")
    agreed_on = forms.DateField(
        label="On which day did that person say yes?",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="Only for a person’s own number. Ask them first, and say where it will stand.",
    )
    field_order = ("phone", "whose", "name", "role", "where", "agreed_on")


class NewContactForm(ContactForm):
    """Whose number it is, is asked once: who gave a private number cannot make it a group's later."""

    whose = forms.ChoiceField(label="Is it a person’s own number?", choices=WHOSE, widget=forms.RadioSelect)


@door(Permission.EDIT_LISTINGS)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One more number for a listing; out of the open data until somebody ticks that."""
    service = own_service(request, pk)
    form = NewContactForm(request.POST if request.method == "POST" else None, initial={"where": [str(Where.SITE), str(Where.PRINT)]})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        words = {name: data[name] for name in ("name", "role", "phone", "agreed_on")}
        try:
            contacts.add_contact(service, by=user_of(request), is_personal=data["whose"] == "person", where=form.places(), **words)
        except ValidationError as error:
            _put(form, error)
        except WrongState as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, "Written down. It is shown where you ticked, and nowhere else.")
            return redirect(REACH.url_name, pk=service.pk)
    return _page(request, service, form, "Add a number")


@door(Permission.EDIT_LISTINGS)
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who it is and where it is shown; of the listing's own number only where, since the number is one of its answers."""
    found = _own(request, pk)
    is_own = found == own_contact(found.service)
    form_class = WhereForm if is_own else ContactForm
    shown = {
        "where": [str(place) for place in Where if getattr(found, place)],
        **{name: getattr(found, name) for name in ("phone", "name", "role", "agreed_on")},
    }
    form = form_class(request.POST if request.method == "POST" else None, initial=shown)
    if request.method == "POST" and form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("phone", "name", "role", "agreed_on") if not is_own}
        change = contacts.show_contact if is_own else contacts.change_contact
        try:
            change(found, by=user_of(request), where=form.places(), **words)
        except ValidationError as error:
            _put(form, error)
        except WrongState as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, "Changed. It is shown where you ticked, and nowhere else.")
            return redirect(REACH.url_name, pk=found.service_id)
    return _page(request, found.service, form, "Where your number is shown" if is_own else "Change a number", None if is_own else found)


@door(Permission.EDIT_LISTINGS)
@require_POST
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Out of everything at once. The listing's own number is emptied among its answers instead, where that can be taken back."""
    found = _own(request, pk)
    if found == own_contact(found.service):
        messages.warning(request, "This is the number of the listing itself. Empty it below, then it is gone.")
    else:
        contacts.withdraw_contact(found, by=user_of(request))
        messages.success(request, "Taken out of everything. Paper lists that are printed already still have it.")
    return redirect(REACH.url_name, pk=found.service_id)


def _own(request: HttpRequest, pk: UUID) -> Contact:
    services = Service.objects.for_member(request.user)
    found = Contact.objects.filter(service__in=services, withdrawn_on=None).select_related("service")
    return get_object_or_404(found, pk=pk)


def _put(form: forms.Form, error: ValidationError) -> None:
    for name, texts in error.message_dict.items():
        form.add_error(name if name in form.fields else None, texts)


def _page(request: HttpRequest, service: Service, form: forms.Form, title: str, found: Contact | None = None) -> HttpResponse:
    context: dict[str, Any] = {"service": service, "section": REACH, "form": form, "title": title, "contact": found}
    return render(request, "directory/partner/contact.html", context, status=400 if form.errors else 200)
