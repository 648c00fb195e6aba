"""What a browser sends, read: keys, and numbers as people tell them; and what was wrong, in words."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404

from directory.states import NoSuchMove

GROWN_OLD = "Nothing was done: this has changed meanwhile, or was pressed twice. Here is how it stands now."


class NumberField(forms.RegexField):
    """A number as it is told at the desk: with "V", "V-12", "v 12" and "12" are one. Cleaned to a whole number; None where it was left open."""

    def __init__(self, letter: str, label: str, **options: Any) -> None:
        pattern = rf"(?i)^\s*(?:{letter}\s*-?\s*)?[0-9]{{1,9}}\s*$"
        told = {"invalid": f"Write a number such as {letter}-12."}
        super().__init__(pattern, label=label, max_length=20, error_messages=told, **options)

    def clean(self, value: Any) -> int | None:
        """The number alone. Raises ValidationError."""
        text = super().clean(value)
        return int("".join(sign for sign in text if sign.isdecimal())) if text else None


def key_in(text: str) -> UUID | None:
    """The key that this is; None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None


def key_or_404(text: str) -> UUID:
    """The key that this is. Raises Http404: a page sends no other."""
    key = key_in(text)
    if key is None:
        raise Http404
    return key


def chosen_key(text: str) -> UUID:
    """The key of what was chosen from a list. Raises ValidationError."""
    key = key_in(text)
    if key is None:
        raise ValidationError("Choose one from the list.")
    return key


def words_of_error(error: Exception) -> str:
    """Why it was refused, in one line, without the names of states."""
    if isinstance(error, NoSuchMove):
        return GROWN_OLD
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
