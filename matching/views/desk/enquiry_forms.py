"""The desk's forms about an enquiry: how it is closed, and what the talk brought."""

from collections.abc import Iterable
from typing import Any

from django import forms

from directory.models import Need
from matching.asking import steps
from matching.asking.desk import Why
from matching.asking.sending import windows_of
from matching.asking.taking_up import SOURCES
from matching.models import Agreement, Ask, Enquiry, Person
from matching.persons.contacts import name_with_needs
from matching.views.asking.help_forms import PARTS
from matching.views.requests.forms import grouped_activities, seen_document

NEW_RECORD = "new"
NOT_YET = "not_yet"


class CloseForm(forms.Form):
    """Why no request comes of it."""

    why = forms.ChoiceField(label="Why is it closed?", choices=[("", "Choose …"), *Why.choices])


class TakeUpForm(forms.Form):
    """Who it is, whether they agreed, what would help: filled with what was asked, for the coordinator to put right during the talk."""

    record = forms.ChoiceField(label="Is this somebody we know?", widget=forms.RadioSelect)
    name = forms.CharField(label="Name", max_length=200, required=False)
    part = forms.ChoiceField(label="Do they need help, or care for someone?", choices=Person.Part.choices)
    phone = forms.CharField(label="Phone", max_length=40, required=False)
    email = forms.EmailField(label="E-mail", required=False)
    address = forms.CharField(label="Address", max_length=300, required=False)
    postcode = forms.CharField(label="Postcode", max_length=10, required=False)
    can_give = forms.CharField(label="What they could give", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    given_by = forms.ChoiceField(
        label="Who said yes to being referred?",
        choices=[("", "Choose …"), *Agreement.GivenBy.choices, (NOT_YET, "Nobody yet: write it down, and send nothing")],
        help_text="For an adult nobody else can simply agree: not family, not the neighbour.",
    )
    how = forms.ChoiceField(label="How?", choices=Agreement.How.choices, initial=Agreement.How.PHONE)
    seen = seen_document("this request")

    need = forms.ModelChoiceField(label="What would help?", queryset=Need.objects.none(), empty_label="Choose …")
    activity = forms.ChoiceField(label="What exactly?", required=False, help_text="Leave it open if you are not sure.")
    often = forms.ChoiceField(label="How often?", choices=Ask.Often.choices)
    minutes = forms.IntegerField(label="How long, in minutes?", min_value=5, max_value=1440, initial=60)
    when = forms.MultipleChoiceField(
        label="When?", choices=PARTS, required=False, widget=forms.CheckboxSelectMultiple, help_text="Nothing ticked means any time."
    )
    urgency = forms.TypedChoiceField(label="How urgent?", choices=Ask.Urgency.choices, coerce=int)
    wishes = forms.CharField(label="In their own words", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, enquiry: Enquiry, doubles: list[Person], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.enquiry, self.doubles = enquiry, doubles
        known = [(str(person.pk), f"{name_with_needs(person)}, {person.postcode or 'home not known'}") for person in doubles]
        self.fields["record"].choices = [*known, (NEW_RECORD, "No: write down somebody new")]  # type: ignore[attr-defined]
        self.fields["record"].initial = None if known else NEW_RECORD
        self.fields["need"].queryset = Need.objects.order_by("element__order", "order")  # type: ignore[attr-defined]
        self.fields["activity"].choices = [("", "Not decided yet"), *grouped_activities()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("record") == NEW_RECORD and not data.get("name", "").strip():
            self.add_error("name", "Write what the person is called.")
        return data

    def person(self) -> Person | None:
        """Whom the coordinator chose among those we know; None for somebody new."""
        return next((person for person in self.doubles if str(person.pk) == self.cleaned_data["record"]), None)

    def values(self) -> dict[str, Any]:
        """What `take_up` takes."""
        data = self.cleaned_data
        who = {name: data[name] for name in ("name", "part", "phone", "email", "address", "postcode", "can_give")}
        told = {name: data[name] for name in ("need", "activity", "often", "minutes", "urgency", "wishes")}
        ask = {**told, "windows": windows_of(data["when"]), "source": SOURCES[Enquiry.Whom(self.enquiry.whom)]}
        agreed = {name: data[name] for name in ("given_by", "how", "seen")}
        return {"who": who, "ask": ask, "agreement": None if data["given_by"] == NOT_YET else agreed, "person": self.person()}

    def says(self, enquiry: Enquiry) -> bool:
        """Does it ask for what the enquiry became, in the same words?"""
        told, ask = self.values()["ask"], enquiry.ask
        names = ("need", "activity", "often", "minutes", "urgency", "wishes")
        return ask is not None and all(getattr(ask, name) == told[name] for name in names)

    def written(self) -> list[dict[str, Any]]:
        """What was written in it, right or not, to be read and copied: rows for components/summary.html."""
        rows = []
        for field in self.visible_fields():
            said, labels = field.value(), _labels(getattr(field.field, "choices", ()))
            words = [labels.get(str(one), str(one)) for one in (said if isinstance(said, list) else [said]) if one not in (None, "")]
            if words:
                rows.append({"label": field.label, "value": words})
        return rows

    @staticmethod
    def initial_of(enquiry: Enquiry) -> dict[str, Any]:
        """What was asked on the website."""
        said = enquiry.answers
        you, contact, them = said.get(steps.YOU, {}), said.get(steps.CONTACT, {}), said.get(steps.THEM, {})
        own = enquiry.whom == Enquiry.Whom.SELF
        return {
            "name": you.get("name") if own else them.get("their_name"),
            "phone": contact.get("phone") if own else them.get("their_phone"),
            "email": contact.get("email") if own else "",
            "postcode": you.get("postcode"),
            "can_give": said.get(steps.GIVE, {}).get("give"),
            "need": enquiry.need_id,
            "wishes": said.get(steps.ABOUT, {}).get("words"),
            "when": said.get(steps.WHEN, {}).get("when"),
            **said.get(steps.OFTEN, {}),
        }


def _labels(choices: Iterable[Any]) -> dict[str, str]:
    """Each choice in words, by its code; some stand in groups."""
    found: dict[str, str] = {}
    for code, label in choices:
        found |= _labels(label) if isinstance(label, list | tuple) else {str(code): str(label)}
    return found
