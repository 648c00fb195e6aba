"""What the forms of a group share when they are sent: the verb, with its faults at their questions, and what is said afterwards."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from directory import moderation
from directory.accounts.doors import user_of
from directory.change_states import FIELD_UNDECIDED, FieldState
from directory.models import Change, Service

STALE = "This page was open for too long, or it was opened in another way. Please look at it once more and save again."


def propose(
    request: HttpRequest, service: Service, form: forms.Form, values: Mapping[str, Any], *, seen: Mapping[str, Any], note: str = ""
) -> Change | None:
    """moderation.propose by whoever asks; what it refuses is shown at its question."""
    try:
        return moderation.propose(service, values, by=user_of(request), note=note, seen=seen)
    except ValidationError as error:
        for name, texts in error.message_dict.items():
            form.add_error(name if name in form.fields else None, texts)
        return None


def say(request: HttpRequest, change: Change | None) -> None:
    """What became of it and what happens next, in words."""
    states = {field.state for field in change.fields.all()} if change else set()
    if FieldState.LIVE in states:
        messages.success(request, "It is on your page now. You can take it back below.")
    if states & FIELD_UNDECIDED:
        messages.info(
            request, "Thank you. We look at your changes within three working days and write to you. Until then your page stays as it is."
        )
    if not states:
        messages.info(request, "Nothing has changed, or the same change waits already.")
