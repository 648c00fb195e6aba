"""The questions of the pages of claims. What is refused is refused by the verbs, in their words."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from directory.claims.claiming import MOST
from directory.reasons import Reason

BY_CODE, IN_WORDS = "code", "words"
EXAMPLE = "Such as: my name stands on the group's own page; ask the caretaker of the hall."


def _line(label: str, hint: str = "", *, required: bool = True, most: int, **attrs: str) -> forms.CharField:
    return forms.CharField(label=label, help_text=hint, required=required, max_length=most, widget=forms.TextInput(attrs=attrs))


def _words(label: str, hint: str) -> forms.CharField:
    return forms.CharField(label=label, help_text=hint, required=False, max_length=MOST["words"], widget=forms.Textarea(attrs={"rows": 3}))


class _Shows(forms.Form):
    def show(self, error: ValidationError) -> None:
        """Put the errors of a verb where they belong."""
        for name, texts in error.message_dict.items():
            self.add_error(name if name in self.fields else None, texts)  # type: ignore[arg-type]


class ClaimForm(_Shows):
    """Who they are, and how we can know. With an address on the listing, a code to it is the shorter way."""

    name = _line("Your name", most=MOST["name"], autocomplete="name")
    part = _line("What do you do in the group?", "Such as: secretary; I run the Tuesday lunch.", most=MOST["part"])
    phone = _line(
        "Your telephone number",
        "If we may ring you about this. Nobody else sees it.",
        required=False,
        most=MOST["phone"],
        type="tel",
        autocomplete="tel",
    )
    how = forms.ChoiceField(label="How can we know that you belong to it?", widget=forms.RadioSelect)
    words = _words("Your words", f"Only where you say it in words. {EXAMPLE}")

    def __init__(self, email: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if email:
            self.fields["how"].choices = [  # type: ignore[attr-defined]
                (BY_CODE, f"Send a code to {email}. I, or somebody of the group, can read it there."),
                (IN_WORDS, "I say it in words, and you look."),
            ]
            self.fields["how"].initial = BY_CODE
        else:
            del self.fields["how"]
            self.fields["words"].label = "How can we know that you belong to it?"
            self.fields["words"].help_text = EXAMPLE
            self.fields["words"].required = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("how") == IN_WORDS and not data.get("words", "").strip():
            self.add_error("words", "Write how we can know that you belong to this group.")
        return data

    def values(self) -> dict[str, str]:
        """As the verb takes them. Words beside a code are left out: the code says more."""
        data = self.cleaned_data
        words = "" if data.get("how") == BY_CODE else data["words"]
        return {"name": data["name"], "part": data["part"], "phone": data["phone"], "words": words}


class CodeForm(_Shows):
    """The six figures of the mail."""

    code = forms.CharField(
        label="The code in the mail",
        help_text="Six figures.",
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "size": "8"}),
    )


class WordsForm(_Shows):
    """Words instead of a code."""

    words = _words("How can we know that you belong to it?", EXAMPLE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].required = True


class ArrivalForm(_Shows):
    """The address of somebody who has no account yet."""

    email = forms.EmailField(label="Your e-mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}))


class WhyNot(Reason):
    """For the claimant, who reads it."""

    ready_made = (
        "We asked the group, and they do not know of it.",
        "We could not reach you to ask.",
        "We could not find out whether it is so. Please ring us.",
        "That is another group with a name that is much the same.",
    )


class WhyTaken(Reason):
    """For whoever kept the listing, and reads it."""

    ready_made = (
        "The group told us that you are not one of them any more.",
        "It was a mistake of ours: you keep another group's page.",
        "What was written on the page was not right, and we could not reach you.",
    )
