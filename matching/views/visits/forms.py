"""Forms about visits: day and time by the clock on the wall, and what came of it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from directory.accounts.models import User
from matching.models import Agreement, Person
from matching.persons.contacts import name_with_needs
from matching.views.typed import NumberField
from matching.visits.times import written
from matching.windows import DAYS


class MomentForm(forms.Form):
    """When, and how long."""

    day = forms.DateField(label="Which day?", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    at = forms.TimeField(label="At what time?", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    minutes = forms.IntegerField(label="How many minutes?", min_value=5, max_value=1440, required=False)

    def clean(self) -> dict[str, Any]:
        """Adds `starts_at`, the moment of day and time."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if told.get("day") and told.get("at"):
            try:
                told["starts_at"] = written(told["day"], told["at"])
            except ValidationError as error:
                self.add_error("at", error.message_dict["at"])
            except (OverflowError, ValueError):
                self.add_error("day", "Choose a day within the last two months or the coming year.")
        return told


class PlanForm(MomentForm):
    """One more visit; sent twice, it makes one."""

    once = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)


class ToldForm(forms.Form):
    """What came of it; of a group's meeting also who came, and of an errand, from whoever may end it, whether that was all."""

    came = forms.TypedMultipleChoiceField(label="Who came?", coerce=int, required=False, widget=forms.CheckboxSelectMultiple)
    minutes = forms.IntegerField(label="How many minutes was it?", min_value=5, max_value=1440, required=False)
    last = forms.BooleanField(label="That was all: nothing more is to be done", required=False)
    note = forms.CharField(label="Anything that we should know?", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, could_come: Sequence[tuple[int, str]] = (), errand: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not errand:
            del self.fields["last"]
        if could_come:
            self.fields["came"].choices = list(could_come)  # type: ignore[attr-defined]
        else:
            del self.fields["came"]


class StandInForm(forms.Form):
    """Who goes instead: somebody who has said yes, and of whom the person knows."""

    volunteer = NumberField(
        "V", "Number of the volunteer who goes instead", help_text="Such as V-104. Ask them first, and tell the person who comes."
    )


class CareVisitForm(PlanForm):
    """Whom a care worker visits, when and how long; for a coordinator also which care worker."""

    person = forms.ChoiceField(label="Who is visited?")
    care_worker = forms.ChoiceField(label="Who goes?")
    field_order = ["person", "care_worker", "day", "at", "minutes"]

    def __init__(self, *args: Any, people: Sequence[Person], team: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "Choose"), *((str(row.pk), name_with_needs(row)) for row in people)]  # type: ignore[attr-defined]
        self.fields["care_worker"].choices = [("", "Choose"), *((str(row.pk), row.name) for row in team)]  # type: ignore[attr-defined]
        if len(team) == 1:
            self.fields["care_worker"].required = False
            self.fields["care_worker"].widget = forms.HiddenInput()
        self.fields["minutes"].required = True
        self.fields["minutes"].initial = 60


class BeginForm(MomentForm):
    """The person's yes, and the first visit."""

    how = forms.ChoiceField(label="How did the person say yes?", choices=Agreement.How.choices, initial=Agreement.How.PHONE)
    field_order = ["how", "day", "at", "minutes"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].label = "Day of the first visit"
        self.fields["day"].required = self.fields["at"].required = False
        self.fields["day"].help_text = "Leave day and time empty if they have not settled on one yet."

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        if bool(told.get("day")) != bool(told.get("at")) and not self.errors:
            self.add_error("at", "Write both, day and time, or neither.")
        return told


class GoOnForm(forms.Form):
    """Both want to go on: when they meet every week. seen: the mark of what the page said of them."""

    seen = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    weekday = forms.TypedChoiceField(
        label="Every week on",
        coerce=int,
        empty_value=None,
        required=False,
        choices=[("", "No fixed day: as it comes"), *enumerate(DAYS)],
    )
    at = forms.TimeField(label="At what time?", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def clean(self) -> dict[str, Any]:
        """Adds `times`, as `agree_times` takes them."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        weekday, at = told.get("weekday"), told.get("at")
        if (weekday is None) != (at is None) and not self.errors:
            self.add_error("at", "Write both, the day and the time, or neither.")
        told["times"] = [[weekday, at.hour * 60 + at.minute]] if weekday is not None and at is not None else []
        return told
