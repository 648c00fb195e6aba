"""/ask/follow/: what became of an enquiry. The number alone opens nothing, and no page tells whether there is one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from directory import clock, throttle
from directory.accounts.doors import PUBLIC, door
from directory.signing_in import WrongCode
from directory.states import WrongState
from matching.asking import codes, following
from matching.models import Enquiry

ASKED, OPENED = "enquiry_asked", "enquiry_opened"
OPEN_FOR = timedelta(minutes=30)
SECONDS = 60 * 60


@dataclass(frozen=True)
class Limits:
    """How often within SECONDS: from one connection; for one number and postcode from one connection; for these from everywhere.

    Whoever knows no more than a number uses up nothing of those who wait under it.
    """

    purpose: str
    from_here: int
    of_one: int
    of_one_anywhere: int


CODES = Limits("enquiry-codes", 20, 6, 30)
TRIES = Limits("enquiry-tries", 40, 20, 60)
WRONG = "This is not the code, or it does not work any more, or number and postcode do not fit. Check all three, or ring us."


class FollowForm(forms.Form):
    """The number that was told, and the postcode that was given."""

    number = forms.CharField(label="Your number", max_length=20, help_text="It begins with Q, such as Q-101.")
    postcode = forms.CharField(
        label="The postcode that you gave", max_length=12, widget=forms.TextInput(attrs={"autocomplete": "postal-code"})
    )

    def clean_number(self) -> str:
        if not (digits := codes.digits_of(self.cleaned_data["number"])):
            raise forms.ValidationError("Write the number as we told it, such as Q-101.")
        return digits

    def clean_postcode(self) -> str:
        if not codes.place_of(self.cleaned_data["postcode"]):
            raise forms.ValidationError("Write the whole postcode, such as HD7 5AA.")
        return str(self.cleaned_data["postcode"])


class CodeForm(forms.Form):
    """Six digits, from a mail or from the telephone."""

    code = forms.CharField(
        label="The 6 digits",
        max_length=20,
        help_text="From the mail, or as we read them out to you on the telephone.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "pattern": "[0-9 ]*"}),
        error_messages={"required": "Write the 6 digits."},
    )


@door(PUBLIC)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Number and postcode; whatever they are, the next page is the same."""
    form = FollowForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "matching/ask/follow.html", {"form": form}, status=400 if form.errors else 200)
    number, postcode = form.cleaned_data["number"], form.cleaned_data["postcode"]
    place = codes.place_of(postcode)
    if not _may(request, CODES, number, place):
        return _pause(request)
    row = codes.ask_code(number, postcode)
    request.session[ASKED] = {"code": str(row.pk), "number": number, "place": place}
    return redirect("ask-follow-code")


@door(PUBLIC)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The six digits."""
    asked = request.session.get(ASKED)
    if not asked:
        return redirect("ask-follow")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not _may(request, TRIES, asked["number"], asked["place"]):
            return _pause(request)
        try:
            found = codes.use_code(asked["number"], asked["place"], form.cleaned_data["code"], asked=UUID(asked["code"]))
        except WrongCode:
            form.add_error("code", WRONG)
        else:
            request.session.cycle_key()
            del request.session[ASKED]
            request.session[OPENED] = {"enquiry": str(found.pk), "until": (clock.now() + OPEN_FOR).isoformat()}
            return redirect("ask-follow-yours")
    minutes = int(codes.BY_MAIL.total_seconds()) // 60
    return render(request, "matching/ask/follow_code.html", {"form": form, "minutes": minutes}, status=400 if form.errors else 200)


@door(PUBLIC)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def yours(request: HttpRequest) -> HttpResponse:
    """What became of it, for half an hour after the code; "I do not need it any more"."""
    enquiry = _opened(request)
    if enquiry is None:
        return redirect("ask-follow")
    if request.method == "POST":
        try:
            closed = following.not_needed(enquiry)
            messages.success(
                request, "It is closed. Thank you for telling us." if closed else "Thank you. We ring you before we stop anything."
            )
        except WrongState as error:
            messages.error(request, str(error))
        return redirect("ask-follow-yours")
    context = {
        "number": str(enquiry),
        "lines": following.what_became(enquiry),
        "can_end": following.can_be_taken_back(enquiry),
        "taken_up": enquiry.ask_id is not None,
    }
    return render(request, "matching/ask/follow_yours.html", context)


@door(PUBLIC)
@never_cache
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close it on this device: who comes next reads nothing."""
    for held in (ASKED, OPENED):
        request.session.pop(held, None)
    return redirect("ask-follow")


def _opened(request: HttpRequest) -> Enquiry | None:
    held: dict[str, Any] | None = request.session.get(OPENED)
    if not held or datetime.fromisoformat(held["until"]) < clock.now():
        request.session.pop(OPENED, None)
        return None
    return Enquiry.objects.select_related("need", "ask").filter(pk=UUID(held["enquiry"])).first()


def _may(request: HttpRequest, limits: Limits, number: str, place: str) -> bool:
    """Count one try, alike whether there is something under this number or not."""
    here = throttle.address_of(request)
    counted = (
        (limits.purpose, here, limits.from_here),
        (f"{limits.purpose}-of-one", f"{number} {place} {here}", limits.of_one),
        (f"{limits.purpose}-anywhere", f"{number} {place}", limits.of_one_anywhere),
    )
    return all(throttle.take(purpose, who, most=most, seconds=SECONDS) for purpose, who, most in counted)


def _pause(request: HttpRequest) -> HttpResponse:
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(SECONDS)
    return response
