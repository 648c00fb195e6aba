"""The questions about the help: what, where, of which kind, how often, when, and what could be given."""

from typing import Any

from django import forms

from directory.models import Need
from matching.asking import answers
from matching.models import Ask
from matching.views.asking.fields import WORDS_MOST, StepForm, line, words

PARTS = (
    ("mornings", "Weekday mornings"),
    ("afternoons", "Weekday afternoons"),
    ("evenings", "Weekday evenings"),
    ("weekends", "At the weekend"),
)


class AboutForm(StepForm):
    """What it is about, in own words or as one of our kinds of help."""

    words = words("What would help?", WORDS_MOST, help_text="Your own words are fine. You do not need to know what it is called.")
    need = forms.ModelChoiceField(
        label="Or choose the nearest kind of help", queryset=Need.objects.none(), required=False, empty_label="I am not sure"
    )

    def settle(self) -> None:
        self.fields["need"].queryset = Need.objects.order_by("element__order", "order")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("words", "").strip() and not data.get("need"):
            self.add_error("words", "Write a few words, or choose a kind of help below.")
        return data

    def kept(self) -> dict[str, Any]:
        need = self.cleaned_data["need"]
        return {"words": self.cleaned_data["words"].strip(), "need": need.pk if need is not None else ""}


class WhereForm(StepForm):
    """Around which place the finder looks."""

    place = line("Where is the help needed?", 80, required=False, help_text="A village or a postcode.", autocomplete="postal-code")

    def clean_place(self) -> str:
        place = str(self.cleaned_data["place"])
        if place and (fault := answers.place_fault(place)):
            raise forms.ValidationError(fault)
        return place


class KindForm(StepForm):
    """The kind of help, where a request is opened at once."""

    need = forms.ModelChoiceField(label="Which of these is nearest?", queryset=Need.objects.none(), empty_label="Choose …")

    def settle(self) -> None:
        self.fields["need"].queryset = Need.objects.order_by("element__order", "order")  # type: ignore[attr-defined]

    def kept(self) -> dict[str, Any]:
        return {"need": self.cleaned_data["need"].pk}


class OftenForm(StepForm):
    """How often, how urgent."""

    often = forms.ChoiceField(label="How often?", choices=Ask.Often.choices, widget=forms.RadioSelect)
    urgency = forms.TypedChoiceField(
        label="How soon is it needed?",
        choices=Ask.Urgency.choices,
        coerce=int,
        widget=forms.RadioSelect,
        help_text="If it cannot wait until we ring, please ring us.",
    )


class WhenForm(StepForm):
    """When it suits."""

    when = forms.MultipleChoiceField(
        label="When would suit?",
        choices=PARTS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick all that do. Nothing ticked means any time.",
    )


class GiveForm(StepForm):
    """What the person could give: everybody has something."""

    give = words(
        "Is there something that you like doing for others?",
        WORDS_MOST,
        help_text="A cake, a chat on the phone, knowing about tomatoes. You need not.",
        rows=3,
    )

    def settle(self) -> None:
        if not self.for_self:
            self.fields["give"].label = "Is there something that they like doing for others?"
