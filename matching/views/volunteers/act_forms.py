"""The small forms of a volunteer's page at the desk, one for each thing that is done there."""

from typing import Any

from django import forms

from directory import clock
from matching.eligibility import Level
from matching.models import CourseDate, PairRule, Person, Reference, Volunteer
from matching.rules.activities import rules
from matching.views.persons.forms import YES_NO_UNKNOWN, date_input
from matching.views.volunteers.forms import activity_choices
from matching.volunteer_states import ReferenceState, RemovedFor, VolunteerStatus
from matching.volunteering.checks import WORKFORCES
from matching.volunteering.missing import missing
from matching.volunteering.records import standing_seen
from matching.volunteering.training import add_months

RECHECK_MONTHS = 36


def _day(label: str, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=date_input(), **more)


class StandingForm(forms.Form):
    """What one move asks for."""

    def __init__(self, volunteer: Volunteer, to: str, data: Any = None) -> None:
        super().__init__(data, prefix=f"to-{to}")
        hidden = forms.HiddenInput
        self.fields["mark"] = forms.CharField(max_length=40, required=False, widget=hidden, initial=standing_seen(volunteer))
        if to == VolunteerStatus.PAUSED:
            self.fields["until"] = _day("When are they back?", required=False, help_text="Left empty, until they say so.")
        if to == VolunteerStatus.REMOVED:
            choices = [("", "Choose …"), *RemovedFor.choices]
            self.fields["reason"] = forms.ChoiceField(label="Why?", choices=choices)
            self.fields["words"] = forms.CharField(
                label="What happened?",
                max_length=1500,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
                help_text="Only the safeguarding lead reads it, and only after harm or risk.",
            )
        lacks = missing(volunteer) if to == VolunteerStatus.ACTIVE else []
        if lacks:
            self.fields["anyway"] = forms.BooleanField(
                label="Let them begin all the same", help_text="Something is missing, see above. It is noted that it was when they began."
            )


class ActivityForm(forms.Form):
    """Something more that they offer."""

    activity = forms.ChoiceField(label="What do they offer?")
    trained_on = _day("Trained elsewhere, on", required=False, help_text="Courses of ours count by themselves.")

    def __init__(self, volunteer: Volunteer, data: Any = None) -> None:
        super().__init__(data, prefix="activity")
        self.fields["activity"].choices = [("", "Choose …"), *activity_choices().items()]  # type: ignore[attr-defined]


class AskCheckForm(forms.Form):
    """Which check, for what, with whom: so that nobody is asked for a higher one than the law allows."""

    level = forms.ChoiceField(label="Which check?", choices=[("", "Choose …"), *Level.choices[1:]])
    activity = forms.ChoiceField(label="For what?")
    needs_help_because = forms.ChoiceField(
        label="Do the people need it because of age, illness or disability?", choices=YES_NO_UNKNOWN, required=False
    )
    receives_care = forms.ChoiceField(label="Do they get health or social care?", choices=YES_NO_UNKNOWN, required=False)
    regular = forms.BooleanField(label="Every week, more than 3 days in 30, or at night", required=False)

    def __init__(self, volunteer: Volunteer, data: Any = None) -> None:
        super().__init__(data, prefix="ask-check")
        offered = [(row.activity, rules()[row.activity].label) for row in volunteer.activities.all() if row.activity in rules()]
        self.fields["activity"].choices = [("", "Choose …"), *sorted(offered)]  # type: ignore[attr-defined]


class SeenCheckForm(forms.Form):
    """A certificate was seen."""

    level = forms.ChoiceField(label="Which check?", choices=[("", "Choose …"), *Level.choices[1:]])
    workforce = forms.ChoiceField(label="For work with", choices=list(WORKFORCES.items()), initial="adult")
    seen_on = _day("Seen on")
    recheck_due = _day("Due again on", help_text="Three years is our rule: a certificate itself does not run out.")

    def __init__(self, volunteer: Volunteer, data: Any = None) -> None:
        today = clock.today()
        super().__init__(data, prefix="seen-check", initial={"seen_on": today, "recheck_due": add_months(today, RECHECK_MONTHS)})


class ReferenceForm(forms.Form):
    """One more who knows them."""

    name = forms.CharField(label="Name", max_length=100)
    reached_at = forms.CharField(label="Telephone number or e-mail address", max_length=100, required=False)
    relation = forms.CharField(label="How they know each other", max_length=100, required=False)

    def __init__(self, volunteer: Volunteer, data: Any = None) -> None:
        super().__init__(data, prefix="reference")


class ApartForm(forms.Form):
    """Somebody with whom they are not to be paired."""

    who = forms.CharField(
        label="Who is it?",
        max_length=100,
        help_text="Name, telephone number, or the number of a request or referral of theirs, such as A-101.",
    )
    kind = forms.ChoiceField(label="Why?", choices=PairRule.Kind.choices)

    def __init__(self, volunteer: Volunteer, data: Any = None) -> None:
        super().__init__(data, prefix="apart")

    @property
    def chosen(self) -> str:
        """Which of several was ticked; it counts among those whom `who` finds, and nowhere else."""
        return str(self.data.get(self.add_prefix("person"), ""))

    def offer(self, found: list[Person]) -> None:
        """Let one of these be chosen, told apart by home and birthday; whoever asks has kept the looks."""
        choices = [(str(row.pk), told_apart_by(row)) for row in found]
        self.fields["person"] = forms.ChoiceField(label="Which of them?", choices=choices, widget=forms.RadioSelect)


def told_apart_by(person: Person) -> str:
    """A name with home, birthday and the numbers of requests: what tells two of one name apart."""
    home = " ".join(filter(None, (person.address, person.postcode))) or "home not known"
    born = f"born {person.date_of_birth:%-d %B %Y}" if person.date_of_birth else "birthday not known"
    return ", ".join([person.name, home, born, *map(str, person.asks.order_by("number"))])


class DateChoice(forms.ModelChoiceField):
    """A course with its day of the week."""

    def label_from_instance(self, obj: CourseDate) -> str:
        return f"{obj.course}, {clock.local(obj.starts_at):%A %-d %B %Y, %H:%M}"


class BookForm(forms.Form):
    """A place on a course that comes; who came without one gets it on the page of the date."""

    date = DateChoice(label="Which date?", queryset=CourseDate.objects.none(), empty_label="Choose …")

    def __init__(self, volunteer: Volunteer, data: Any = None) -> None:
        super().__init__(data, prefix="book")
        coming = CourseDate.objects.filter(starts_at__gt=clock.now()).select_related("course")
        self.fields["date"].queryset = coming.order_by("starts_at")  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """What a referee answered."""

    state = forms.ChoiceField(label="What did they answer?", choices=())
    note = forms.CharField(label="In a few words", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, reference: Reference, data: Any = None) -> None:
        super().__init__(data, prefix=f"answer-{reference.pk}")
        said = [ReferenceState.GIVEN, ReferenceState.DOUBTS]
        if reference.state == ReferenceState.ASKED:
            said.append(ReferenceState.NO_ANSWER)
        self.fields["state"].choices = [("", "Choose …"), *((state.value, state.label) for state in said)]  # type: ignore[attr-defined]
