"""The match page: what exists already on the left, neighbours on the right, with reasons; and what a coordinator decides there."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from directory import clock
from directory.accounts.doors import door, user_of
from directory.accounts.policy import allowed
from directory.accounts.roles import Permission
from directory.models import Service
from directory.states import WrongState
from matching import asks, referrals
from matching.agreements import valid_agreement
from matching.candidates import Candidates, candidates_for, store_offered, verdict_on
from matching.casework.withdrawing import ends_at_once, open_referrals
from matching.models import Ask, Volunteer
from matching.people import keep_look
from matching.referring.stories import provider_name
from matching.rules.activities import rules
from matching.states import AskState, ReferralState
from matching.suggesting.choice import is_chosen
from matching.views.requests.asked_words import more_in_words, times_in_words
from matching.views.requests.forms import AgreementForm, ByNumberForm
from matching.views.requests.match_words import match_line, neighbours, service_card, verdict_words
from matching.views.requests.record import own_ask
from matching.views.requests.unmet_form import UnmetForm
from matching.views.typed import chosen_key, words_of_error

LEADS_TO = {"meet": AskState.MET, "withdraw": AskState.WITHDRAWN, "unmet": AskState.UNMET, "reopen": AskState.OPEN}


@door(Permission.USE_DESK)
def match(request: HttpRequest, ask_id: UUID) -> HttpResponse:
    """Who could help. For a care worker who prepared it: the services only."""
    return _page(request, own_ask(request, ask_id))


def _page(request: HttpRequest, ask: Ask, *, unsaid: str | None = None, status: int = 200) -> HttpResponse:
    """unsaid: a choice that was not written, as somebody else has noted another meanwhile."""
    is_open = ask.state == AskState.OPEN
    found = candidates_for(ask, by=user_of(request)) if is_open else None
    if ask.person is not None:
        keep_look(ask.person, by=user_of(request), where="desk-match")
    may_match = allowed(user_of(request), Permission.MATCH)
    context: dict[str, Any] = {
        "ask": ask,
        "person": ask.person,
        "activity": rules()[ask.activity].label if ask.activity in rules() else "",
        "when": times_in_words(ask),
        "more": more_in_words(ask),
        "is_open": is_open,
        "may_match": may_match,
        "agreement": valid_agreement(ask.person, ask) if ask.person else None,
        "agreement_form": AgreementForm(initial=AgreementForm.initial_of(ask.person)),
        "referrals": [(row, provider_name(row)) for row in ask.referrals.select_related("service__organisation")],
        "matches": [match_line(row) for row in ask.matches.select_related("volunteer")],
        "signposts": ask.signposts.select_related("service"),
        "unmet": ask.unmet.all(),
        "seen": asks.seen(ask),
        "once": uuid4(),
        "unsaid": unsaid,
        "may_change": asks.may_be_changed(ask),
        "unmet_form": UnmetForm(ask, found=found) if may_match else None,
    }
    if found is not None:
        context |= {"services": _service_cards(found, ask, may_match), **neighbours(found, ask)}
        shown = [*(each.service.name for each in found.services), *(str(each.volunteer) for each in found.volunteers if may_match)]
        context["choice_not_listed"] = bool(ask.person_choice) and not any(is_chosen(ask, name) for name in shown)
        context |= _asked_about(request, ask) if may_match else {}
    return render(request, "matching/match.html", context, status=status)


def _service_cards(found: Candidates, ask: Ask, may_match: bool) -> list[dict[str, Any]]:
    once = str(uuid4())
    return [service_card(each, ask, may_match, once=once) for each in found.services]


def _asked_about(request: HttpRequest, ask: Ask) -> dict[str, Any]:
    """The volunteer whose number was typed: may they take it, and if not, every reason."""
    form = ByNumberForm(request.GET if "volunteer" in request.GET else None)
    if not form.is_bound or not form.is_valid():
        return {"by_number": form}
    volunteer = Volunteer.objects.filter(number=form.cleaned_data["volunteer"]).first()
    if volunteer is None:
        form.add_error("volunteer", "There is no volunteer with this number.")
        return {"by_number": form}
    return {"by_number": form, "verdict": verdict_words(verdict_on(volunteer, ask, by=user_of(request)), ask)}


@door(Permission.USE_DESK)
@require_POST
def refer(request: HttpRequest, ask_id: UUID) -> HttpResponse:
    """Prepare a referral from the list, and send it where this user may; what was offered is kept with it."""
    ask = own_ask(request, ask_id)
    try:
        service = _chosen(request)
        under_way = ask.referrals.open().filter(service=service, to_volunteers=service is None).first()
        if under_way is not None:
            # Pressed twice, or on a page that was read before it was sent.
            messages.info(request, f"{under_way} to {provider_name(under_way)} is under way already: here it is.")
            return redirect("desk-referral", under_way.pk)
        found = candidates_for(ask, by=user_of(request))
        offered = store_offered(ask, found, by=user_of(request))
        draft = referrals.prepare(
            ask,
            by=user_of(request),
            service=service,
            to_volunteers=service is None,
            candidates=[*offered.services, *offered.volunteers],
            note=request.POST.get("note", "")[:4000],
            once=request.POST.get("once", "")[:40],
        )
    except (ValidationError, WrongState, PermissionDenied) as error:
        messages.error(request, words_of_error(error))
        return redirect("desk-match", ask.pk)
    try:
        sent = referrals.send(draft, by=user_of(request))
        answer_by = f" They answer by {clock.local(sent.due_at):%A %-d %B}." if sent.due_at else ""
        messages.success(request, f"We have asked {provider_name(sent)}.{answer_by}")
    except PermissionDenied:
        messages.success(request, "Prepared. A coordinator sends it.")
    except (ValidationError, WrongState) as error:
        if draft.state == ReferralState.DRAFT:
            messages.warning(request, f"Prepared, not sent: {words_of_error(error)}")
    return redirect("desk-referral", draft.pk)


def _chosen(request: HttpRequest) -> Service | None:
    if request.POST.get("volunteers"):
        return None
    return get_object_or_404(Service.objects.public(), pk=chosen_key(request.POST.get("service", "")))


@door(Permission.MATCH)
@require_POST
def decide(request: HttpRequest, ask_id: UUID) -> HttpResponse:
    """Signpost, note the person's own choice, or close the request: one decision of the match page. A page that has grown old decides nothing."""
    ask = own_ask(request, ask_id)
    if request.POST.get("decision") == "withdraw" and ask.state == AskState.OPEN and (open_referrals(ask) or ends_at_once(ask)):
        return redirect("desk-ask-withdraw", ask.pk)
    try:
        with transaction.atomic():
            asks.require_seen(ask, request.POST.get("seen", ""))
            messages.success(request, _decision(request, ask))
    except asks.ChosenMeanwhile as error:
        messages.error(request, words_of_error(error))
        return _page(request, own_ask(request, ask_id), unsaid=_choice(request), status=409)
    except (ValidationError, WrongState) as error:
        ask.refresh_from_db(fields=["state"])
        if ask.state == LEADS_TO.get(request.POST.get("decision", "")):
            # Pressed twice: it is as they wished.
            messages.info(request, f"This is noted already: {ask.get_state_display().lower()}.")
        else:
            messages.error(request, words_of_error(error))
    return redirect("desk-match", ask.pk)


