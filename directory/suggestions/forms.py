"""The questions of the two public forms. What is refused is refused by the verbs, in their words."""

from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError

from directory.suggestions.models import Suggestion
from directory.suggestions.telling import LONG, MOST, SHORT

# A field that nobody sees: only programs fill it in.
HONEYPOT = "website"


def _line(label: str, hint: str = "", *, required: bool = False, most: int = SHORT, **attrs: str) -> forms.CharField:
    return forms.CharField(label=label, help_text=hint, required=required, max_length=most, widget=forms.TextInput(attrs=attrs))


def _words(label: str, hint: str = "", *, required: bool = False) -> forms.CharField:
    return forms.CharField(label=label, help_text=hint, required=required, max_length=LONG, widget=forms.Textarea(attrs={"rows": 3}))


class _Told(forms.Form):
    """What both ask at the end."""

    known = _line("How do you know?", "Such as: I go there. I rang them. I saw a poster.")
    email = _line(
        "Your e-mail address",
        "If you want to hear what became of it. We use it for that one mail only.",
        most=MOST["email"],
        type="email",
        autocomplete="email",
    )
    once = forms.CharField(max_length=40, required=False, initial=uuid4, widget=forms.HiddenInput)

    def show(self, error: ValidationError) -> None:
        """Put the errors of a verb where they belong."""
        for name, texts in error.message_dict.items():
            self.add_error(name if name in self.fields else None, texts)  # type: ignore[arg-type]


class ListingForm(_Told):
    """A group that is missing."""

    name = _line("What is it called?", required=True)
    words = _words("What happens there, and who is it for?", required=True)
    where = _line("Where is it?", "A hall, a street or a village. With the postcode, if you know it.")
    phone = _line("Its telephone number", "The group's, not yours.", type="tel")
    web = _line("Its web page", inputmode="url")
    field_order = ["name", "words", "where", "phone", "web"]


class ProblemForm(_Told):
    """Something of a listing is wrong."""

    part = forms.ChoiceField(
        label="What is wrong?",
        choices=Suggestion.Part.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is wrong."},
    )
    words = _words("What is wrong with it?", "A few words are enough.")
    right = _words("What would be right?", "If you know it: the new number, the new day, the new place.")
    field_order = ["part", "words", "right"]
