"""/desk/enquiries/…: what somebody asked on the website; the talk, and what comes of it."""

from typing import Any
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
from matching.asking import codes, desk, steps, taking_up
from matching.asking.reaching import reach_of
from matching.desk_states import ENQUIRY_WAITING, EnquiryState
from matching.models import Enquiry
from matching.persons.needs import by_voice
from matching.views.asking.call_backs import seen_tries
from matching.views.asking.words import before_a_call, rows_at_the_desk
from matching.views.desk.enquiry_forms import CloseForm, TakeUpForm
from matching.views.referrals.steps import show_errors


def _found(enquiry_id: UUID) -> Enquiry:
    sent = Enquiry.objects.exclude(state=EnquiryState.BEGUN).select_related("need", "person", "ask", "taken_by")
    return get_object_or_404(sent, pk=enquiry_id)


@door(Permission.KEEP_RECORDS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enquiry(request: HttpRequest, enquiry_id: UUID) -> HttpResponse:
    """Who asked and for what, which is noted as looked at; not reached, closed, or a code to read out."""
    found, by = _found(enquiry_id), user_of(request)
    close_form, code = CloseForm(), ""
    if request.method == "POST":
        do = request.POST.get("do", "")
        try:
            if do == "tried":
                desk.not_reached(found, by=by, tries=seen_tries(request))
                messages.success(request, "Noted. It stays on your list.")
                return redirect("desk")
            if do == "close":
                close_form = CloseForm(request.POST)
                if close_form.is_valid():
                    desk.close(found, by=by, why=close_form.cleaned_data["why"])
                    messages.success(request, "Closed.")
                    return redirect("desk")
            if do == "code":
                code = codes.say_code(found, by=by)
        except WrongState as error:
            found.refresh_from_db(fields=["state"])
            if do == "close" and found.state == EnquiryState.CLOSED:
                messages.info(request, "It is closed already.")
                return redirect("desk")
            messages.error(request, str(error))
            return redirect("desk-enquiry", found.pk)
    return _page(request, found, close_form, code)


def _page(request: HttpRequest, found: Enquiry, close_form: CloseForm, code: str) -> HttpResponse:
    desk.look_at(found, by=user_of(request), where="desk-enquiry")
    said, is_open = found.answers, found.state in ENQUIRY_WAITING
    context = {
        "enquiry": found,
        "open": is_open,
        "rows": rows_at_the_desk(found, but=frozenset({"phone", "email", "their_phone"}) if is_open else frozenset()),
        "name": said.get(steps.YOU, {}).get("name", ""),
        "phone": said.get(steps.CONTACT, {}).get("phone", ""),
        "email": said.get(steps.CONTACT, {}).get("email", ""),
        "reach": reach_of(found),
        "their_phone": said.get(steps.THEM, {}).get("their_phone", ""),
        "their_voice": by_voice(said.get(steps.UNDERSTAND, {}).get("codes", [])),
        "their_name": said.get(steps.THEM, {}).get("their_name", ""),
        "knows": said.get(steps.THEM, {}).get("knows", ""),
        "closes_on": desk.closes_at(found),
        "late": desk.is_late(found),
        "close_form": close_form,
        "code": code,
    }
    return render(request, "matching/enquiry.html", context, status=400 if close_form.errors else 200)


@door(Permission.KEEP_RECORDS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_up(request: HttpRequest, enquiry_id: UUID) -> HttpResponse:
    """Write it down after the talk: the person, whether they agreed, and the request."""
    found, by = _found(enquiry_id), user_of(request)
    ended = found.state not in ENQUIRY_WAITING
    if ended and request.method != "POST":
        return _where_it_went(request, found)
    desk.look_at(found, by=by, where="desk-enquiry-take-up")
    doubles = taking_up.doubles_of(found, by=by)
    form = TakeUpForm(found, doubles, request.POST or None, initial=TakeUpForm.initial_of(found))
    if request.method == "POST" and form.is_valid() and not ended:
        try:
            values: dict[str, Any] = form.values()
            ask = taking_up.take_up(found, by=by, **values)
        except ValidationError as error:
            show_errors(form, error)
        except WrongState:
            found, ended = _found(enquiry_id), True
        else:
            messages.success(request, "Written down. Now: who can help?")
            return redirect("desk-match", ask.pk)
    if ended and found.taken_by_id == by.pk and form.is_valid() and form.says(found):
        # Pressed twice.
        return _where_it_went(request, found)
    others, before = found.whom != Enquiry.Whom.SELF, before_a_call(found)
    context = {"form": form, "enquiry": found, "doubles": doubles, "others": others, "before": before, "ended": ended}
    return render(request, "matching/enquiry_take_up.html", context, status=409 if ended else 400 if form.errors else 200)


def _where_it_went(request: HttpRequest, found: Enquiry) -> HttpResponse:
    if found.ask_id is not None:
        return redirect("desk-match", found.ask_id)
    messages.error(request, "This was closed meanwhile.")
    return redirect("desk-enquiry", found.pk)
