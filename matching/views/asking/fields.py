"""What every step of asking at /ask/ is made of: a page of questions, and fields that take what a visitor's browser sends."""

from typing import Any

from django import forms

from directory.personal.lookup import phone_token
from matching.models import Enquiry

WORDS_MOST = 500
_ONE_LINE = frozenset({"name", "relation", "place", "postcode", "phone", "email", "their_phone"})


class StepForm(forms.Form):
    """One page of questions about a form that may have begun. `people` are those for whom somebody who is signed in may ask at once."""

    def __init__(self, enquiry: Enquiry | None, people: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.enquiry, self.people = enquiry, people
        self.for_self = enquiry is None or enquiry.whom == Enquiry.Whom.SELF
        self.settle()

    def settle(self) -> None:
        """Fit questions and choices to what was answered before."""

    def kept(self) -> dict[str, Any]:
        """What is locked away of the answers."""
        return {name: " ".join(value.split()) if name in _ONE_LINE else value for name, value in self.cleaned_data.items()}


class Words(forms.CharField):
    """Words of more than one line. A browser counts the end of a line once, and sends it as two signs."""

    def to_python(self, value: Any) -> str:
        """The words with plain ends of lines."""
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value) or ""


def words(label: str, most: int, *, help_text: str = "", required: bool = False, rows: int = 3) -> Words:
    """A field for several lines."""
    return Words(label=label, max_length=most, required=required, help_text=help_text, widget=forms.Textarea(attrs={"rows": rows}))


def line(label: str, most: int, *, help_text: str = "", required: bool = True, **attributes: str) -> forms.CharField:
    """A field for one line."""
    return forms.CharField(label=label, max_length=most, required=required, help_text=help_text, widget=forms.TextInput(attrs=attributes))


def phone_of(typed: str) -> str:
    """A telephone number as it was typed. Raises ValidationError for anything else."""
    if typed and phone_token(typed) is None:
        raise forms.ValidationError("This does not look like a telephone number. Write it like 01484 496000.")
    return typed
