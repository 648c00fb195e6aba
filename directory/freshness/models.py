"""What is kept so that listings stay true: whom we reminded, which links they hold, who wants no more mails."""

import uuid

from django.conf import settings
from django.db import models

from directory import clock
from directory.models import Change, Service
from directory.personal.lookup import TOKEN_LENGTH


class Reminder(models.Model):
    """One mail to one address that asks whether listings are still right. It is written before the mail goes out: no crash sends it twice.

    `user`: the member of a group it went to; None where it went to the address in a listing. The address itself is not kept, only its token.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    to_member = models.BooleanField()
    email_token = models.CharField(max_length=TOKEN_LENGTH)
    on = models.DateField(default=clock.today, db_index=True)
    refused = models.BooleanField("the mail server says that there is no such address", default=False)

    class Meta:
        ordering = ["-on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["email_token", "on"], name="reminder_once_a_day"),
            models.CheckConstraint(condition=models.Q(user=None) | models.Q(to_member=True), name="reminder_user_is_member"),
        ]

    def __str__(self) -> str:
        return f"Reminder {self.pk}"


class CheckToken(models.Model):
    """The link of a reminder under which one listing is said to be still right, once, until a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reminder = models.ForeignKey(Reminder, on_delete=models.CASCADE, related_name="tokens")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="check_tokens")
    ends_on = models.DateField("last day")
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["service__name", "id"]
        constraints = [models.UniqueConstraint(fields=["reminder", "service"], name="check_token_once")]

    def __str__(self) -> str:
        return f"Check {self.pk}"


class WeekPress(models.Model):
    """What was said of the week by the link of a reminder. Each link says its own once; `change` is what became of it."""

    class Does(models.TextChoices):
        PLACES = "places", "we have places"
        FULL = "full", "we are full"
        CLOSED = "closed", "closed this week"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token = models.ForeignKey(CheckToken, on_delete=models.CASCADE, related_name="presses")
    does = models.CharField(max_length=10, choices=Does.choices)
    at = models.DateTimeField(default=clock.now)
    change = models.ForeignKey(Change, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-at", "id"]
        constraints = [models.UniqueConstraint(fields=["token", "does"], name="week_press_once")]

    def __str__(self) -> str:
        return f"Press {self.pk}"


class WantsNoMail(models.Model):
    """An address that gets no reminders any more; only its token is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email_token = models.CharField(max_length=TOKEN_LENGTH, unique=True)
    since = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["since", "id"]

    def __str__(self) -> str:
        return f"No mail {self.pk}"


class Ringing(models.Model):
    """Somebody of the staff rang a group to ask whether its listing is right, and what came of it."""

    class Outcome(models.TextChoices):
        RIGHT = "right", "still right"
        CHANGE = "change", "needs a change"
        NOBODY = "nobody", "nobody answered"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="ringings")
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    again_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(again_on=None) | models.Q(outcome="nobody"), name="ringing_again_where_nobody_answered"
            ),
        ]

    def __str__(self) -> str:
        return f"Rang {self.service_id}: {self.outcome}"


class Letter(models.Model):
    """A listing went out on paper, and when its sheet came back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="letters")
    posted_on = models.DateField(default=clock.today, db_index=True)
    back_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-posted_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["service", "posted_on"], name="letter_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(back_on=None) | models.Q(back_on__gte=models.F("posted_on")), name="letter_back_after"
            ),
        ]

    def __str__(self) -> str:
        return f"Letter {self.pk}"


class LinkCheck(models.Model):
    """A web address of listings or groups, and whether it answers. Failures are counted by days, not by tries."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    url = models.CharField(max_length=500, unique=True)
    host = models.CharField(max_length=255, db_index=True)
    next_on = models.DateField("look at it from this day on", default=clock.today, db_index=True)
    looked_at = models.DateTimeField(null=True, blank=True, db_index=True)
    failures = models.PositiveSmallIntegerField("days on which it failed, in a row", default=0)
    failed_since = models.DateField(null=True, blank=True)
    failed_on = models.DateField("the last day on which it failed", null=True, blank=True)
    why = models.CharField("what was wrong", max_length=100, blank=True)
    moved_to = models.CharField("where it leads for good", max_length=500, blank=True)
    left = models.CharField("a new address that somebody did not want", max_length=500, blank=True)

    class Meta:
        ordering = ["url"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(failures=0, failed_since=None, failed_on=None)
                | models.Q(failures__gt=0, failed_since__isnull=False, failed_on__gte=models.F("failed_since")),
                name="link_failures_have_days",
            ),
        ]

    def __str__(self) -> str:
        return self.url
