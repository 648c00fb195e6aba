"""Forms of the desk. They ask in plain words and hand plain values to the verbs, which check them."""

from typing import Any
from uuid import uuid4

from django import forms

from directory import clock
from directory.models import Need
from matching.agreements import covers, said_so_far
from matching.asks import version_of_ask
from matching.models import Agreement, Ask, Person
from matching.persons.said import gender_of
from matching.rules.activities import rules
from matching.views.persons.forms import words_of
from matching.views.typed import NumberField
from matching.windows import DAYS, EXAMPLE, PARTS_OF_DAY, of_parts, read_times, split_parts, written_times


def seen_document(covers: str) -> forms.CharField:
    """What was seen where somebody else said yes. covers: what a best-interests decision is good for."""
    return forms.CharField(
        label="If it was not the person",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=f"Which document was seen, by whom and when. For best interests: who decided, and why. It then covers {covers} only.",
    )


class AgreementForm(forms.Form):
    """Who said yes to being referred, and how."""

    given_by = forms.ChoiceField(label="Who said yes?", choices=Agreement.GivenBy.choices, initial=Agreement.GivenBy.PERSON)
    how = forms.ChoiceField(label="How?", choices=Agreement.How.choices, initial=Agreement.How.PHONE)
    seen = seen_document("one request")

    once = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    version = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def values(self, ask: Ask | None) -> dict[str, Any]:
        """What record_agreement takes; a best-interests decision is for the one request."""
        return {**self.cleaned_data, "at": clock.now(), **covers(self.cleaned_data["given_by"], ask)}

    @staticmethod
    def initial_of(person: Person | None) -> dict[str, Any]:
        """The marks by which it is written once, and not over what somebody else has written meanwhile."""
        return {"once": uuid4(), "version": said_so_far(person)} if person is not None else {}


class AskForm(forms.Form):
    """One need of one person."""

    need = forms.ModelChoiceField(label="What would help?", queryset=Need.objects.select_related("element"), empty_label="Choose …")
    activity = forms.ChoiceField(
        label="What exactly?", required=False, help_text="Leave it open if you are not sure. It decides which check a volunteer needs."
    )
    often = forms.ChoiceField(label="How often?", choices=Ask.Often.choices, initial=Ask.Often.ONCE)
    minutes = forms.IntegerField(label="How long, in minutes?", min_value=5, max_value=1440, initial=60)
    when = forms.MultipleChoiceField(
        label="When?", required=False, widget=forms.CheckboxSelectMultiple, help_text="Nothing ticked and nothing written means any time."
    )
    times = forms.CharField(
        label="Or exact times, one line each",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=f"{EXAMPLE}. Monday, Thursday 2 pm to 4 pm. Every night 22:00 to 06:00.",
    )
    urgency = forms.TypedChoiceField(label="How urgent?", choices=Ask.Urgency.choices, coerce=int, initial=Ask.Urgency.SOON)
    by_phone_or_online = forms.BooleanField(label="By phone or online will do", required=False)
    for_carer = forms.BooleanField(label="This is help for the carer", required=False)
    two_visitors = forms.BooleanField(label="Two visitors are needed", required=False)
    gender_required = forms.ChoiceField(
        label="Does the person ask for a woman or a man?",
        choices=(("", "No wish"), ("woman", "A woman"), ("man", "A man")),
        required=False,
        help_text="Counts for private help only.",
    )
    wishes = forms.CharField(label="Wishes, in their own words", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    source = forms.ChoiceField(label="Who asked?", choices=Ask.Source.choices, initial=Ask.Source.COORDINATOR)
    interests = forms.CharField(
        label="What do they like?", max_length=300, required=False, help_text="With commas between them. Company goes by it."
    )
    can_give = forms.CharField(
        label="And what can they give?",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Everybody can do something: mend, teach, listen, phone. Ask it in the same talk.",
    )
    once = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    version = forms.CharField(max_length=400, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, corrects: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("source", "interests", "can_give", "once") if corrects else ("version",):
            del self.fields[name]
        self.fields["activity"].choices = [("", "Not decided yet"), *grouped_activities()]  # type: ignore[attr-defined]
        self.fields["when"].choices = [  # type: ignore[attr-defined]
            (f"{number}-{code}", f"{day} {part.name}") for number, day in enumerate(DAYS) for code, part in PARTS_OF_DAY.items()
        ]

    def clean_times(self) -> list[list[int]]:
        try:
            return read_times(self.cleaned_data["times"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def values(self) -> dict[str, Any]:
        """What open_ask takes; of a form that corrects, what change_ask does."""
        data = dict(self.cleaned_data)
        times = [*of_parts(data.pop("when")), *data.pop("times")]
        data["windows"] = [list(window) for window in sorted({tuple(window) for window in times})]
        if "interests" in self.fields:
            # A form without the question leaves what is written.
            data["interests"] = words_of(data["interests"]) if "interests" in self.data else None
            data["can_give"] = data["can_give"] if "can_give" in self.data else None
        return data

    @staticmethod
    def as_written(ask: Ask) -> dict[str, Any]:
        """What the request says now, to put right."""
        ticks, exact = split_parts(ask.windows)
        plain = ("activity", "often", "minutes", "urgency", "by_phone_or_online", "for_carer", "two_visitors", "wishes")
        told = {**{name: getattr(ask, name) for name in plain}, "gender_required": gender_of(ask.gender_required)}
        return {**told, "need": ask.need_id, "when": ticks, "times": written_times(exact), "version": version_of_ask(ask)}

    @staticmethod
    def initial_of(person: Person) -> dict[str, Any]:
        """What is known already, to be asked again with the new need."""
        facts = person.facts or {}
        known = {"can_give": person.can_give, "interests": ", ".join(facts.get("interests", []))}
        return {**known, "two_visitors": bool(facts.get("two_visitors")), "for_carer": person.part == Person.Part.CARER, "once": uuid4()}


def grouped_activities() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every activity under the name of its need, as choices."""
    names = dict(Need.objects.values_list("slug", "name"))
    groups: dict[str, list[tuple[str, str]]] = {}
    for slug, rule in rules().items():
        groups.setdefault(names.get(rule.need, rule.need), []).append((slug, rule.label))
    return list(groups.items())


class SearchForm(forms.Form):
    """One search of the desk: it is posted, so that no name stands in an address."""

    words = forms.CharField(label="Name, phone or number", max_length=100)


class ByNumberForm(forms.Form):
    """A volunteer by the number that they go by at the desk."""

    volunteer = NumberField("V", "The volunteer's number")
