"""The questions of asking at /ask/, a form for each step. They ask for no more than a first talk on the phone needs."""

from collections.abc import Callable
from typing import Any

from django import forms

from directory.accounts.roles import Relation
from directory.geodata.locating import normalise_postcode
from directory.models import Need
from directory.personal.lookup import phone_token
from matching.asking import answers, steps
from matching.models import Ask, CallBack, Enquiry
from matching.persons.contacts import MayAnswer
from matching.persons.needs import communication_needs

WORDS_MOST = 500
YES_NO = (("yes", "Yes"), ("no", "No"))
PERSON = "person:"
PARTS = (
    ("mornings", "Weekday mornings"),
    ("afternoons", "Weekday afternoons"),
    ("evenings", "Weekday evenings"),
    ("weekends", "At the weekend"),
)
KNOWS = (
    ("yes", "Yes, they know and want it"),
    ("no", "Not yet"),
    ("cannot", "They cannot decide such things for themselves"),
)

MAY_KNOW = (
    (MayAnswer.PERSON.value, "Only me: say nothing to anybody else"),
    (MayAnswer.ANYBODY.value, "Anybody who answers"),
)


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


_ONE_LINE = frozenset({"name", "relation", "place", "postcode", "phone", "email", "their_phone"})


def _text(label: str, most: int, *, help_text: str = "", required: bool = False, rows: int = 3) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=most, required=required, help_text=help_text, widget=widget)


def _line(label: str, most: int, *, help_text: str = "", required: bool = True, **attributes: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=required, help_text=help_text, widget=forms.TextInput(attrs=attributes))


class AboutForm(StepForm):
    """What it is about, in own words or as one of our kinds of help."""

    words = _text("What would help?", WORDS_MOST, help_text="Your own words are fine. You do not need to know what it is called.")
    need = forms.ModelChoiceField(
        label="Or choose the nearest kind of help", queryset=Need.objects.none(), required=False, empty_label="I am not sure"
    )

    def settle(self) -> None:
        self.fields["need"].queryset = Need.objects.order_by("element__order", "order")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("words", "").strip() and not data.get("need"):
            self.add_error("words", "Write a few words, or choose a kind of help below.")
        return data

    def kept(self) -> dict[str, Any]:
        need = self.cleaned_data["need"]
        return {"words": self.cleaned_data["words"].strip(), "need": need.pk if need is not None else ""}


class WhereForm(StepForm):
    """Around which place the finder looks."""

    place = _line("Where is the help needed?", 80, required=False, help_text="A village or a postcode.", autocomplete="postal-code")

    def clean_place(self) -> str:
        place = str(self.cleaned_data["place"])
        if place and (fault := answers.place_fault(place)):
            raise forms.ValidationError(fault)
        return place


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


class KindForm(StepForm):
    """The kind of help, where a request is opened at once."""

    need = forms.ModelChoiceField(label="Which of these is nearest?", queryset=Need.objects.none(), empty_label="Choose …")

    def settle(self) -> None:
        self.fields["need"].queryset = Need.objects.order_by("element__order", "order")  # type: ignore[attr-defined]

    def kept(self) -> dict[str, Any]:
        return {"need": self.cleaned_data["need"].pk}


class ThemForm(StepForm):
    """Who needs the help, where it is somebody else."""

    their_name = _line("What are they called?", 100)
    relation = _line("What are you to them?", 60, help_text="Such as daughter, neighbour, or what you do in your work.")
    their_phone = _line(
        "Their telephone number", 40, required=False, help_text="We ring them, and do nothing before they have said yes.", type="tel"
    )
    knows = forms.ChoiceField(label="Do they know that you are asking?", choices=KNOWS, widget=forms.RadioSelect)

    def clean_their_phone(self) -> str:
        return _phone(self.cleaned_data["their_phone"])


class OftenForm(StepForm):
    """How often, how urgent."""

    often = forms.ChoiceField(label="How often?", choices=Ask.Often.choices, widget=forms.RadioSelect)
    urgency = forms.TypedChoiceField(
        label="How soon is it needed?",
        choices=Ask.Urgency.choices,
        coerce=int,
        widget=forms.RadioSelect,
        help_text="If it cannot wait until we ring, please ring us.",
    )


class WhenForm(StepForm):
    """When it suits."""

    when = forms.MultipleChoiceField(
        label="When would suit?",
        choices=PARTS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick all that do. Nothing ticked means any time.",
    )


class YouForm(StepForm):
    """Who asks, and where the help is needed."""

    name = _line("Your name", 100, autocomplete="name")
    postcode = _line("Your postcode", 10, required=False, autocomplete="postal-code")

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

    phone = _line("Your telephone number", 40, required=False, autocomplete="tel", type="tel")
    email = forms.EmailField(
        label="Your e-mail address",
        max_length=254,
        required=False,
        help_text="With it, you can look up here what became of it.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_phone(self) -> str:
        return _phone(self.cleaned_data["phone"])

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
    more = _text("Anything else that helps", 300, help_text="Such as “speak slowly”, “ring in Punjabi”.", rows=2)

    def settle(self) -> None:
        self.fields["codes"].choices = [(code, need.label) for code, need in communication_needs().items()]  # type: ignore[attr-defined]
        if not self.for_self:
            self.fields["codes"].label = "What helps the person, when we talk or write?"


class GiveForm(StepForm):
    """What the person could give: everybody has something."""

    give = _text(
        "Is there something that you like doing for others?",
        WORDS_MOST,
        help_text="A cake, a chat on the phone, knowing about tomatoes. You need not.",
        rows=3,
    )

    def settle(self) -> None:
        if not self.for_self:
            self.fields["give"].label = "Is there something that they like doing for others?"


FORMS: dict[str, Callable[..., StepForm]] = {
    steps.ABOUT: AboutForm,
    steps.WHERE: WhereForm,
    steps.WHOM: WhomForm,
    steps.AGE: AgeForm,
    steps.KIND: KindForm,
    steps.THEM: ThemForm,
    steps.OFTEN: OftenForm,
    steps.WHEN: WhenForm,
    steps.YOU: YouForm,
    steps.CONTACT: ContactForm,
    steps.REACH: ReachForm,
    steps.UNDERSTAND: UnderstandForm,
    steps.GIVE: GiveForm,
}


def _phone(typed: str) -> str:
    if typed and phone_token(typed) is None:
        raise forms.ValidationError("This does not look like a telephone number. Write it like 01484 496000.")
    return typed
