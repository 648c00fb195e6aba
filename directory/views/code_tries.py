"""The form in which a code from a mail is typed, and how often one connection may ask for codes and try them."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from directory import throttle

# From one connection; a village hall shares one. What one address may is in signing_in.py.
SENT, SENT_SECONDS = 30, 60 * 60
TRIES, TRIES_SECONDS = 40, 15 * 60
WRONG = "This is not the code, or it does not work any more. Look at the newest mail, or ask for a new code."


class CodeForm(forms.Form):
    """The six digits. Blanks between them are fine."""

    code = forms.CharField(
        label="The 6 digits from the mail",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "pattern": "[0-9 ]*"}),
        error_messages={"required": "Write the 6 digits from the mail."},
    )


def may_send(request: HttpRequest) -> bool:
    """Count one code that is asked for; False where this connection has asked for too many."""
    return throttle.take("codes-sent", throttle.address_of(request), most=SENT, seconds=SENT_SECONDS)


def may_try(request: HttpRequest) -> bool:
    """Count one try; False where this connection has tried too often."""
    return throttle.take("codes-tried", throttle.address_of(request), most=TRIES, seconds=TRIES_SECONDS)


def pause(request: HttpRequest, seconds: int = TRIES_SECONDS) -> HttpResponse:
    """The page that asks to wait (429)."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(seconds)
    return response
