"""The form of a service in the editors' admin: its columns, and the parts that are rows of other tables as short text."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from wagtail.admin.forms import WagtailAdminModelForm

from directory import clock, closures, coverage, prices
from directory.geojson import MOST_LETTERS
from directory.listing_fields import DELIVERY, FIELDS, PAYMENT
from directory.opening_text import format_times
from directory.times import times_from_json

# Inputs of the form that belong to a listing field of another name.
PART_OF = {
    **dict.fromkeys(DELIVERY.values(), "delivery"),
    **dict.fromkeys(PAYMENT.values(), "payment"),
    "spaces_on": "spaces",
    "notice_until": "notice",
}
AS_TEXT = ("times", "closures", "costs", "phone", "email", "area")
LISTS = ("times", "closures", "costs", "area")


class ServiceForm(WagtailAdminModelForm):
    """What `changes` gives is for the verbs of listings.py; the form itself saves nothing."""

    times = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="Tu 10:00-12:00; Th[1] 13:00-15:30; PH off")
    closures = forms.CharField(
        label="Closed",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="A line for each: 2026-11-02 to 2026-11-06: half term",
    )
    costs = forms.CharField(
        label="Prices", required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="A line for each: £2.50: a session"
    )
    phone = forms.CharField(required=False, max_length=60)
    email = forms.CharField(label="E-mail", required=False, max_length=254)
    area = forms.CharField(
        label="Area it covers",
        required=False,
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Golcar; HD7; within 3 miles of Marsden; everywhere. An outline by its name and its GeoJSON: By the canal: {…}",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        instance = kwargs.get("instance")
        self.is_new = instance is None or instance._state.adding
        initial = kwargs.pop("initial", None) or {}
        self.before: dict[str, Any] = {name: [] if name in LISTS else "" for name in AS_TEXT}
        if instance is not None and instance.pk and type(instance).objects.filter(pk=instance.pk).exists():
            self.before = {name: FIELDS[name].read(instance) for name in AS_TEXT}
            self.is_new = False
        kwargs["initial"] = {**as_text(self.before), **initial}
        super().__init__(*args, **kwargs)
        if not self.is_new:
            self.fields["organisation"].disabled = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in AS_TEXT:
            if name in data:
                try:
                    data[name] = self._value(name, data[name])
                except ValidationError as error:
                    self.add_error(name, error.messages)  # type: ignore[arg-type]
        if self.instance.replaced_by_id and "status" in self.changed_data:
            self.add_error("status", "This listing was merged into another one. Take that back first, under “Merged listings”.")
        if data.get("spaces") is not None and not data.get("spaces_on"):
            data["spaces_on"] = clock.today()
        if data.get("notice") and not data.get("notice_until"):
            self.add_error("notice_until", "Say after which day the notice comes down.")
        return data

    def _value(self, name: str, text: str) -> Any:
        """A name of the area as it was before means what it meant then: a drawn area has no word that gives it back.

        What holds for one place alone is kept as it is.
        """
        if name == "area":
            own = [row for row in self.before["area"] if "place" in row]
            return coverage.clean([*coverage.clean(text, before=coverage.of_place(self.before["area"], "")), *own])
        if name == "closures":
            return FIELDS[name].clean([*FIELDS[name].clean(text), *(row for row in self.before["closures"] if "place" in row)])
        return FIELDS[name].clean(text)

    def changes(self) -> dict[str, Any]:
        """The listing fields that the editor changed, in their JSON form; all of them for a new service."""
        touched = {PART_OF.get(name, name) for name in (self.fields if self.is_new else self.changed_data)} & FIELDS.keys()
        values = {}
        for name in touched:
            if name in AS_TEXT:
                values[name] = self.cleaned_data[name]
            elif name == "needs":
                values[name] = sorted(need.slug for need in self.cleaned_data["needs"])
            else:
                values[name] = FIELDS[name].read(self.instance)
        return values


def as_text(values: dict[str, Any]) -> dict[str, str]:
    """Listing fields as the text that this form shows."""
    times = format_times(times_from_json(values["times"]))
    return {
        "times": times,
        "closures": closures.as_text(values["closures"]),
        "costs": "\n".join(prices.lines(values["costs"])),
        "phone": values["phone"],
        "email": values["email"],
        "area": coverage.as_text(coverage.of_place(values["area"], "")),
    }