def _decision(request: HttpRequest, ask: Ask) -> str:
    what, by = request.POST.get("decision", ""), user_of(request)
    if what == "signpost":
        service = get_object_or_404(Service.objects.public(), pk=chosen_key(request.POST.get("service", "")))
        asks.signpost(ask, service, by=by, once=request.POST.get("once", "")[:40])
        return f"Noted: the person was told of {service.name}. No personal data has passed."
    if what == "unmet":
        form = UnmetForm(ask, request.POST)
        if not form.is_valid():
            raise ValidationError([str(error) for errors in form.errors.values() for error in errors])
        found = candidates_for(ask, by=by)
        store_offered(ask, found, by=by)
        asks.record_unmet(ask, by=by, emptied_by=form.cleaned_data["emptied_by"], nearest_miss=str(found.nearest_miss or ""))
        return "Recorded as an unmet need. It counts, and it can be opened again."
    if what == "choose":
        chosen = asks.note_choice(ask, _choice(request), by=by, was=request.POST.get("was")).person_choice
        return "Noted: their own choice stands first." if chosen else "Noted: the order is ours again."
    closing = {
        "meet": (asks.meet, "The request is met."),
        "withdraw": (asks.withdraw, "The request is withdrawn."),
        "reopen": (asks.reopen, "Open again."),
    }
    if what not in closing:
        raise ValidationError("Choose what to do.")
    verb, words = closing[what]
    verb(ask, by=by)
    return words


def _choice(request: HttpRequest) -> str:
    return request.POST.get("choice", "")[:500]
