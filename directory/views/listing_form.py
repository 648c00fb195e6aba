"""The form of one section of a listing: its questions, and the listing fields that its answers are, in their JSON form."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from directory.listing_fields import DELIVERY_WORDS, FIELDS, PAYMENT_WORDS
from directory.models import Need, Service
from directory.reading_age import reading_hint
from directory.sections import Section
from directory.venues import ACCESS_FACTS, ADDRESS
from directory.views import area_questions
from directory.views.now_form import NowForm

YES_NO_UNKNOWN = [("", "Not known"), ("yes", "Yes"), ("no", "No")]
ACCESS_LABELS = {
    "step_free": "Can you get in without a step?",
    "wheelchair": "Is there room for a wheelchair?",
    "accessible_toilet": "Is there an accessible toilet?",
    "changing_place": "Is there a Changing Places toilet?",
    "hearing_loop": "Is there a hearing loop?",
    "quiet_space": "Is there a quiet space?",
    "assistance_dogs": "Are assistance dogs welcome?",
    "parking": "Is there parking?",
}
# Listing fields that are several questions, by how the names of those begin.
MANY = {"places": "place_", "costs": "price_", "access": "access_", "area": "area"}
# The question at which a fault of such a field is shown.
FAULT_AT = {"places": "place_0_postcode", "costs": "price_0_amount", "access": "access_words"}
# Where another heading begins within a section.
HEADINGS = {"area": "Which area do you cover?", "costs": "Prices, one by one"}
# Whole sentences that visitors read.
TEXTS = ("summary", "description", "what_you_get", "who_for", "not_for", "how_to_access", "next_step", "what_to_bring", "access_words")
ROWS = {"description": 6, "what_you_get": 4, "how_to_access": 3, "summary": 3, "who_for": 2, "not_for": 2, "next_step": 2}
# They have room for several lines on a small screen, and are one.
ONE_LINE = ("summary", "who_for", "not_for", "next_step")
MORE_PRICES = 2


@dataclass(frozen=True)
class Part:
    """Questions that stand together, each with a hint; behind a fold where it has words."""

    questions: list[tuple[forms.BoundField, str]]
    fold: str = ""

    @property
    def is_open(self) -> bool:
        """Is anything answered, or wrong, behind the fold?"""
        return any(field.value() or field.errors for field, _ in self.questions)


class ListingForm(forms.Form):
    """One section of a listing. `listing` holds its fields once the form is valid; only those that the section has."""

    name = forms.CharField(max_length=200)
    other_names = forms.CharField(
        label="Other names that people use for it", required=False, max_length=300, help_text="Part them with semicolons."
    )
    summary = forms.CharField(label="In one plain sentence", max_length=300, help_text="What it is, as you would tell a neighbour.")
    kind = forms.ChoiceField(choices=Service.Kind.choices)
    description = forms.CharField(label="More about it", required=False, max_length=10_000)
    what_you_get = forms.CharField(
        label="What do people get?", required=False, max_length=1000, help_text="One thing in a line. For example: a hot meal for £5."
    )
    needs = forms.MultipleChoiceField(label="What it helps with", required=False, widget=forms.CheckboxSelectMultiple)
    who_for = forms.CharField(label="Who it is for", required=False, max_length=300, help_text="For example: anyone over 60 in Golcar.")
    not_for = forms.CharField(label="Who is it not for?", required=False, max_length=300, help_text="Only if people ask and you say no.")
    group_size = forms.IntegerField(label="How many people are there, about?", required=False, min_value=1, max_value=9999)
    min_age = forms.DecimalField(label="From this age", required=False, min_value=0, max_value=130, max_digits=5, decimal_places=2)
    max_age = forms.DecimalField(label="Up to this age", required=False, min_value=0, max_value=130, max_digits=5, decimal_places=2)
    languages = forms.CharField(label="Languages besides English", required=False, max_length=200, help_text="Part them with semicolons.")
    interpretation = forms.CharField(
        label="Interpreters", required=False, max_length=200, help_text="For example: British Sign Language if you ask a week before."
    )
    faith = forms.CharField(label="Faith or community it is rooted in", required=False, max_length=100)
    referral_route = forms.ChoiceField(label="Who can ask?", choices=Service.ReferralRoute.choices, widget=forms.RadioSelect)
    how_to_access = forms.CharField(label="What happens first?", required=False, max_length=1000, help_text="Can people just turn up?")
    next_step = forms.CharField(
        label="What happens then?", required=False, max_length=300, help_text="For example: we ring you back within a week."
    )
    wait_time = forms.CharField(label="How long do people wait?", required=False, max_length=100, help_text="For example: about two weeks.")
    what_to_bring = forms.CharField(label="What should they bring?", required=False, max_length=300)
    takes_referrals = forms.BooleanField(label="The co-op may send us people through this site", required=False)
    delivery = forms.MultipleChoiceField(
        label="How does it reach people?", choices=list(DELIVERY_WORDS.items()), required=False, widget=forms.CheckboxSelectMultiple
    )
    is_free = forms.ChoiceField(label="Is it free?", choices=YES_NO_UNKNOWN, required=False, widget=forms.RadioSelect)
    cost = forms.CharField(label="What does it cost?", required=False, max_length=300)
    payment = forms.MultipleChoiceField(
        label="Who pays?", choices=list(PAYMENT_WORDS.items()), required=False, widget=forms.CheckboxSelectMultiple
    )
    phone = NowForm.base_fields["phone"]
    email = forms.EmailField(label="E-mail for visitors", required=False, help_text="Of the group, not of a person.")
    url = forms.URLField(label="Web page", required=False, max_length=500, assume_scheme="https")
    cqc_location = forms.CharField(label="Care Quality Commission location, if it is regulated care", required=False, max_length=30)
    status = forms.ChoiceField(label="Is it running?", choices=Service.Status.choices, widget=forms.RadioSelect)
    note = forms.CharField(label="A word to the people who check this", required=False, max_length=500)

    def __init__(
        self, section: Section, *args: Any, seen: Mapping[str, Any], places: Sequence[area_questions.At] = (), **kwargs: Any
    ) -> None:
        """`seen`: the section's fields as they were when the person opened the form; `places`: where the listing is, by id."""
        self.section, self.seen, self.places = section, seen, places
        kwargs["initial"] = {**_initial(seen, places), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        told = self.fields
        self.fields = {}
        for name in section.fields:
            self.fields.update(self._several(name) if name in MANY else {name: told[name]})
        self.fields["note"] = told["note"]
        if "needs" in self.fields:
            self.fields["needs"].choices = _need_choices()  # type: ignore[attr-defined]
        for name in ROWS.keys() & self.fields.keys():
            self.fields[name].widget = forms.Textarea(attrs={"rows": ROWS[name]})
            self.fields[name].widget.is_required = False

    def groups(self) -> list[tuple[str, list[Part]]]:
        """The questions under their headings; those of a further place are folded until they are wanted."""
        groups: list[tuple[str, list[Part]]] = [("", [])]
        for name in self.section.fields:
            if name in HEADINGS:
                groups.append((HEADINGS[name], []))
            asked = self._questions_of(name)
            further = [question for question in asked if name == "places" and question.startswith(f"place_{len(self.seen[name]) or '-'}_")]
            groups[-1][1].append(Part([self._asked(question) for question in asked if question not in further]))
            if further:
                groups[-1][1].append(Part([self._asked(question) for question in further], fold="Another place"))
        return groups

    def _asked(self, question: str) -> tuple[forms.BoundField, str]:
        """A question, and what would make its text easier to read."""
        return self[question], reading_hint(str(self[question].value() or "")) if question in TEXTS else ""

    def _questions_of(self, name: str) -> list[str]:
        return [question for question in self.fields if question.startswith(MANY[name])] if name in MANY else [name]

    def _several(self, name: str) -> dict[str, forms.Field]:
        """The questions of a listing field that is more than one."""
        if name == "area":
            return area_questions.questions(self.seen["area"], self.places)
        if name == "access":
            facts = {
                f"access_{fact}": forms.ChoiceField(label=ACCESS_LABELS[fact], choices=YES_NO_UNKNOWN, required=False)
                for fact in ACCESS_FACTS
            }
            return {**facts, "access_words": forms.CharField(label="Anything else about getting in?", required=False, max_length=300)}
        return _place_questions(len(self.seen["places"])) if name == "places" else _price_questions(len(self.seen["costs"]))

    def clean(self) -> dict[str, Any]:
        """Hold the parts together, each fault at its own question."""
        data = super().clean() or self.cleaned_data
        self.listing: dict[str, Any] = {}
        for name in self.section.fields:
            at = FAULT_AT.get(name, name)
            if name == "area":
                self._clean_area(data)
            elif at not in self.errors:
                try:
                    self.listing[name] = FIELDS[name].clean(self._value(name, data))
                except ValidationError as error:
                    self.add_error(at, error.messages)  # type: ignore[arg-type]
        youngest, oldest = data.get("min_age"), data.get("max_age")
        if youngest is not None and oldest is not None and youngest > oldest:
            self.add_error("max_age", "The highest age lies below the lowest.")
        return data

    def _value(self, name: str, data: Mapping[str, Any]) -> Any:
        """A listing field out of the answers, as its own `clean` takes it."""
        if name in ("min_age", "max_age"):
            return None if data.get(name) is None else str(data[name])
        if name == "is_free":
            return _yes_no(data["is_free"])
        if name == "places":
            return list(self._places(data))
        if name == "costs":
            return list(self._prices(data))
        if name == "access":
            facts = {fact: _yes_no(data.get(f"access_{fact}", "")) for fact in ACCESS_FACTS}
            return {**facts, "words": data.get("access_words", "")}
        if name in ONE_LINE and data[name] != self.seen[name]:
            return " ".join(data[name].split())
        return data[name]

    def _clean_area(self, data: Mapping[str, Any]) -> None:
        """The area is one field of a listing and many questions; a fault stands at the question it came from."""
        if any(name.startswith("area") for name in self.errors):
            return
        try:
            self.listing["area"] = FIELDS["area"].clean(area_questions.answer(data, self.seen["area"], self.places))
        except ValidationError as error:
            faults = error.message_dict if hasattr(error, "error_dict") else {"area": error.messages}
            for name, texts in faults.items():
                self.add_error(name if name in self.fields else "area", texts)  # type: ignore[arg-type]

    def _places(self, data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        for index in range(len(self.seen["places"]) + 1):
            words = {name: (data.get(f"place_{index}_{name}") or "").strip() for name in ADDRESS}
            before = self.seen["places"][index] if index < len(self.seen["places"]) else {}
            if before and words == {name: before[name] for name in ADDRESS}:
                yield before
            elif any(words.values()):
                yield words

    def _prices(self, data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        for index in range(len(self.seen["costs"]) + MORE_PRICES):
            amount, option = ((data.get(f"price_{index}_{name}") or "").strip() for name in ("amount", "option"))
            if amount or option:
                yield {"amount": amount, "option": option, "concession": bool(data.get(f"price_{index}_concession"))}


def _place_questions(there: int) -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {}
    for index in range(there + 1):
        which = "" if not index else f" ({'another place' if index == there else f'place {index + 1}'})"
        fields[f"place_{index}_name"] = forms.CharField(label=f"Name of the place{which}", required=False, max_length=200)
        fields[f"place_{index}_address"] = forms.CharField(label=f"Address{which}", required=False, max_length=300)
        fields[f"place_{index}_postcode"] = forms.CharField(label=f"Postcode{which}", required=False, max_length=10)
    return fields


def _price_questions(there: int) -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {}
    for index in range(there + MORE_PRICES):
        which = f" (price {index + 1})"
        fields[f"price_{index}_amount"] = forms.CharField(label=f"Pounds{which}", required=False, max_length=12)
        fields[f"price_{index}_option"] = forms.CharField(label=f"What for{which}", required=False, max_length=100)
        fields[f"price_{index}_concession"] = forms.BooleanField(label=f"Only for those with little money{which}", required=False)
    return fields


def _initial(seen: Mapping[str, Any], places: Sequence[area_questions.At]) -> dict[str, Any]:
    initial = {name: value for name, value in seen.items() if name not in MANY and name != "is_free"}
    if "is_free" in seen:
        initial["is_free"] = _as_choice(seen["is_free"])
    if "access" in seen:
        initial["access_words"] = seen["access"].get("words", "")
        initial |= {f"access_{fact}": _as_choice(seen["access"].get(fact)) for fact in ACCESS_FACTS}
    for index, price in enumerate(seen.get("costs", [])):
        initial |= {f"price_{index}_{name}": price.get(name) for name in ("amount", "option", "concession")}
    for index, place in enumerate(seen.get("places", [])):
        initial |= {f"place_{index}_{name}": place[name] for name in ADDRESS}
    if "area" in seen:
        initial |= area_questions.initial(seen["area"], places)
    return initial


def _need_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for need in Need.objects.select_related("element").order_by("element__order", "order"):
        groups.setdefault(need.element.name, []).append((need.slug, need.name))
    return list(groups.items())


def _yes_no(choice: str) -> bool | None:
    return {"yes": True, "no": False}.get(choice)


def _as_choice(value: bool | None) -> str:
    return {True: "yes", False: "no", None: ""}[value]
