"""What volunteers are asked about themselves, in plain words: at /volunteer/join/, on their own page, and at the desk."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField, BoundWidget

from directory import clock
from directory.models import Element, Need
from matching.eligibility import ByVolunteers
from matching.eligibility.distance import KM_IN_A_MILE
from matching.models import Volunteer
from matching.rules.decisions import rules_in_force
from matching.suggesting.facts import age_on
from matching.views.persons.forms import words_of
from matching.volunteering.details import WAYS
from matching.volunteering.missing import ADULT
from matching.volunteering.signing_up import REFEREES, YOUNGEST
from matching.volunteering.week import Tick, ticks_of, with_ticks
from matching.windows import DAYS, PARTS_OF_DAY

MILES = (1, 2, 3, 5, 8, 12, 20)
PEOPLE = (1, 2, 3, 4, 5, 8)


def activity_choices(*, undecided: bool = False) -> dict[str, list[tuple[str, str]]]:
    """What volunteers may do here today, under the name of each part of life: {name: [(slug, words)]}.

    undecided: also what they may do once an administrator has confirmed or opened it.
    """
    names = dict(Element.objects.values_list("slug", "name"))
    order = {slug: place for place, slug in enumerate(Need.objects.values_list("slug", flat=True))}
    groups: dict[str, list[tuple[str, str]]] = {name: [] for name in names.values()}
    for rule in sorted(rules_in_force().values(), key=lambda each: (order.get(each.need, 99), each.slug)):
        if rule.open_to_volunteers or (undecided and rule.volunteer != ByVolunteers.NO):
            groups.setdefault(names.get(rule.element, rule.element), []).append((rule.slug, rule.label))
    return {name: choices for name, choices in groups.items() if choices}


class LikesForm(forms.Form):
    """What they like doing: one list of ticks for each part of life, and their own words."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.groups: list[str] = []
        for place, (name, choices) in enumerate(activity_choices().items()):
            key = f"activities_{place}"
            self.fields[key] = forms.MultipleChoiceField(
                label=name, choices=choices, required=False, widget=forms.CheckboxSelectMultiple, initial=self.initial.get("activities", [])
            )
            self.groups.append(key)
        self.fields["likes"] = forms.CharField(
            label="Something else, in your own words", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
        )
        self.fields["interests"] = forms.CharField(
            label="What are you interested in?",
            max_length=200,
            required=False,
            help_text="With commas between them: gardening, cricket, brass bands. It helps us to find somebody you get on with.",
        )

    def values(self) -> dict[str, Any]:
        """activities, likes, interests."""
        data = self.cleaned_data
        chosen = [slug for key in self.groups for slug in data[key]]
        return {"activities": chosen, "likes": data["likes"], "interests": words_of(data["interests"])}


