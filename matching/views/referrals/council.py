"""/council/: refer somebody in, and follow one's own referrals."""

from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from directory import clock
from directory.accounts.doors import door, user_of
from directory.accounts.policy import roles_of
from directory.accounts.roles import Permission, Role
from directory.models import Need, Service
from directory.states import WrongState
from matching.api import referrals_of
from matching.models import Agreement, Referral
from matching.persons.needs import need_choices
from matching.refer_in import KeyReused, refer_in
from matching.referring.stories import provider_name
from matching.views.desk.pages import referral_page
from matching.views.persons.record import under_18
from matching.views.referrals.steps import show_errors

# What the form asks of the person, as `refer_in` takes it.
PERSON = ("name", "postcode", "phone", "safe_contact", "communication_codes", "communication_needs")

ON_A_PAGE = 50


class ReferForm(forms.Form):
    """A referral from the council, on one page."""

    name = forms.CharField(label="Name of the person", max_length=200)
    adult = forms.ChoiceField(
        label="Are they 18 or over?",
        choices=(("yes", "Yes"), ("no", "No, they are under 18")),
        required=False,
        help_text="For children the young carers' team is there: nothing of them is kept here.",
    )
    postcode = forms.CharField(label="Their postcode", max_length=10, required=False)
    phone = forms.CharField(label="Their phone", max_length=40, required=False)
    safe_contact = forms.CharField(label="Who may answer, and may we leave a message?", max_length=1000, required=False)
    communication_codes = forms.MultipleChoiceField(
        label="What do they need to understand and be understood?",
        choices=need_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="It goes with the referral, and decides whether they are rung, texted or written to.",
    )
    communication_needs = forms.CharField(
        label="Anything else that helps them to understand?", max_length=1000, required=False, help_text="Such as “speak slowly”."
    )
    need = forms.ModelChoiceField(label="What would help?", queryset=Need.objects.all(), empty_label="Choose …")
    target = forms.ChoiceField(
        label="Who should be asked?", help_text="Only groups that are vetted take referrals. The co-op finds a volunteer otherwise."
    )
    note = forms.CharField(label="What should they know?", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4}))
    given_by = forms.ChoiceField(label="Who agreed to this referral?", choices=Agreement.GivenBy.choices)
    how = forms.ChoiceField(label="How?", choices=Agreement.How.choices)
    seen = forms.CharField(
        label="If it was not the person: the document seen, by whom and when; or who decided and why", max_length=1000, required=False
    )
    council_case_ref = forms.CharField(label="Your own reference", max_length=100, required=False)
    once = forms.CharField(max_length=40, required=False, initial=uuid4, widget=forms.HiddenInput)

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        services = [service for service in Service.objects.public().select_related("organisation") if service.organisation.is_vetted]
        choices = [
            ("volunteers", "The co-op's volunteers"),
            *((str(row.pk), f"{row.name}, {row.organisation}") for row in services),
        ]
        self.fields["target"].choices = choices  # type: ignore[attr-defined]

    def body(self) -> dict[str, object]:
        """What `refer_in` takes: the same as the API's body."""
        data = self.cleaned_data
        to_volunteers = data["target"] == "volunteers"
        consent = {
            "given_by": data["given_by"],
            "how": data["how"],
            "seen": data["seen"],
            "at": None,
            "scope": Agreement.Scope.REFERRAL,
        }
        return {
            "person": {name: data[name] for name in PERSON},
            "need": data["need"].pk,
            "service_id": None if to_volunteers else UUID(data["target"]),
            "volunteers": to_volunteers,
            "note": data["note"],
            "consent": consent,
            "council_case_ref": data["council_case_ref"],
        }


@door((Permission.REFER_IN, Permission.SEE_FIGURES))
def council(request: HttpRequest) -> HttpResponse:
    """To the part that is theirs."""
    return redirect("council-refer" if Role.COUNCIL_REFERRER in roles_of(user_of(request)) else "figures")


@door(Permission.REFER_IN)
@require_http_methods(["GET", "POST"])
def refer(request: HttpRequest) -> HttpResponse:
    """The form, and the referrals made so far."""
    form = ReferForm(request.POST or None)
    if request.POST.get("adult") == "no":
        return under_18(request)
    if request.method == "POST" and form.is_valid():
        try:
            # The mark of the form is its key, so that a form that is sent twice makes one referral.
            once = form.cleaned_data["once"]
            made = refer_in(form.body(), by=user_of(request), key=f"form {once}" if once else "")
        except KeyReused:
            form.add_error(None, "This form was sent already: your referral is in the list below. Open the page anew for another one.")
        except (ValidationError, WrongState) as error:
            show_errors(form, error if isinstance(error, ValidationError) else ValidationError(str(error)))
        else:
            messages.success(request, f"Sent. The number is {made.referral}: keep it.")
            return redirect("council-referral", made.referral.pk)
    own = (
        referrals_of(user_of(request))
        .filter(referrer=user_of(request))
        .select_related("need", "service__organisation")
        .order_by("-created_at", "number")
    )
    page = Paginator(own, ON_A_PAGE).get_page(request.GET.get("page"))
    columns = ["Number", "Your reference", "Need", "Who was asked", "How it stands", "Made on"]
    context = {"form": form, "columns": columns, "rows": [_row(referral) for referral in page], "page": page}
    return render(request, "matching/council_refer.html", context, status=400 if form.is_bound else 200)


def _row(referral: Referral) -> dict[str, object]:
    return {
        "cells": [
            {"text": str(referral), "url": f"/council/referrals/{referral.pk}/"},
            referral.council_case_ref or "none",
            referral.need.name,
            provider_name(referral),
            referral.get_state_display(),
            f"{clock.local(referral.created_at):%-d %B %Y}",
        ]
    }


@door(Permission.REFER_IN)
@require_http_methods(["GET", "POST"])
def referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """One own referral."""
    rows = referrals_of(user_of(request)).filter(referrer=user_of(request))
    found = get_object_or_404(rows.select_related("ask", "person", "need", "service__organisation"), pk=referral_id)
    return referral_page(request, found, "matching/council_referral.html", where="council-referral", name="council-referral")
