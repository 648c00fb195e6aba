"""The form for a person's record, in the parts in which one talks about them."""

from collections.abc import Iterator
from typing import Any

from django import forms

from directory.views.listing_form import YES_NO_UNKNOWN
from matching.models import LawfulBasis, Person
from matching.persons import home_facts
from matching.persons.contacts import LANGUAGE_MOST, WISHES, MayAnswer, PartOfDay
from matching.persons.needs import need_choices

_TOLD: dict[Any, str] = {True: "yes", False: "no"}

_PLAIN = ("name", "part", "phone", "email", "address", "postcode", "date_of_birth", "safe_contact", "communication_needs", "notes")
_YES_NO = ("receives_care", "needs_help_because", *(name for name, *_ in home_facts.YES_NO))
_LISTS = ("languages", "animals", "interests")
_CONTACT = ("by", "may_answer", "times", "codes", "language")


def known(text: str) -> bool | None:
    """Yes, no, or not known."""
    return {"yes": True, "no": False}.get(text)


def words_of(text: str) -> list[str]:
    """What stands between commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


def _area(rows: int = 2) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def date_input() -> forms.DateInput:
    """A day as browsers take it: written in another way the field would show empty, and saving would lose it."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class PersonForm(forms.Form):
    """Who somebody is, as far as help needs it."""

    name = forms.CharField(label="Name", max_length=200)
    part = forms.ChoiceField(label="Do they need help, or care for someone?", choices=Person.Part.choices)
    adult = forms.ChoiceField(
        label="Are they 18 or over?",
        choices=(("yes", "Yes"), ("no", "No, they are under 18")),
        required=False,
        help_text="Somebody under 18 is not written down, also not as a carer.",
    )
    date_of_birth = forms.DateField(label="Date of birth", required=False, widget=date_input(), help_text="If it matters for the help.")

    phone = forms.CharField(label="Phone", max_length=40, required=False)
    voicemail = forms.ChoiceField(
        label="If nobody answers, may we leave a message?",
        choices=YES_NO_UNKNOWN,
        required=False,
        help_text="Not known counts as no.",
    )
    may_answer = forms.ChoiceField(label="Who may answer?", choices=[("", "Not known"), *MayAnswer.choices], required=False)
    times = forms.MultipleChoiceField(
        label="When do they like to be rung?", choices=PartOfDay.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    email = forms.EmailField(label="E-mail", required=False)
    address = forms.CharField(label="Address", max_length=300, required=False)
    postcode = forms.CharField(label="Postcode", max_length=10, required=False, help_text="Such as HD7 5AA. It finds what is near.")
    by = forms.ChoiceField(
        label="How would they like us to get in touch?",
        choices=[("", "No wish"), *((way.value, way.label) for way in WISHES)],
        required=False,
    )
    safe_contact = forms.CharField(
        label="What else makes contact safe?",
        max_length=1000,
        required=False,
        widget=_area(),
        help_text="Such as: ring the daughter first; the neighbour picks up sometimes.",
    )

    codes = forms.MultipleChoiceField(
        label="What do they need to understand and be understood?",
        choices=need_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="It stands on every page that names them, and decides whether we ring, text or write.",
    )
    communication_needs = forms.CharField(
        label="What helps them to understand and be understood?",
        max_length=1000,
        required=False,
        widget=_area(),
        help_text="In words, where the list has no fitting line.",
    )
    languages = forms.CharField(label="Languages", max_length=200, required=False, help_text="With commas between them. BSL counts.")
    language = forms.CharField(label="In which language would an interpreter speak?", max_length=LANGUAGE_MOST, required=False)

    animals = forms.CharField(label="Animals in the home", max_length=200, required=False, help_text="With commas between them.")
    household = forms.CharField(
        label="Do they share a home with somebody whom we know?",
        max_length=60,
        required=False,
        help_text="Then write a name for the home, such as Mill House, and the same one with everybody who lives there, volunteers too. "
        "Not needed where the same address stands with all of them. People of one home are not paired with each other.",
    )
    home_words = forms.CharField(
        label="Anything else about the home",
        max_length=home_facts.WORDS_MOST,
        required=False,
        widget=_area(),
        help_text="Never a key code.",
    )

    receives_care = forms.ChoiceField(label="Do they get health or social care?", choices=YES_NO_UNKNOWN, required=False)
    needs_help_because = forms.ChoiceField(
        label="Do they need help because of age, illness or disability?",
        choices=YES_NO_UNKNOWN,
        required=False,
        help_text="Not known counts as yes when a check is chosen.",
    )
    lawful_basis = forms.ChoiceField(
        label="Why may we keep this?", choices=LawfulBasis.choices, initial=LawfulBasis.SOCIAL_CARE, required=False
    )

    interests = forms.CharField(label="What do they like?", max_length=300, required=False, help_text="With commas between them.")
    can_give = forms.CharField(
        label="What can they give?",
        max_length=1000,
        required=False,
        widget=_area(),
        help_text="Everybody can do something: mend, teach, listen, phone.",
    )
    notes = forms.CharField(label="Anything else", max_length=4000, required=False, widget=_area(3))
    do_not_contact = forms.BooleanField(
        label="Do not contact this person any more", required=False, help_text="All that waits for them stops at once."
    )
    once = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    version = forms.CharField(max_length=400, required=False, widget=forms.HiddenInput)

    PARTS = (
        ("Who it is", ("name", "part", "adult", "date_of_birth")),
        (
            "How we reach them",
            ("phone", "voicemail", "may_answer", "times", "email", "address", "postcode", "by", "safe_contact", "do_not_contact"),
        ),
        ("What helps them to understand", ("codes", "communication_needs", "languages", "language")),
        ("Their home, for whoever visits", (*(name for name, *_ in home_facts.YES_NO), "animals", "household", "home_words")),
        ("For the checks of volunteers", ("receives_care", "needs_help_because", "lawful_basis")),
        ("What they like and can give", ("interests", "can_give", "notes")),
    )

    def __init__(self, *args: Any, corrects: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, question, *_ in home_facts.YES_NO:
            self.fields[name] = forms.ChoiceField(label=question, choices=YES_NO_UNKNOWN, required=False)
        self.corrects = corrects
        for name in ("adult", "once") if corrects else ("do_not_contact", "version"):
            del self.fields[name]

    def parts(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """The questions under their headings."""
        for title, names in self.PARTS:
            yield title, [self[name] for name in names if name in self.fields]

    @property
    def is_young(self) -> bool:
        """Was it said that the person is under 18? It is asked before anything else is looked at."""
        return not self.corrects and self.data.get(self.add_prefix("adult")) == "no"

    def values(self, person: Person | None = None) -> dict[str, Any]:
        """What register_person and correct_person take. What the form does not ask about stays as it stands with the person."""
        data = dict(self.cleaned_data)
        data.pop("adult", None)
        told = (person.facts or {}) if person else {}
        facts: dict[str, Any] = {name: value for name, value in told.items() if name not in (*_YES_NO, *_LISTS, home_facts.WORDS)}
        facts |= {name: known(data.pop(name)) for name in _YES_NO}
        facts |= {name: words_of(data.pop(name)) for name in _LISTS}
        facts[home_facts.WORDS] = data.pop("home_words")
        facts["household"] = data.pop("household")
        contact: dict[str, Any] = {name: data.pop(name) for name in _CONTACT}
        contact["voicemail"] = known(data.pop("voicemail"))
        data["lawful_basis"] = data["lawful_basis"] or LawfulBasis.SOCIAL_CARE
        filled = {name: value for name, value in facts.items() if value is not None and value != [] and value != ""}
        return {**data, "facts": filled, "contact": {name: value for name, value in contact.items() if value not in (None, "", [])}}

    @staticmethod
    def initial_of(person: Person) -> dict[str, Any]:
        """The form filled with what is written."""
        facts, contact = person.facts or {}, person.contact or {}
        return {
            **{name: getattr(person, name) for name in (*_PLAIN, "can_give", "lawful_basis", "do_not_contact")},
            **{name: _TOLD.get(facts.get(name), "") for name in _YES_NO},
            **{name: ", ".join(facts.get(name, [])) for name in _LISTS},
            **{name: contact.get(name, "") for name in _CONTACT},
            "voicemail": _TOLD.get(contact.get("voicemail"), ""),
            "home_words": facts.get(home_facts.WORDS, ""),
            "household": facts.get("household", ""),
        }