class WeekField(forms.MultipleChoiceField):
    """Days and parts of days as ticks; the page draws one line for each day (includes/week_ticks.html)."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        choices = [(f"{number}-{part}", f"{day} {words[0]}") for number, day in enumerate(DAYS) for part, words in PARTS_OF_DAY.items()]
        super().__init__(choices=choices, required=False, **options)


def ticks_from(values: Iterable[str]) -> set[Tick]:
    """What WeekField gives, as ticks."""
    return {(int(day), part) for day, part in (value.split("-") for value in values)}


def ticks_as(ticks: Iterable[Tick]) -> list[str]:
    """Ticks as WeekField takes them."""
    return [f"{day}-{part}" for day, part in sorted(ticks)]


class WhenForm(forms.Form):
    """When, how far, how, and for how many people."""

    when = WeekField(label="When could you help?", help_text="Tick what usually suits you. You can change it at any time.")
    ways = forms.MultipleChoiceField(
        label="How would you like to help?",
        choices=list(WAYS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Nothing ticked means any of them.",
    )
    miles = forms.TypedChoiceField(label="How far would you go from home?", coerce=float, choices=())
    capacity = forms.TypedChoiceField(
        label="How many people would you help at the same time?",
        coerce=int,
        choices=[(number, "1 person" if number == 1 else f"{number} people") for number in PEOPLE],
        initial=1,
    )

    def __init__(self, *args: Any, volunteer: Volunteer | None = None, **options: Any) -> None:
        initial = {**({} if volunteer is None else self._of(volunteer)), **(options.pop("initial", None) or {})}
        options["initial"] = {"miles": 3.0, **initial}
        super().__init__(*args, **options)
        self.volunteer = volunteer
        self.fields["miles"].choices = _miles(initial.get("miles"))  # type: ignore[attr-defined]
        held = initial.get("capacity")
        if isinstance(held, int) and held not in PEOPLE:
            self.fields["capacity"].choices = sorted([*self.fields["capacity"].choices, (held, f"{held} people")])  # type: ignore[attr-defined]

    @staticmethod
    def _of(volunteer: Volunteer) -> dict[str, Any]:
        return {
            "when": ticks_as(ticks_of(volunteer.windows)),
            "ways": volunteer.ways,
            "miles": round(volunteer.max_km / KM_IN_A_MILE, 2),
            "capacity": volunteer.capacity,
        }

    def days(self) -> list[tuple[str, list[tuple[str, BoundWidget]]]]:
        """Each day with its ticks, for the page."""
        ticks: Sequence[BoundWidget] = list(self["when"])
        parts = [words[0] for words in PARTS_OF_DAY.values()]
        step = len(parts)
        return [(day, list(zip(parts, ticks[step * number : step * number + step], strict=True))) for number, day in enumerate(DAYS)]

    def values(self) -> dict[str, Any]:
        """windows, ways, max_km, capacity. A distance that was not touched stays to the metre."""
        data = self.cleaned_data
        held = self.volunteer
        windows = with_ticks(held.windows if held is not None else [], ticks_from(data["when"]))
        same = held is not None and data["miles"] == round(held.max_km / KM_IN_A_MILE, 2)
        km = held.max_km if same and held is not None else data["miles"] * KM_IN_A_MILE
        return {"windows": windows, "ways": data["ways"], "max_km": km, "capacity": data["capacity"]}


def _miles(held: Any) -> list[tuple[float, str]]:
    offered = {float(number) for number in MILES} | ({float(held)} if held is not None else set())
    return [(number, miles_words(number)) for number in sorted(offered)]


def miles_words(miles: float) -> str:
    """The same in both units: 3 miles (about 5 km)."""
    km = miles * KM_IN_A_MILE
    return f"{round(miles, 1):g} mile{'' if miles == 1 else 's'} (about {km:.0f} km)"


class WhoForm(forms.Form):
    """Who they are, and how to reach them."""

    name = forms.CharField(label="Your name", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = forms.CharField(
        label="Your telephone number", max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"})
    )
    email = forms.EmailField(
        label="Your e-mail address",
        required=False,
        help_text="We need one of the two. With an e-mail address you can have a page of your own later.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    postcode = forms.CharField(
        label="Your postcode",
        max_length=10,
        required=False,
        help_text="Such as HD7 5AA. It tells us who lives near you.",
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    adult = forms.ChoiceField(label="Are you 18 or over?", choices=(("yes", "Yes"), ("no", "No")), widget=forms.RadioSelect)
    date_of_birth = forms.DateField(
        label="Your date of birth",
        required=False,
        help_text=f"Needed if you are under 18. You can help from {YOUNGEST} on.",
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}),
    )

    def clean(self) -> dict[str, Any]:
        """Under 18, the day decides what they may do."""
        data = super().clean() or self.cleaned_data
        if data.get("adult") == "no" and not data.get("date_of_birth") and "date_of_birth" not in self.errors:
            self.add_error("date_of_birth", "Write your date of birth, so that we know what you may do.")
        born = data.get("date_of_birth")
        if data.get("adult") == "yes" and born and age_on(born, clock.today()) < ADULT:
            self.add_error("date_of_birth", "By this day you are not 18 yet. Put the day right, or say that you are under 18.")
        if not data.get("phone") and not data.get("email") and "email" not in self.errors:
            self.add_error("phone", "Give us a telephone number or an e-mail address, so that we can reach you.")
        return data

    def values(self) -> dict[str, Any]:
        """What a volunteer's record takes."""
        told = {name: self.cleaned_data[name] for name in ("name", "phone", "email", "postcode", "date_of_birth")}
        return {**told, "says_adult": self.cleaned_data["adult"] == "yes"}


class RefereesForm(forms.Form):
    """Two who know them; they may come later."""

    _LEGENDS = ("First person who knows you", "Second person who knows you")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for number in range(1, REFEREES + 1):
            self.fields[f"name_{number}"] = forms.CharField(label="Name", max_length=100, required=False)
            self.fields[f"reached_at_{number}"] = forms.CharField(
                label="Telephone number or e-mail address", max_length=100, required=False
            )
            self.fields[f"relation_{number}"] = forms.CharField(label="How they know you", max_length=100, required=False)

    def people(self) -> list[tuple[str, list[BoundField]]]:
        """The questions about each of them, under one heading."""
        names = ("name", "reached_at", "relation")
        return [(legend, [self[f"{name}_{number}"] for name in names]) for number, legend in enumerate(self._LEGENDS, start=1)]

    def values(self) -> list[dict[str, str]]:
        """{name, reached_at, relation} of those who are named."""
        data, numbers = self.cleaned_data, range(1, REFEREES + 1)
        rows = [{name: data[f"{name}_{number}"] for name in ("name", "reached_at", "relation")} for number in numbers]
        return [row for row in rows if row["name"].strip()]
