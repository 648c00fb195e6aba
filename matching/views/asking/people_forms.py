"""The questions about people: who needs the help, who asks, and how both are reached. They ask for no more than a first talk on the phone needs."""

from typing import Any

from django import forms

from directory.accounts.roles import Relation
from directory.geodata.locating import normalise_postcode
from matching.models import CallBack, Enquiry
from matching.persons.contacts import MayAnswer
from matching.persons.needs import communication_needs
from matching.views.asking.fields import StepForm, line, phone_of, words

YES_NO = (("yes", "Yes"), ("no", "No"))
PERSON = "person:"
KNOWS = (
    ("yes", "Yes, they know and want it"),
    ("no", "Not yet"),
    ("cannot", "They cannot decide such things for themselves"),
)

MAY_KNOW = (
    (MayAnswer.PERSON.value, "Only me: say nothing to anybody else"),
    (MayAnswer.ANYBODY.value, "Anybody who answers"),
)


class WhomForm(StepForm):
    """For oneself, or for somebody else."""

    whom = forms.ChoiceField(label="Who needs the help?", choices=Enquiry.Whom.choices, widget=forms.RadioSelect)

    def settle(self) -> None:
        own = any(relation == Relation.SELF for _, relation in self.people)
        known = [(f"{PERSON}{person.pk}", "Me" if relation == Relation.SELF else person.name) for person, relation in self.people]
        others = [(code, label) for code, label in Enquiry.Whom.choices if not (own and code == Enquiry.Whom.SELF)]
        self.fields["whom"].choices = [*known, *others]  # type: ignore[attr-defined]

    def person(self) -> Any:
        """The person on our records who was chosen; None for everybody else."""
        chosen = self.cleaned_data["whom"]
        return next((person for person, _ in self.people if chosen == f"{PERSON}{person.pk}"), None)

    def chosen(self) -> str:
        """The code of Enquiry.Whom."""
        person = self.person()
        if person is None:
            return str(self.cleaned_data["whom"])
        own = any(each == person and relation == Relation.SELF for each, relation in self.people)
        return Enquiry.Whom.SELF if own else Enquiry.Whom.FAMILY


class AgeForm(StepForm):
    """Whether everybody concerned is 18 or over; of nobody who is not anything is kept."""

    adult = forms.ChoiceField(label="Are you 18 or over?", choices=YES_NO, widget=forms.RadioSelect)
    they_adult = forms.ChoiceField(label="Is the person who needs help 18 or over?", choices=YES_NO, widget=forms.RadioSelect)

    def settle(self) -> None:
        if self.for_self:
            del self.fields["they_adult"]

    def is_minor(self) -> bool:
        return "no" in self.cleaned_data.values()


class ThemForm(StepForm):
    """Who needs the help, where it is somebody else."""

    their_name = line("What are they called?", 100)
    relation = line("What are you to them?", 60, help_text="Such as daughter, neighbour, or what you do in your work.")
    their_phone = line(
        "Their telephone number", 40, required=False, help_text="We ring them, and do nothing before they have said yes.", type="tel"
    )
    knows = forms.ChoiceField(label="Do they know that you are asking?", choices=KNOWS, widget=forms.RadioSelect)

    def clean_their_phone(self) -> str:
        return phone_of(self.cleaned_data["their_phone"])


class YouForm(StepForm):
    """Who asks, and where the help is needed."""

    name = line("Your name", 100, autocomplete="name")
    postcode = line("Your postcode", 10, required=False, autocomplete="postal-code")

    def settle(self) -> None:
        self.fields["postcode"].help_text = "Such as HD7 5AA. You need it, with your number, to look up here what became of it."
        if not self.for_self:
            self.fields["postcode"].label = "The postcode of the person who needs the help"

    def clean_postcode(self) -> str:
        typed = str(self.cleaned_data["postcode"])
        if typed and normalise_postcode(typed) is None:
            raise forms.ValidationError("Write a whole postcode, such as HD7 5AA, or leave it empty.")
        return typed


class ContactForm(StepForm):
    """How we reach them: one of the two is enough."""

    phone = line("Your telephone number", 40, required=False, autocomplete="tel", type="tel")
    email = forms.EmailField(
        label="Your e-mail address",
        max_length=254,
        required=False,
        help_text="With it, you can look up here what became of it.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_phone(self) -> str:
        return phone_of(self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("phone") and not data.get("email"):
            self.add_error("phone", "We need a telephone number or an e-mail address, to reach you.")
        return data


class ReachForm(StepForm):
    """How to get in touch safely."""

    ring = forms.ChoiceField(label="When may we ring?", choices=CallBack.When.choices, widget=forms.RadioSelect)
    voicemail = forms.ChoiceField(
        label="If you do not answer, may we leave a message?",
        help_text="Others may hear it. Without a message we ring again.",
        choices=(("yes", "Yes, a message is fine"), ("no", "No, leave no message")),
        widget=forms.RadioSelect,
    )
    may_answer = forms.ChoiceField(
        label="Who may know that we ring?",
        choices=MAY_KNOW,
        widget=forms.RadioSelect,
    )


class UnderstandForm(StepForm):
    """What helps to understand each other, in the codes of the Accessible Information Standard."""

    codes = forms.MultipleChoiceField(
        label="What helps when we talk or write?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick all that do, or none.",
    )
    more = words("Anything else that helps", 300, help_text="Such as “speak slowly”, “ring in Punjabi”.", rows=2)

    def settle(self) -> None:
        self.fields["codes"].choices = [  # type: ignore[attr-defined]
            (code, need.called(of_oneself=self.for_self)) for code, need in communication_needs().items()
        ]
        if not self.for_self:
            self.fields["codes"].label = "What helps the person, when we talk or write?"
