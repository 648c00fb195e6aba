"""References and training of volunteers: who was asked, which course, who was there, until when it counts."""

import uuid

from django.conf import settings
from django.db import models

from directory import clock
from directory.personal.fields import EncryptedTextField
from matching.models.volunteers import Volunteer
from matching.volunteer_states import AttendanceState, ReferenceState


class Reference(models.Model):
    """Somebody who can say something about a volunteer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="references")
    name = EncryptedTextField()
    reached_at = EncryptedTextField("phone or e-mail", default="", blank=True)
    relation = EncryptedTextField("how they know each other", default="", blank=True)
    note = EncryptedTextField(default="", blank=True)
    state = models.CharField(max_length=10, choices=ReferenceState.choices, default=ReferenceState.NAMED)
    named_at = models.DateTimeField(default=clock.now)
    asked_on = models.DateField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["named_at", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[str(state) for state in ReferenceState]), name="reference_state_known")
        ]

    def __str__(self) -> str:
        return f"Reference {self.pk}"


class Course(models.Model):
    """A training, the activities that it trains for, and how long it counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120, unique=True)
    activities = models.JSONField(default=list, help_text="Slugs of the activities that it trains for.")
    valid_months = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Empty: it does not run out.")
    demo = models.BooleanField("invented for the demonstration", default=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CourseDate(models.Model):
    """A course takes place."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="dates")
    starts_at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)
    places = models.PositiveSmallIntegerField("how many can come", default=12)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["starts_at", "id"]

    def __str__(self) -> str:
        return f"{self.course} {clock.local(self.starts_at):%-d %B %Y}"


class Attendance(models.Model):
    """A volunteer's place on a course."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    date = models.ForeignKey(CourseDate, on_delete=models.CASCADE, related_name="attendances")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="attendances")
    state = models.CharField(max_length=10, choices=AttendanceState.choices, default=AttendanceState.BOOKED)
    booked_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["booked_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["date", "volunteer"], condition=~models.Q(state="cancelled"), name="one_place_on_a_course"),
            models.CheckConstraint(condition=models.Q(state__in=[str(state) for state in AttendanceState]), name="attendance_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.date_id}"
