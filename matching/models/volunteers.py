"""The co-op's volunteers: what they offer, when, how far, and which checks somebody has seen. Never a certificate's content."""

import uuid

from django.conf import settings
from django.db import models

from directory import clock
from directory.personal.fields import EncryptedBinaryField, EncryptedJSONField, EncryptedTextField
from matching.models.people import Known, Person
from matching.volunteer_states import VolunteerStatus


class Volunteer(Known):
    """A volunteer of the co-op."""

    Status = VolunteerStatus

    class Check(models.TextChoices):
        NONE = "none", "None"
        BASIC = "basic", "Basic"
        ENHANCED = "enhanced", "Enhanced"
        ENHANCED_BARRED = "enhanced_barred", "Enhanced with the adults' barred list"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="volunteer")
    external_id = models.CharField("number in the co-op's other systems", max_length=40, null=True, blank=True, unique=True)
    status = models.CharField(max_length=10, choices=VolunteerStatus.choices, default=VolunteerStatus.APPLIED)
    paused_until = models.DateField(null=True, blank=True)
    paused_by_us = models.BooleanField("paused by a coordinator, who also ends it", default=False)
    position = EncryptedJSONField(null=True, blank=True)
    facts = EncryptedJSONField(default=dict, blank=True, help_text="gender, household, allergies, avoids_smoke, says_adult.")
    notes = EncryptedTextField(default="", blank=True)
    likes = EncryptedTextField("what they like doing", default="", blank=True)
    ways = models.JSONField(default=list, blank=True, help_text="in_person, phone, online; empty: any.")
    village = models.CharField(max_length=60, blank=True)
    languages = models.JSONField(default=list, blank=True)
    interests = models.JSONField(default=list, blank=True)
    windows = models.JSONField(default=list, blank=True, help_text="[[weekday, start minute, end minute], …]; Monday is 0.")
    visits_in_pair = models.BooleanField(default=False)
    has_car = models.BooleanField(default=False)
    car_insurance_ok = models.BooleanField("the insurer knows", default=False)
    max_km = models.FloatField(default=5)
    capacity = models.PositiveSmallIntegerField(default=1)
    check_level = models.CharField(max_length=20, choices=Check.choices, default=Check.NONE)
    check_workforce = models.CharField(max_length=20, default="adult", blank=True)
    check_seen_on = models.DateField(null=True, blank=True)
    check_seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    recheck_due = models.DateField(null=True, blank=True)
    joined_on = models.DateField(default=clock.today)
    demo = models.BooleanField("invented for the demonstration", default=False)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(check_level="none") | models.Q(check_seen_on__isnull=False, recheck_due__isnull=False),
                name="check_seen_and_due",
            ),
            models.CheckConstraint(condition=models.Q(max_km__gte=0), name="volunteer_distance_not_negative"),
            models.CheckConstraint(condition=models.Q(paused_until=None) | models.Q(status="paused"), name="paused_until_while_paused"),
            models.CheckConstraint(condition=models.Q(paused_by_us=False) | models.Q(status="paused"), name="paused_by_us_while_paused"),
        ]

    def __str__(self) -> str:
        return f"V-{self.number}"


class VolunteerPhoto(models.Model):
    """What a volunteer looks like, for those whom they are introduced to. In a table of its own: it is seldom read, and large."""

    volunteer = models.OneToOneField(Volunteer, primary_key=True, on_delete=models.CASCADE, related_name="photo")
    jpeg = EncryptedBinaryField()
    words = EncryptedTextField("what it shows", default="", blank=True)
    since = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"Photo {self.pk}"


class VolunteerActivity(models.Model):
    """An activity that a volunteer offers, and whether they are trained for it."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="activities")
    activity = models.SlugField()
    trained_on = models.DateField(null=True, blank=True)
    trained_until = models.DateField(
        null=True, blank=True, help_text="The last day on which the training counts; empty: it does not run out."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["volunteer", "activity"], name="volunteer_activity_once")]

    def __str__(self) -> str:
        return self.activity


class PairRule(models.Model):
    """Two who are related, or are not to be paired."""

    class Kind(models.TextChoices):
        RELATED = "related", "Related, or otherwise too close"
        BLOCKED = "blocked", "Not to be paired"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="pair_rules")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="pair_rules")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "volunteer", "kind"], name="pair_rule_once")]

    def __str__(self) -> str:
        return self.kind


class ActivityDecision(models.Model):
    """An administrator confirmed the rule of an activity, or opened a limited one for this co-op."""

    class Kind(models.TextChoices):
        CONFIRMED = "confirmed", "A professional confirmed the rule"
        OPENED = "opened", "Opened for this co-op's volunteers"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    activity = models.SlugField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    professional = models.CharField(max_length=120)
    source = models.CharField(max_length=300)
    on = models.DateField(default=clock.today)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    demo = models.BooleanField("for the demonstration only", default=False)
    withdrawn_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "kind"], condition=models.Q(withdrawn_on=None), name="one_decision_in_force")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.activity}"
