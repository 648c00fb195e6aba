"""A volunteer's own pages on a small phone, beside offers and people: when I can, a pause, training, stopping."""

from typing import Any

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
from matching.models import CourseDate, Volunteer
from matching.views.persons.forms import date_input, words_of
from matching.views.referrals.steps import show_errors
from matching.views.typed import key_or_404
from matching.views.volunteers.forms import WhenForm
from matching.views.volunteers.words import offered_rows
from matching.volunteer_states import VOLUNTEER_GONE, AttendanceState, VolunteerStatus
from matching.volunteering import training
from matching.volunteering.availability import say_availability
from matching.volunteering.standing import set_status


class OwnTimesForm(WhenForm):
    """When, how far, how many, and with which interests."""

    interests = forms.CharField(label="My interests", max_length=200, required=False, help_text="With commas between them.")

    def __init__(self, *args: Any, volunteer: Volunteer, **options: Any) -> None:
        super().__init__(*args, volunteer=volunteer, initial={"interests": ", ".join(volunteer.interests)}, **options)

    def values(self) -> dict[str, Any]:
        """What say_availability takes."""
        return {**super().values(), "interests": words_of(self.cleaned_data["interests"])}


class PauseForm(forms.Form):
    """Until when."""

    until = forms.DateField(
        label="When are you back?",
        required=False,
        widget=date_input(),
        help_text="On that day we may ask you again. Left empty, until you say so.",
    )


def own_volunteer(request: HttpRequest) -> Volunteer | None:
    """The volunteer whose account this is, as long as they are here."""
    return Volunteer.objects.filter(user=user_of(request)).exclude(status__in=VOLUNTEER_GONE).first()


def not_now(request: HttpRequest) -> HttpResponse:
    """For the account of somebody who is no volunteer any more, or not yet."""
    return render(request, "matching/volunteers/not_now.html", status=404 if request.method == "POST" else 200)


@door(Permission.VOLUNTEER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def times(request: HttpRequest) -> HttpResponse:
    """When I can, how far, for how many; and a pause."""
    row, by = own_volunteer(request), user_of(request)
    if row is None:
        return not_now(request)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    form = OwnTimesForm(request.POST if do == "times" else None, volunteer=row)
    pause = PauseForm(request.POST if do == "pause" else None, initial={"until": row.paused_until})
    try:
        if do == "times" and form.is_valid():
            say_availability(row, by=by, **form.values())
            return _said(request, "Thank you. We ask you at these times only.")
        if do == "pause" and pause.is_valid():
            set_status(row, VolunteerStatus.PAUSED, by=by, until=pause.cleaned_data["until"])
            return _said(request, "Have a good rest. We ask you nothing, and tell the people you help.")
        if do == "back":
            set_status(row, VolunteerStatus.ACTIVE, by=by)
            return _said(request, "Good to have you back.")
    except ValidationError as error:
        show_errors(form if do == "times" else pause, error)
    except WrongState as error:
        messages.error(request, str(error))
        return redirect("volunteer-times")
    wrong = bool(form.errors or pause.errors)
    context = {
        "volunteer": row,
        "form": form,
        "days": form.days(),
        "pause": pause,
        "may_pause": row.status in (VolunteerStatus.ACTIVE, VolunteerStatus.PAUSED) and not row.paused_by_us,
        "wrong": wrong,
    }
    return render(request, "matching/volunteers/times.html", context, status=400 if wrong else 200)


def _said(request: HttpRequest, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("volunteer-times")


@door(Permission.VOLUNTEER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def trainings(request: HttpRequest) -> HttpResponse:
    """What I am trained for, and what comes."""
    row = own_volunteer(request)
    if row is None:
        return not_now(request)
    if request.method == "POST":
        try:
            _book_or_give_back(request, row)
        except WrongState as error:
            messages.error(request, str(error))
        return redirect("volunteer-trainings")
    mine = row.attendances.exclude(state=AttendanceState.CANCELLED).select_related("date__course").order_by("-date__starts_at")
    held = {attendance.date_id for attendance in mine}
    coming = CourseDate.objects.filter(starts_at__gt=clock.now()).exclude(pk__in=held).select_related("course")[:30]
    context = {
        "offered": [line for line in offered_rows(row) if line["trained"]],
        "mine": [
            (attendance, attendance.state == AttendanceState.BOOKED and attendance.date.starts_at > clock.now()) for attendance in mine
        ],
        "coming": training.with_places_left(coming),
    }
    return render(request, "matching/volunteers/trainings.html", context)


def _book_or_give_back(request: HttpRequest, row: Volunteer) -> None:
    do, by = request.POST.get("do", ""), user_of(request)
    if do == "book":
        training.book(get_object_or_404(CourseDate, pk=key_or_404(request.POST.get("which", ""))), row, by=by)
        messages.success(request, "You have a place. See you there.")
    elif do == "give-back":
        training.give_back(get_object_or_404(row.attendances, pk=key_or_404(request.POST.get("which", ""))), by=by)
        messages.success(request, "The place is free for somebody else. Thank you for telling us.")


@door(Permission.VOLUNTEER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest) -> HttpResponse:
    """What stopping means, and the button that does it. No reason is asked for."""
    row = own_volunteer(request)
    if row is None:
        return not_now(request)
    if request.method == "POST":
        set_status(row, VolunteerStatus.LEFT, by=user_of(request))
        messages.success(request, "You have stopped. Thank you for all you did. We tell the people you helped.")
        return redirect("volunteer")
    return render(request, "matching/volunteers/stop.html", {"volunteer": row})
