"""The large form of one listing, in sections: what waits for a moderator. Its cleaned values are listing fields in their JSON form."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from directory.listing_fields import DELIVERY_WORDS, FIELDS, PAYMENT_WORDS
from directory.models import Need, Service
from directory.venues import ACCESS_FACTS, ADDRESS
from directory.views import area_questions

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
WORD_FIELDS = (
    "name",
    "summary",
    "description",
    "what_you_get",
    "who_for",
    "not_for",
    "languages",
    "interpretation",
    "faith",
    "how_to_access",
    "next_step",
    "wait_time",
    "what_to_bring",
    "cost",
    "url",
    "email",
    "cqc_location",
)
AREA_SECTION = "Which area do you cover?"
ROWS = {"description": 6, "what_you_get": 4, "how_to_access": 3}
MORE_PRICES = 2


class ListingForm(forms.Form):
    """Everything about a listing that does not change from week to week."""

    name = forms.CharField(max_length=200)
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
    access_words = forms.CharField(label="Anything else about getting in?", required=False, max_length=300)
    is_free = forms.ChoiceField(label="Is it free?", choices=YES_NO_UNKNOWN, required=False, widget=forms.RadioSelect)
    cost = forms.CharField(label="What does it cost?", required=False, max_length=300)
    payment = forms.MultipleChoiceField(
        label="Who pays?", choices=list(PAYMENT_WORDS.items()), required=False, widget=forms.CheckboxSelectMultiple
    )
    email = forms.EmailField(label="E-mail for visitors", required=False, help_text="Of the group, not of a person.")
    url = forms.URLField(label="Web page", required=False, max_length=500, assume_scheme="https")
    cqc_location = forms.CharField(label="Care Quality Commission location, if it is regulated care", required=False, max_length=30)
    status = forms.ChoiceField(label="Is it running?", choices=Service.Status.choices, widget=forms.RadioSelect)
    note = forms.CharField(label="A word to the people who check this", required=False, max_length=500)

    SECTIONS = (
        ("What it is", ("name", "summary", "kind", "what_you_get", "description", "needs")),
        ("Who it is for", ("who_for", "not_for", "min_age", "max_age", "group_size", "languages", "interpretation", "faith")),
        ("How people start", ("referral_route", "how_to_access", "next_step", "wait_time", "what_to_bring", "takes_referrals")),
        ("Where", ("delivery", "*places")),
        (AREA_SECTION, ("*area",)),
        ("Getting in", ("*access", "access_words")),
        ("What it costs", ("is_free", "cost", "*prices", "payment")),
        ("How to reach you", ("email", "url")),
        ("Is it running?", ("status", "cqc_location", "note")),
    )

    def __init__(self, *args: Any, seen: Mapping[str, Any], places: Sequence[area_questions.At] = (), **kwargs: Any) -> None:
        """`seen`: the values of the listing as they were when the person opened the form; `places`: where it is, by id."""
        self.seen, self.places = seen, places
        super().__init__(*args, **{**kwargs, "initial": {**_initial(seen), **area_questions.initial(seen["area"], places)}})
        self.fields["needs"].choices = _need_choices()  # type: ignore[attr-defined]
        for index in range(len(seen["places"]) + 1):
            which = "" if not index else f" ({'another place' if index == len(seen['places']) else f'place {index + 1}'})"
            self.fields[f"place_{index}_name"] = forms.CharField(label=f"Name of the place{which}", required=False, max_length=200)
            self.fields[f"place_{index}_address"] = forms.CharField(label=f"Address{which}", required=False, max_length=300)
            self.fields[f"place_{index}_postcode"] = forms.CharField(label=f"Postcode{which}", required=False, max_length=10)
        self.fields.update(area_questions.questions(seen["area"], places))
        for fact in ACCESS_FACTS:
            self.fields[f"access_{fact}"] = forms.ChoiceField(label=ACCESS_LABELS[fact], choices=YES_NO_UNKNOWN, required=False)
        for index in range(len(seen["costs"]) + MORE_PRICES):
            which = f" (price {index + 1})"
            self.fields[f"price_{index}_amount"] = forms.CharField(label=f"Pounds{which}", required=False, max_length=12)
            self.fields[f"price_{index}_option"] = forms.CharField(label=f"What for{which}", required=False, max_length=100)
            self.fields[f"price_{index}_concession"] = forms.BooleanField(label=f"Only for those with little money{which}", required=False)
        for name, rows in ROWS.items():
            self.fields[name].widget = forms.Textarea(attrs={"rows": rows})
            self.fields[name].widget.is_required = False

    def sections(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """Headings, each with its questions."""
        for title, names in self.SECTIONS:
            yield title, [self[name] for pattern in names for name in self._called(pattern)]

    def _called(self, pattern: str) -> list[str]:
        if pattern == "*places":
            return [name for name in self.fields if name.startswith("place_")]
        if pattern == "*prices":
            return [name for name in self.fields if name.startswith("price_")]
        if pattern == "*area":
            return [name for name in self.fields if name.startswith("area")]
        if pattern == "*access":
            return [f"access_{fact}" for fact in ACCESS_FACTS]
        return [pattern]

    def clean(self) -> dict[str, Any]:
        """Hold the parts together, each fault at its own question."""
        data = super().clean() or self.cleaned_data
        self.listing: dict[str, Any] = {}
        for name, value, at in self._parts(data):
            if at not in self.errors:
                try:
                    self.listing[name] = FIELDS[name].clean(value)
                except ValidationError as error:
                    self.add_error(at, error.messages)  # type: ignore[arg-type]
        self._clean_area(data)
        youngest, oldest = data.get("min_age"), data.get("max_age")
        if youngest is not None and oldest is not None and youngest > oldest:
            self.add_error("max_age", "The highest age lies below the lowest.")
        return data

    def _parts(self, data: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
        """Each listing field: its name, its value, and the question at which a fault is shown."""
        for name in (*WORD_FIELDS, "kind", "needs", "referral_route", "takes_referrals", "delivery", "payment", "group_size", "status"):
            if name in data:
                yield name, data[name], name
        for name in ("min_age", "max_age"):
            yield name, None if data.get(name) is None else str(data[name]), name
        yield "is_free", _yes_no(data.get("is_free", "")), "is_free"
        yield "places", list(self._places(data)), "place_0_postcode"
        yield "costs", list(self._prices(data)), "price_0_amount"
        facts = {fact: _yes_no(data.get(f"access_{fact}", "")) for fact in ACCESS_FACTS}
        yield "access", {**facts, "words": data.get("access_words", "")}, "access_words"

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


def _initial(seen: Mapping[str, Any]) -> dict[str, Any]:
    initial = {name: value for name, value in seen.items() if name not in ("places", "access", "area", "is_free", "costs")}
    initial["is_free"] = _as_choice(seen["is_free"])
    initial["access_words"] = seen["access"].get("words", "")
    initial |= {f"access_{fact}": _as_choice(seen["access"].get(fact)) for fact in ACCESS_FACTS}
    for index, price in enumerate(seen["costs"]):
        initial |= {f"price_{index}_{name}": price.get(name) for name in ("amount", "option", "concession")}
    for index, place in enumerate(seen["places"]):
        initial |= {f"place_{index}_{name}": place[name] for name in ADDRESS}
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
