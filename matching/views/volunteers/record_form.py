"""A volunteer's record as a form of the desk."""

from typing import Any
from uuid import uuid4

from django import forms

from matching.models import Volunteer
from matching.persons.said import GENDERS, gender_of
from matching.views.persons.forms import date_input, words_of
from matching.views.volunteers.forms import WhenForm
from matching.volunteers import version_of_volunteer


class RecordForm(WhenForm):
    """A volunteer's whole record. A new one carries a mark, so that it is made once; one put right carries what it was filled with."""

    name = forms.CharField(label="Name", max_length=100)
    phone = forms.CharField(label="Telephone number", max_length=40, required=False)
    email = forms.EmailField(label="E-mail address", required=False)
    address = forms.CharField(label="Address", max_length=300, required=False)
    postcode = forms.CharField(label="Postcode", max_length=10, required=False, help_text="It decides who is near.")
    village = forms.CharField(label="Village", max_length=60, required=False)
    date_of_birth = forms.DateField(label="Date of birth", required=False, widget=date_input())
    languages = forms.CharField(label="Languages", max_length=200, required=False, help_text="With commas between them. BSL counts.")
    interests = forms.CharField(label="Interests", max_length=200, required=False, help_text="With commas between them.")
    gender = forms.ChoiceField(label="Gender, if they say", choices=[("", "Not said"), *GENDERS.items()], required=False)
    household = forms.CharField(
        label="Do they share a home with somebody whom we know?",
        max_length=60,
        required=False,
        help_text="Then write the same name for the home with both. Not needed where the same address stands with both.",
    )
    allergies = forms.CharField(label="Allergic to which animals?", max_length=200, required=False, help_text="With commas between them.")
    avoids_smoke = forms.BooleanField(label="They avoid smoke", required=False)
    visits_in_pair = forms.BooleanField(label="They go with somebody where two are needed", required=False)
    has_car = forms.BooleanField(label="They have a car", required=False)
    car_insurance_ok = forms.BooleanField(label="The insurer knows that they drive for us", required=False)
    likes = forms.CharField(label="What they like doing", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    notes = forms.CharField(label="Notes", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    once = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    version = forms.CharField(max_length=400, required=False, widget=forms.HiddenInput)
    field_order = ("name", "phone", "email", "address", "postcode", "village", "date_of_birth", "when", "ways", "miles", "capacity")

    _PLAIN = ("name", "phone", "email", "address", "postcode", "village", "date_of_birth", "visits_in_pair", "has_car", "car_insurance_ok")
    _LISTS = ("languages", "interests")

    def __init__(self, *args: Any, volunteer: Volunteer | None = None, **options: Any) -> None:
        initial: dict[str, Any] = {"once": uuid4()}
        if volunteer is not None:
            facts = volunteer.facts or {}
            initial = {name: getattr(volunteer, name) for name in (*self._PLAIN, "likes", "notes")}
            initial |= {name: ", ".join(getattr(volunteer, name)) for name in self._LISTS}
            initial |= {"gender": gender_of(facts.get("gender", "")), "household": facts.get("household", "")}
            initial |= {"avoids_smoke": facts.get("avoids_smoke", False)}
            initial |= {"allergies": ", ".join(facts.get("allergies", [])), "version": version_of_volunteer(volunteer)}
        super().__init__(*args, volunteer=volunteer, initial=initial, **options)
        written = initial.get("gender", "")
        if written and written not in GENDERS:
            # In words of their own from before, which a list would lose.
            self.fields["gender"].choices = [*self.fields["gender"].choices, (written, written.capitalize())]  # type: ignore[attr-defined]
        del self.fields["version" if volunteer is None else "once"]

    def read_anew(self, volunteer: Volunteer) -> "RecordForm":
        """What was typed, as a form upon the record as it stands now."""
        volunteer.refresh_from_db()
        sent: Any = self.data
        data = sent.copy()
        data["version"] = version_of_volunteer(volunteer)
        return RecordForm(data, volunteer=volunteer)

    def values(self) -> dict[str, Any]:
        """What register_volunteer and correct_volunteer take; facts that the form does not ask for stay."""
        data = self.cleaned_data
        kept = dict(self.volunteer.facts or {}) if self.volunteer is not None else {}
        told = {name: data[name] for name in ("gender", "household", "avoids_smoke")}
        facts = {**kept, **told, "allergies": words_of(data["allergies"])}
        return {
            **super().values(),
            **{name: data[name] for name in (*self._PLAIN, "likes", "notes")},
            **{name: words_of(data[name]) for name in self._LISTS},
            "facts": facts,
            # Without its mark a form is as one that is old.
            **({"once": data["once"]} if self.volunteer is None else {"version": data["version"] or "none"}),
        }
