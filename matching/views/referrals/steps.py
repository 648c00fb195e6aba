"""The steps that somebody may take with a referral, each as a small form: the same for desk, partner and council."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import escape

from directory import clock
from directory.accounts.doors import user_of
from directory.accounts.policy import relations_of
from directory.states import WrongState
from matching.models import Referral
from matching.persons.contacts import Way, how_to_reach
from matching.reasons import Outcome, Reason
from matching.referrals import Moved, move, speaks_for_provider, steps_for, tell_person
from matching.states import ATTEMPTS_BEFORE_GIVING_UP, REFERRAL, ReferralState

BUTTONS = {
    ReferralState.REQUESTED: "Send it",
    ReferralState.DECLINED_BY_PERSON: "The person says no",
    ReferralState.ACCEPTED: "Yes, we can help",
    ReferralState.REJECTED: "We cannot take this on",
    ReferralState.IN_PROGRESS: "Help has begun",
    ReferralState.ON_HOLD: "Put it on hold",
    ReferralState.COMPLETED: "It is done",
    ReferralState.FAILED: "Close it, not achieved",
    ReferralState.CANCELLED: "Take it back",
    ReferralState.ENTERED_IN_ERROR: "This was entered in error",
}
# The coordinator notes what a group outside the co-op said.
ON_THEIR_WORD = {
    ReferralState.ACCEPTED: "They said yes",
    ReferralState.REJECTED: "They cannot take it on",
    ReferralState.IN_PROGRESS: "They say help has begun",
    ReferralState.ON_HOLD: "They have put it on hold",
    ReferralState.COMPLETED: "They say it is done",
    ReferralState.FAILED: "They close it, not achieved",
}
FIRST = {ReferralState.REQUESTED, ReferralState.ACCEPTED, ReferralState.IN_PROGRESS, ReferralState.COMPLETED}
TOLD = "told"


class StepForm(forms.Form):
    """What one step asks for, by the state table."""

    def __init__(self, referral: Referral, to: str, user: Any, data: Any = None) -> None:
        super().__init__(data, prefix=str(to).replace("_", "-"))
        step = REFERRAL.find(referral.state, to)
        if "reason" in step.needs:
            allowed = step.reasons_for(relations_of(user, referral))
            choices = [("", "Choose …"), *((reason.value, reason.label) for reason in Reason if reason in allowed)]
            self.fields["reason"] = forms.ChoiceField(label="Why?", choices=choices)
        if "outcome" in step.needs:
            self.fields["outcome"] = forms.ChoiceField(label="What came of it?", choices=[("", "Choose …"), *Outcome.choices])
        if "review_on" in step.needs:
            self.fields["review_on"] = forms.DateField(label="When is it looked at again?", widget=forms.DateInput(attrs={"type": "date"}))
        if to == ReferralState.FAILED:
            self._ask_for_attempts()
        if to == ReferralState.REQUESTED:
            self.fields["channel"] = forms.ChoiceField(
                label="How are they asked?", choices=[("", "As usual for this group"), *Referral.Channel.choices], required=False
            )
            self.fields["priority"] = forms.ChoiceField(label="How soon?", choices=Referral.Priority.choices)
        needed = "note" in step.needs
        self.fields["note"] = forms.CharField(
            label="What happened?" if needed else "Note",
            max_length=4000,
            required=needed,
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def _ask_for_attempts(self) -> None:
        for number in range(1, ATTEMPTS_BEFORE_GIVING_UP + 1):
            self.fields[f"tried_{number}"] = forms.DateField(
                label=f"Day of try {number}",
                required=False,
                widget=forms.DateInput(attrs={"type": "date"}),
                help_text="Needed where the person could not be reached." if number == 1 else "",
            )
            self.fields[f"tried_{number}_how"] = forms.ChoiceField(
                label=f"How, try {number}", choices=Referral.Channel.choices, required=False, initial=Referral.Channel.PHONE
            )

    def details(self) -> dict[str, Any]:
        """What `move` takes."""
        data = {name: value for name, value in self.cleaned_data.items() if not name.startswith("tried_") and value not in (None, "")}
        tried = [(self.cleaned_data.get(f"tried_{number}"), self.cleaned_data.get(f"tried_{number}_how")) for number in range(1, 4)]
        attempts = [{"at": _noon(day), "how": how or Referral.Channel.PHONE} for day, how in tried if day]
        return {**data, "attempts": attempts} if attempts else data


@dataclass(frozen=True)
class Step:
    """One step on the page: its button and its form; seen: the state in which the page showed it."""

    to: str
    button: str
    form: forms.Form
    first: bool
    seen: str = ""


class ToldForm(forms.Form):
    """The person was told how it ended."""

    how = forms.ChoiceField(label="How were they told?", choices=Referral.Channel.choices, initial=Referral.Channel.PHONE)

    def __init__(self, *args: Any, about: Any = None, **options: Any) -> None:
        """about: whom it concerns, by whose needs the way is told and chosen beforehand."""
        super().__init__(*args, **options)
        if about is None:
            return
        reach = how_to_reach(about)
        self.fields["how"].help_text = escape(" ".join([reach.words, *reach.warnings]))
        self.initial["how"] = reach.channel
        if not reach.by_voice:
            word = "Phone, through Relay UK" if Way.RELAY in reach.ways else "Phone (not by us)"
            choices = [(code, word if code == Referral.Channel.PHONE else label) for code, label in Referral.Channel.choices]
            self.fields["how"].choices = choices  # type: ignore[attr-defined]


def steps_of(referral: Referral, user: Any, bound: Step | None = None) -> list[Step]:
    """The steps for this user, the usual ones first; one of them may be a form that came back with errors."""
    steps = [_step(referral, to, user) for to in steps_for(referral, user)]
    shown = [bound if bound is not None and bound.to == step.to else step for step in steps]
    return sorted(shown, key=lambda step: not step.first)


def _step(referral: Referral, to: str, user: Any, form: StepForm | None = None) -> Step:
    return Step(to, _button(referral, to, user), form or StepForm(referral, to, user), to in FIRST, referral.state)


def take_step(request: HttpRequest, referral: Referral) -> Step | None:
    """Do what was posted. None when it is done, also before by the same press; the step with its errors otherwise.

    A page that was read before somebody else moved it on moves nothing: the step comes back with what was written in it, to be looked at again.
    Raises PermissionDenied, WrongState where the step is not open any more.
    """
    to, seen = request.POST.get("to", ""), request.POST.get("seen", "")
    if to == TOLD:
        form: forms.Form = ToldForm(request.POST)
        if form.is_valid():
            tell_person(referral, by=user_of(request), how=form.cleaned_data["how"])
            return None
        return Step(TOLD, "", form, False)
    written = next((str(text).strip() for name, text in request.POST.items() if name.endswith("-note")), "")
    if seen and to == referral.state != seen and (not written or written in {note.text for note in referral.notes.all()}):
        # Pressed twice.
        return None
    _require_open(referral, to, request, written)
    step_form = StepForm(referral, to, user_of(request), request.POST)
    step = _step(referral, to, user_of(request), step_form)
    if not step_form.is_valid():
        return step
    try:
        move(referral, to, by=user_of(request), seen=seen, **step_form.details())
    except ValidationError as error:
        show_errors(step_form, error)
        return step
    except Moved as error:
        # Also where it moved after it was read here: what is pressed next has seen how it stands now.
        referral.refresh_from_db()
        _require_open(referral, to, request, written)
        step_form.add_error(None, f"{error} Look at it, and press again if this is still right.")
        return _step(referral, to, user_of(request), step_form)
    return None


def _require_open(referral: Referral, to: str, request: HttpRequest, written: str) -> None:
    if to not in steps_for(referral, user_of(request)):
        kept = f" What you wrote: “{written}”" if written else ""
        raise WrongState(f"This step is not open any more, it has been moved on meanwhile: {referral.get_state_display()}.{kept}")


def _button(referral: Referral, to: str, user: Any) -> str:
    state = ReferralState(to)
    if (referral.state, state) == (ReferralState.ON_HOLD, ReferralState.IN_PROGRESS):
        return "It goes on"
    if speaks_for_provider(referral, relations_of(user, referral)):
        return ON_THEIR_WORD.get(state, BUTTONS[state])
    return BUTTONS[state]


def show_errors(form: forms.Form, error: ValidationError) -> None:
    """Put a verb's errors beside the fields they belong to, the rest above the form."""
    found: Iterable[tuple[str, list[str]]] = error.message_dict.items() if hasattr(error, "error_dict") else [("", error.messages)]
    for name, texts in found:
        for text in texts:
            form.add_error(name if name in form.fields else None, text)


def _noon(day: Any) -> datetime:
    return datetime.combine(day, time(12), clock.LONDON)
