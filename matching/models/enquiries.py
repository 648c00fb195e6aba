"""What somebody asked at /ask/, without an account: encrypted from the first step, gone again when it was never sent."""

import uuid

from django.conf import settings
from django.db import models

from directory import clock
from directory.models import Need
from directory.personal.fields import EncryptedJSONField
from matching.desk_states import ENQUIRY_ENDED, EnquiryState
from matching.models.asks import Ask, StoredArea
from matching.models.people import Person


class Enquiry(StoredArea):
    """A request from the website, for oneself or for somebody else, until a coordinator has rung and written it down."""

    class Whom(models.TextChoices):
        SELF = "self", "Me"
        FAMILY = "family", "Somebody in my family, or a friend"
        WORK = "work", "Somebody I know through my work"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(null=True, unique=True, editable=False)
    mark = models.CharField("digest of the form's own mark", max_length=64, unique=True, editable=False)
    whom = models.CharField(max_length=10, choices=Whom.choices, default=Whom.SELF)
    need = models.ForeignKey(Need, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    answers = EncryptedJSONField(default=dict, blank=True, help_text="What was answered, step by step, in the words of the form.")
    place = models.CharField("keyed digest of the postcode", max_length=64, blank=True, editable=False)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="enquiries")
    ask = models.ForeignKey(Ask, null=True, blank=True, on_delete=models.SET_NULL, related_name="enquiries")

    state = models.CharField(max_length=10, choices=EnquiryState.choices, default=EnquiryState.BEGUN)
    begun_at = models.DateTimeField(default=clock.now)
    touched_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    promised_on = models.DateField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    demo = models.BooleanField("invented for the demonstration", default=False)

    class Meta:
        ordering = ["sent_at", "begun_at", "id"]
        verbose_name_plural = "enquiries"
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[str(state) for state in EnquiryState]), name="enquiry_state_known"),
            models.CheckConstraint(
                condition=models.Q(state="begun", number=None, sent_at=None)
                | (~models.Q(state="begun") & models.Q(number__isnull=False, sent_at__isnull=False)),
                name="enquiry_numbered_when_sent",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[str(state) for state in sorted(ENQUIRY_ENDED)], ended_at__isnull=False)
                | (~models.Q(state__in=[str(state) for state in sorted(ENQUIRY_ENDED)]) & models.Q(ended_at=None)),
                name="enquiry_ended_at_its_end",
            ),
        ]
        indexes = [models.Index(fields=["state", "touched_at"], name="enquiry_by_state")]

    def __str__(self) -> str:
        return f"Q-{self.number}" if self.number else "A request being written"


class EnquiryCode(models.Model):
    """A code that opens what became of an enquiry: sent by mail, or read out on the phone. Only its digest is kept.

    `enquiry` is empty where number and postcode fitted nothing: asked for alike, and never made. `tries` are all that were made with it.
    """

    class How(models.TextChoices):
        MAIL = "mail", "By mail"
        SAID = "said", "Read out on the phone"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enquiry = models.ForeignKey(Enquiry, null=True, blank=True, on_delete=models.CASCADE, related_name="codes")
    how = models.CharField(max_length=5, choices=How.choices)
    code_hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    asked_at = models.DateTimeField(default=clock.now, db_index=True)
    ends_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "id"]
        constraints = [models.CheckConstraint(condition=models.Q(how__in=["mail", "said"]), name="enquiry_code_how_known")]

    def __str__(self) -> str:
        return f"Code {self.pk}"
