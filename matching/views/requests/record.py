"""Requests at the desk: written down, put right, and withdrawn together with the referrals that were made for them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from directory.accounts.doors import door, user_of
from directory.accounts.policy import allowed, roles_of
from directory.accounts.roles import Permission, Role
from directory.states import WrongState
from matching.asks import change_ask, may_be_changed, open_ask, seen, version_of_ask
from matching.casework.withdrawing import ends_at_once, open_referrals, withdraw_with_referrals
from matching.models import Ask, Person, Referral
from matching.people import keep_look
from matching.persons.versions import ChangedMeanwhile
from matching.referring.stories import provider_name
from matching.rules.activities import rules
from matching.states import AskState
from matching.views.persons.record import of_a_person
from matching.views.referrals.steps import show_errors
from matching.views.requests.forms import AskForm
from matching.views.typed import words_of_error
from matching.windows import written_times


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


@door(Permission.USE_DESK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_ask(request: HttpRequest, ask_id: UUID) -> HttpResponse:
    """Put right what a request says, as long as nobody has been asked for it. What two wrote at the same time is shown to both."""
    ask = own_ask(request, ask_id)
    form = AskForm(request.POST or None, initial=AskForm.as_written(ask), corrects=True)
    theirs: list[dict[str, Any]] = []
    stale = False
    if request.method == "POST" and form.is_valid():
        try:
            change_ask(ask, by=user_of(request), **form.values())
        except ChangedMeanwhile as error:
            ask = own_ask(request, ask_id)
            theirs = [_as_written(ask, name) for name in error.fields]
            form = AskForm({**request.POST.dict(), "when": request.POST.getlist("when"), "version": version_of_ask(ask)}, corrects=True)
            form.is_valid()
            form.add_error(None, str(error))
        except ValidationError as error:
            show_errors(form, error)
        except WrongState as error:
            form.add_error(None, f"{error} Nothing is saved. What you wrote stands below, to copy.")
            ask, stale = own_ask(request, ask_id), True
        else:
            messages.success(request, "Saved. Who could help may have changed with it.")
            return redirect("desk-match", ask.pk)
    if ask.person is not None:
        keep_look(ask.person, by=user_of(request), where="desk-ask-edit")
    context = {"form": form, "ask": ask, "person": ask.person, "may_change": may_be_changed(ask), "theirs": theirs}
    status = 409 if stale else 400 if form.is_bound and form.errors else 200
    return render(request, "matching/ask_edit.html", context, status=status)


def _as_written(ask: Ask, name: str) -> dict[str, Any]:
    """What stands in the request now, for the one who wrote something else at the same time."""
    value = getattr(ask, name)
    if name == "windows":
        return {"label": "When?", "value": "; ".join(written_times(value).splitlines()) or "any time"}
    label = AskForm.base_fields[name].label or name
    if name == "activity":
        return {"label": label, "value": rules()[value].label if value in rules() else "not decided yet"}
    said = getattr(ask, f"get_{name}_display", lambda: value)()
    return {"label": label, "value": ("yes" if value else "no") if isinstance(value, bool) else str(said) or "nothing"}


def own_ask(request: HttpRequest, ask_id: UUID) -> Ask:
    """A request that this user may see: a care worker's are the same as on the person's page. Raises Http404."""
    rows, user = Ask.objects.select_related("person", "need"), user_of(request)
    if not allowed(user, Permission.KEEP_RECORDS):
        own = rows.filter(made_by=user, person__brought_in_by=user, person__merged_from=None)
        rows = own if Role.CARE_WORKER in roles_of(user) else rows.none()
    return get_object_or_404(rows, pk=ask_id)


@door(Permission.MATCH)
@never_cache
@require_http_methods(["GET", "POST"])
def withdraw_ask(request: HttpRequest, ask_id: UUID) -> HttpResponse:
    """The person does not want it any more: what is under way for it ends in the same step."""
    ask = get_object_or_404(Ask.objects.select_related("need"), pk=ask_id)
    if ask.state != AskState.OPEN:
        messages.info(request, "This request is closed already.")
        return redirect("desk-match", ask.pk)
    stale = ""
    if request.method == "POST":
        try:
            # Without its mark a page is as one that is old.
            left = withdraw_with_referrals(ask, by=user_of(request), mark=request.POST.get("seen") or "none")
        except WrongState as error:
            ask.refresh_from_db(fields=["state"])
            if ask.state != AskState.OPEN:
                messages.error(request, str(error))
                return redirect("desk-match", ask.pk)
            stale = str(error)
        except ValidationError as error:
            messages.error(request, words_of_error(error))
            return redirect("desk-match", ask.pk)
        else:
            return _withdrawn(request, ask, left)
    rows = [(row, provider_name(row)) for row in open_referrals(ask)]
    context = {"ask": ask, "referrals": rows, "lines": ends_at_once(ask), "seen": seen(ask), "stale": stale}
    return render(request, "matching/ask_withdraw.html", context, status=409 if stale else 200)


def _withdrawn(request: HttpRequest, ask: Ask, left: list[Referral]) -> HttpResponse:
    messages.success(request, "Withdrawn, with all that was under way for it.")
    for referral in left:
        messages.warning(request, f"{referral} was made by somebody else, who has to take it back. Tell them.")
    return redirect("desk-match", ask.pk)
