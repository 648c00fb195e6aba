"""At the desk: who said yes to being referred, and who took it back."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.states import WrongState
from matching.agreements import record_agreement, said_so_far, withdraw_agreement
from matching.models import Agreement, Person
from matching.people import keep_look
from matching.persons.versions import ChangedMeanwhile
from matching.views.persons.record import of_a_person
from matching.views.referrals.steps import show_errors
from matching.views.requests.forms import AgreementForm
from matching.views.typed import key_or_404


@door(Permission.KEEP_RECORDS)
@require_POST
@of_a_person
def agree(request: HttpRequest, found: Person) -> HttpResponse:
    """Write down an agreement; with ask=, back to that request."""
    ask = get_object_or_404(found.asks, pk=key_or_404(request.POST["ask"])) if request.POST.get("ask") else None
    form, theirs = AgreementForm(request.POST), None
    if form.is_valid():
        try:
            record_agreement(found, by=user_of(request), **form.values(ask))
        except ChangedMeanwhile as error:
            theirs = found.agreements.all()
            form = AgreementForm({**request.POST.dict(), "version": said_so_far(found)})
            form.add_error(None, str(error))
        except ValidationError as error:
            show_errors(form, error)
        except WrongState as error:
            messages.error(request, str(error))
            return redirect("desk-person", found.pk)
    if form.errors:
        keep_look(found, by=user_of(request), where="desk-agree")
        context = {"form": form, "person": found, "ask": ask, "theirs": theirs}
        return render(request, "matching/agreement_form.html", context, status=400)
    messages.success(request, "The agreement is written down.")
    return redirect("desk-match", ask.pk) if ask else redirect("desk-person", found.pk)


@door(Permission.KEEP_RECORDS)
@require_POST
def withdraw(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """The person takes the yes back."""
    agreement = get_object_or_404(Agreement.objects.select_related("person"), pk=agreement_id)
    try:
        withdraw_agreement(agreement, by=user_of(request))
    except WrongState as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Taken back. What waited for a volunteer has stopped.")
    return redirect("desk-person", agreement.person_id)
