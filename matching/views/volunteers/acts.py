"""What a coordinator does with one volunteer, each as a small form of the desk's page: its name, its button, its verb."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from directory.accounts.models import User
from matching.models import Reference, Volunteer
from matching.people import find_people
from matching.views.referrals.steps import show_errors
from matching.views.typed import chosen_key
from matching.views.volunteers.act_forms import (
    ActivityForm,
    AnswerForm,
    ApartForm,
    AskCheckForm,
    BookForm,
    ReferenceForm,
    SeenCheckForm,
    StandingForm,
)
from matching.volunteer_states import VOLUNTEERING, VolunteerStatus
from matching.volunteering.checks import ask_for_check, forget_check, record_check
from matching.volunteering.records import held
from matching.volunteering.references import answer_reference, ask_reference, name_reference
from matching.volunteering.signing_up import let_in, tell_again
from matching.volunteering.standing import set_status
from matching.volunteering.training import book
from matching.volunteers import drop_activity, keep_apart, offer_activity, stop_keeping_apart

BUTTONS = {
    VolunteerStatus.APPLIED: "They apply again",
    VolunteerStatus.CHECKING: "Checks have begun",
    VolunteerStatus.ACTIVE: "They can be asked",
    VolunteerStatus.PAUSED: "They pause",
    VolunteerStatus.LEFT: "They stop",
    VolunteerStatus.REMOVED: "Remove them",
}
DONE = {
    VolunteerStatus.LEFT: "Noted. Whom they helped is on your list, to be told.",
    VolunteerStatus.REMOVED: "Removed. Whom they helped is on your list, to be told today.",
}
KNOWN = {"yes": True, "no": False}


@dataclass(frozen=True)
class Act:
    """One thing to do: the hidden value that names it, its button, its form, and the verb, which gives what is said afterwards."""

    do: str
    button: str
    form: forms.Form
    verb: Callable[[Mapping[str, Any], User], str]
    kind: str = "second"


def moves_of(volunteer: Volunteer, by: User, data: QueryDict | None = None) -> list[Act]:
    """The moves of the table that are this user's to make."""
    return [_move_to(VolunteerStatus(move.to), volunteer, data) for move in VOLUNTEERING.open_to(volunteer.status, held(by, volunteer))]


def removal_of(volunteer: Volunteer, data: QueryDict) -> Act:
    """A removal sent from a page that was opened before somebody else removed them: harm or risk is still to be looked at."""
    return _move_to(VolunteerStatus.REMOVED, volunteer, data)


def _move_to(to: VolunteerStatus, volunteer: Volunteer, data: QueryDict | None) -> Act:
    def verb(values: Mapping[str, Any], by: User) -> str:
        told = {name: values[name] for name in ("reason", "until", "words", "mark") if values.get(name)}
        set_status(volunteer, to, by=by, **told)
        return DONE.get(to, "Noted.")

    kind = "stop" if to == VolunteerStatus.REMOVED else "second"
    return Act(f"to-{to}", BUTTONS[to], StandingForm(volunteer, to, data), verb, kind)


def acts_of(volunteer: Volunteer, data: QueryDict | None = None) -> dict[str, Act]:
    """Everything else with a form, by its name."""
    acts = (
        Act("activity", "Add it", ActivityForm(volunteer, data), lambda values, by: _offer(volunteer, values, by)),
        Act("ask-check", "Ask for this check", AskCheckForm(volunteer, data), lambda values, by: _ask_check(volunteer, values, by)),
        Act("seen-check", "I have seen it", SeenCheckForm(volunteer, data), lambda values, by: _seen(volunteer, values, by)),
        Act("reference", "Write the name down", ReferenceForm(volunteer, data), lambda values, by: _named(volunteer, values, by)),
        _apart_act(volunteer, data),
        Act("book", "Book a place", BookForm(volunteer, data), lambda values, by: _book(volunteer, values, by)),
    )
    return {act.do: act for act in acts}


def answer_of(reference: Reference, data: QueryDict | None = None) -> Act:
    """What became of one reference."""
    return Act(
        f"answer-{reference.pk}",
        "Note the answer",
        AnswerForm(reference, data),
        lambda values, by: _said(answer_reference(reference, values["state"], by=by, note=values["note"])),
    )


def press(volunteer: Volunteer, do: str, value: str, by: User) -> str:
    """A button without a form: what is said afterwards. Raises ValidationError for a button that is not there."""
    if do == "let-in":
        let_in(volunteer, by=by)
        return "They have an account, and a mail that says how to sign in."
    if do == "tell-again":
        tell_again(volunteer, by=by)
        return "The mail is on its way again."
    if do == "forget-check":
        forget_check(volunteer, by=by)
        return "The check is forgotten."
    if do == "drop-activity":
        drop_activity(volunteer, value, by=by)
        return "They do not offer it any more."
    if do == "reference-asked":
        row = volunteer.references.filter(pk=chosen_key(value)).first()
        if row is not None:
            ask_reference(row, by=by)
            return "Noted: they have been asked."
    if do == "together":
        rule = volunteer.pair_rules.filter(pk=chosen_key(value)).first()
        if rule is not None:
            stop_keeping_apart(rule, by=by)
        return "They may be paired again."
    raise ValidationError("Choose what to do.")


def run(act: Act, by: User) -> str:
    """Do it, if the form is right; what is said afterwards, or nothing where the form has errors now. Raises PermissionDenied, WrongState."""
    if not act.form.is_valid():
        return ""
    try:
        return act.verb(act.form.cleaned_data, by)
    except ValidationError as error:
        show_errors(act.form, error)
        return ""


def _offer(volunteer: Volunteer, values: Mapping[str, Any], by: User) -> str:
    offer_activity(volunteer, values["activity"], by=by, trained_on=values["trained_on"])
    return "Written down."


def _ask_check(volunteer: Volunteer, values: Mapping[str, Any], by: User) -> str:
    adult = {name: KNOWN.get(values[name]) for name in ("needs_help_because", "receives_care")}
    ask_for_check(volunteer, by=by, level=values["level"], activity=values["activity"], adult=adult, regular=values["regular"])
    return "Noted: they are asked for this check."


def _seen(volunteer: Volunteer, values: Mapping[str, Any], by: User) -> str:
    record_check(volunteer, by=by, **values)
    return "The check is written down."


def _named(volunteer: Volunteer, values: Mapping[str, Any], by: User) -> str:
    name_reference(volunteer, by=by, **values)
    return "Written down."


def _apart_act(volunteer: Volunteer, data: QueryDict | None) -> Act:
    form = ApartForm(volunteer, data)
    return Act("apart", "Keep them apart", form, lambda values, by: _apart(volunteer, form, values, by))


def _apart(volunteer: Volunteer, form: ApartForm, values: Mapping[str, Any], by: User) -> str:
    found = [row for row in find_people(values["who"], by=by) if row.merged_into_id is None]
    if not found:
        raise ValidationError({"who": ["We know nobody of this name or number."]})
    chosen = [row for row in found if str(row.pk) == form.chosen] or found
    if len(chosen) > 1:
        form.offer(found)
        raise ValidationError({"person": ["Several people are found. Choose which of them, or write the number of a request of theirs."]})
    keep_apart(chosen[0], volunteer, values["kind"], by=by)
    return "They are kept apart."


def _book(volunteer: Volunteer, values: Mapping[str, Any], by: User) -> str:
    book(values["date"], volunteer, by=by)
    return "They have a place."


def _said(_: Reference) -> str:
    return "Noted."
