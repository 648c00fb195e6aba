"""Requests at the desk: written down, and withdrawn together with the referrals that were made for them."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.states import WrongState
from matching.asks import open_ask
from matching.models import Ask, Person
from matching.people import keep_look
from matching.persons.withdrawing import open_referrals, withdraw_with_referrals
from matching.referring.stories import provider_name
from matching.states import AskState
from matching.views.persons.record import of_a_person
from matching.views.referrals.steps import show_errors
from matching.views.requests.forms import AskForm


@door(Permission.USE_DESK)
@never_cache
@require_http_methods(["GET", "POST"])
@of_a_person
def new_ask(request: HttpRequest, found: Person) -> HttpResponse:
    """Write down what somebody needs, and what they can give."""
    keep_look(found, by=user_of(request), where="desk-ask-new")
    form = AskForm(request.POST or None, initial=AskForm.initial_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            ask = open_ask(found, by=user_of(request), **form.values())
        except ValidationError as error:
            show_errors(form, error)
        except WrongState as error:
            messages.error(request, str(error))
            return redirect("desk-person", found.pk)
        else:
            return redirect("desk-match", ask.pk)
    status = 400 if form.is_bound and form.errors else 200
    return render(request, "matching/ask_form.html", {"form": form, "person": found}, status=status)


@door(Permission.MATCH)
@never_cache
@require_http_methods(["GET", "POST"])
def withdraw_ask(request: HttpRequest, ask_id: UUID) -> HttpResponse:
    """The person does not want it any more: what is under way for it ends in the same step."""
    ask = get_object_or_404(Ask.objects.select_related("need"), pk=ask_id)
    if ask.state != AskState.OPEN:
        messages.info(request, "This request is closed already.")
        return redirect("desk-match", ask.pk)
    if request.method == "POST":
        try:
            left = withdraw_with_referrals(ask, by=user_of(request))
        except (WrongState, ValidationError) as error:
            messages.error(request, " ".join(error.messages) if isinstance(error, ValidationError) else str(error))
            return redirect("desk-match", ask.pk)
        messages.success(request, "Withdrawn, with all that was under way for it.")
        for referral in left:
            messages.warning(request, f"{referral} was made by somebody else, who has to take it back. Tell them.")
        return redirect("desk-match", ask.pk)
    rows = [(row, provider_name(row)) for row in open_referrals(ask)]
    return render(request, "matching/ask_withdraw.html", {"ask": ask, "referrals": rows})
