"""/desk/courses/: trainings, their dates, who has a place and who was there."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from directory import clock
from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.states import WrongState
from matching.models import Attendance, Course, CourseDate, Volunteer
from matching.rules.activities import rules
from matching.views.persons.forms import date_input
from matching.views.referrals.steps import show_errors
from matching.views.typed import NumberField
from matching.views.volunteers.forms import activity_choices
from matching.visits.times import written
from matching.volunteer_states import AttendanceState
from matching.volunteering import training


class CourseForm(forms.Form):
    """A course."""

    name = forms.CharField(label="What is it called?", max_length=120)
    activities = forms.MultipleChoiceField(label="What does it train for?", required=False, widget=forms.CheckboxSelectMultiple)
    valid_months = forms.IntegerField(
        label="For how many months does it count?",
        required=False,
        min_value=1,
        max_value=training.MOST_MONTHS,
        help_text="Left empty, it does not run out.",
    )

    def __init__(self, *args: Any, course: Course | None = None, **options: Any) -> None:
        if course is not None:
            options["initial"] = {"name": course.name, "activities": course.activities, "valid_months": course.valid_months}
        super().__init__(*args, **options)
        offered = [choice for choices in activity_choices(undecided=True).values() for choice in choices]
        known = {slug for slug, _ in offered}
        held = [slug for slug in (course.activities if course is not None else []) if slug not in known and slug in rules()]
        self.fields["activities"].choices = [*offered, *((slug, rules()[slug].label) for slug in held)]  # type: ignore[attr-defined]


class DateForm(forms.Form):
    """When and where it takes place."""

    day = forms.DateField(label="Day", widget=date_input())
    time = forms.TimeField(label="Begins at", widget=forms.TimeInput(attrs={"type": "time"}))
    place = forms.CharField(label="Where?", max_length=200, required=False)
    places = forms.IntegerField(label="How many can come?", min_value=1, max_value=500, initial=12)
    once = forms.CharField(max_length=40, required=False, initial=uuid4, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """The moment that is meant: there is none where the clocks leave the time out."""
        data = super().clean() or self.cleaned_data
        if data.get("day") and data.get("time"):
            try:
                data["starts_at"] = written(data["day"], data["time"])
            except ValidationError as error:
                self.add_error("time", error.messages)
        return data

    def values(self) -> dict[str, Any]:
        """What set_date takes."""
        return {name: self.cleaned_data[name] for name in ("starts_at", "place", "places", "once")}


class PlaceForm(forms.Form):
    """Somebody gets a place, by their number."""

    number = NumberField("V", "Number of the volunteer, such as V-101")

    def found(self) -> Volunteer | None:
        """The volunteer of this number."""
        return Volunteer.objects.filter(number=self.cleaned_data["number"]).first()


@door(Permission.KEEP_RECORDS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def courses(request: HttpRequest) -> HttpResponse:
    """All courses, what comes, and a new one."""
    form = CourseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = training.write_course(by=user_of(request), **form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, "Written down. Now: when does it take place?")
            return redirect("desk-course", made.pk)
    coming = CourseDate.objects.filter(starts_at__gte=clock.now()).select_related("course")
    context = {
        "form": form,
        "courses": Course.objects.all(),
        "coming": training.with_places_left(coming[:50]),
        "open": CourseDate.objects.filter(starts_at__lt=clock.now(), attendances__state=AttendanceState.BOOKED)
        .select_related("course")
        .distinct(),
    }
    return render(request, "matching/volunteers/courses.html", context, status=400 if form.errors else 200)


@door(Permission.KEEP_RECORDS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def course(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """One course: put right, and another date."""
    row = get_object_or_404(Course, pk=course_id)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    course_form = CourseForm(request.POST if do == "course" else None, course=row)
    date_form = DateForm(request.POST if do == "date" else None)
    try:
        if do == "course" and course_form.is_valid():
            training.write_course(row, by=user_of(request), **course_form.cleaned_data)
            messages.success(request, "Put right.")
            return redirect("desk-course", row.pk)
        if do == "date" and date_form.is_valid():
            training.set_date(row, by=user_of(request), **date_form.values())
            messages.success(request, "The date stands.")
            return redirect("desk-course", row.pk)
    except ValidationError as error:
        show_errors(course_form if do == "course" else date_form, error)
    wrong = bool(course_form.errors or date_form.errors)
    context = {"course": row, "course_form": course_form, "date_form": date_form, "dates": row.dates.order_by("-starts_at"), "wrong": wrong}
    return render(request, "matching/volunteers/course.html", context, status=400 if wrong else 200)


@door(Permission.KEEP_RECORDS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def course_date(request: HttpRequest, date_id: UUID) -> HttpResponse:
    """Who has a place, by number, and who was there."""
    row = get_object_or_404(CourseDate.objects.select_related("course"), pk=date_id)
    form = PlaceForm(request.POST if request.POST.get("do") == "place" else None)
    if request.method == "POST":
        try:
            done = _do(request, row, form)
        except WrongState as error:
            messages.error(request, str(error))
            done = True
        if done:
            return redirect("desk-course-date", row.pk)
    context = {
        "date": row,
        "form": form,
        "left": training.places_left(row),
        "began": row.starts_at <= clock.now(),
        "rows": row.attendances.select_related("volunteer").order_by("volunteer__number"),
    }
    return render(request, "matching/volunteers/course_date.html", context, status=400 if form.errors else 200)


def _do(request: HttpRequest, row: CourseDate, form: PlaceForm) -> bool:
    do, by = request.POST.get("do", ""), user_of(request)
    if do == "place":
        if not form.is_valid():
            return False
        volunteer = form.found()
        if volunteer is None:
            form.add_error("number", "There is no volunteer of this number.")
            return False
        training.book(row, volunteer, by=by)
        messages.success(request, f"{volunteer} has a place.")
        return True
    verbs = {"attended": training.note_attended, "missed": training.note_missed, "cancelled": training.give_back}
    attendance = _attendance(row, request.POST.get("attendance", ""))
    if do in verbs and attendance is not None:
        verbs[do](attendance, by=by)
        messages.success(request, "Noted.")
    return True


def _attendance(row: CourseDate, text: str) -> Attendance | None:
    try:
        return row.attendances.select_related("volunteer").filter(pk=UUID(text)).first()
    except ValueError:
        return None
