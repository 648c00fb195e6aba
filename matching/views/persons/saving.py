"""A form that puts a record right is saved; what two wrote at the same time is shown to both."""

from collections.abc import Callable, Iterable
from typing import TypeVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from directory.states import WrongState
from matching.persons.ages import TooYoung
from matching.persons.versions import ChangedMeanwhile
from matching.views.referrals.steps import show_errors

F = TypeVar("F", bound=forms.Form)


def put_right(
    request: HttpRequest, form: F, person_id: UUID, write: Callable[[], object], *, anew: Callable[[Iterable[str]], F]
) -> HttpResponse | F:
    """Save what the form says: back to the person's page, or the form with what is still to be put right.

    anew: the form once more, of the record as it stands now; it takes the names of the fields that somebody else has changed.
    Raises TooYoung: a birthday of somebody under 18 leads to another page.
    """
    try:
        write()
    except ChangedMeanwhile as error:
        form = anew(error.fields)
        form.add_error(None, str(error))
        return form
    except TooYoung:
        raise
    except ValidationError as error:
        show_errors(form, error)
        return form
    except WrongState as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Put right.")
    return redirect("desk-person", person_id)
